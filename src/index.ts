// The library: the use-cases that the command line calls, the shapes of what they say with their schemas, and the
// errors. Nothing here talks to a terminal; clock, directory and environment are given by the caller (`Deps`).
export { AppError, ERROR_CODES, EXIT_STATUS, isAppError } from "./error.ts";
export type { AppErrorOptions, ErrorCode, ErrorKind } from "./error.ts";
export { applyPlan, type ApplyInput } from "./usecase/apply-plan.ts";
export { continueResolution, type ContinueInput } from "./usecase/continue.ts";
export { explainConflicts } from "./usecase/explain-conflicts.ts";
export { find, type FindInput } from "./usecase/find.ts";
export { findWanted, type WantedInput } from "./usecase/find-wanted.ts";
export { init } from "./usecase/init.ts";
export { listLines } from "./usecase/list-lines.ts";
export { pick, type PickInput, type PickQuestion } from "./usecase/pick.ts";
export { plan, type PlanInput } from "./usecase/plan.ts";
export { readPlan, writePlan } from "./usecase/plan-file.ts";
export { abortResolution, resolve, skipResolution } from "./usecase/resolve.ts";
export type { AllowQuestion } from "./usecase/allow-commands.ts";
export { undo, type UndoInput } from "./usecase/undo.ts";
export { verify, type VerifyInput } from "./usecase/verify.ts";
export { verifyPlan } from "./usecase/verify-plan.ts";
export type { VerifyOptions } from "./usecase/verify-trees.ts";
export type { Deps, Notice, Progress } from "./usecase/workspace.ts";
export * from "./wire/basic.ts";
export * from "./wire/find.ts";
export * from "./wire/line.ts";
export * from "./wire/match.ts";
export * from "./wire/outcome.ts";
export * from "./wire/plan.ts";
export * from "./wire/prerequisite.ts";
export * from "./wire/verify.ts";
