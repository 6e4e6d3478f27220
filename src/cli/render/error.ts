// Errors as people read them: what failed, why, what to do. As JSON: the same in one object.
import { EXIT_STATUS, isAppError } from "../../error.ts";
import { clean, cleanLines } from "./clean.ts";
import { paint, type View } from "./view.ts";
import { wrap } from "./width.ts";

export interface ErrorReport {
  readonly kind: "error";
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export function statusOf(error: unknown): number {
  return EXIT_STATUS[isAppError(error) ? error.kind : "internal"];
}

export function errorReport(error: unknown): ErrorReport {
  if (isAppError(error)) {
    const { code, message, hint, data } = error;
    return { kind: "error", code, message, hint: hint ?? null, data };
  }
  return { kind: "error", code: "internal", message: messageOf(error), hint: null, data: {} };
}

/** `error:`, the chain of causes, `hint:`. A defect shows where it happened. */
export function renderError(view: View, error: unknown): string {
  const label = (tone: "bad" | "quiet" | "name", name: string, text: string): string => {
    const lines = cleanLines(`${name}: ${text}`).split("\n");
    const wrapped = view.plain ? lines : lines.flatMap((line) => wrap(line, view.width - 2));
    return `${paint(view, tone, `${name}:`)}${wrapped.join("\n  ").slice(name.length + 1)}\n`;
  };
  let out = label("bad", "error", messageOf(error));
  let said = messageOf(error);
  for (const cause of causes(error)) {
    const message = messageOf(cause);
    if (message === "" || said.includes(message)) continue;
    out += label("quiet", "caused by", message);
    said += `\n${message}`;
  }
  if (isAppError(error)) return error.hint === undefined ? out : out + label("name", "hint", error.hint);
  const stack = error instanceof Error ? (error.stack ?? "").split("\n").slice(1).map(clean) : [];
  const where = stack.map((line) => `${paint(view, "quiet", line)}\n`).join("");
  return `${out}${where}${label("name", "hint", "this is a defect of Morello; the lines above say where")}`;
}

function* causes(error: unknown): Generator<unknown> {
  const seen = new Set([error]);
  for (let at = causeOf(error); at !== undefined && !seen.has(at); at = causeOf(at)) {
    seen.add(at);
    yield at;
  }
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
