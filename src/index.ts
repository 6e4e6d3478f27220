// The library: the shapes of plans and outcomes, their schemas, and the errors. Reads and writes nothing by itself.
export { AppError, ERROR_CODES, EXIT_STATUS, isAppError } from "./error.ts";
export type { AppErrorOptions, ErrorCode, ErrorKind } from "./error.ts";
export * from "./wire/basic.ts";
export * from "./wire/line.ts";
export * from "./wire/outcome.ts";
export * from "./wire/plan.ts";
