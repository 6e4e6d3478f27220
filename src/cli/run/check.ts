// `morello check`: a range, lines, what is about to be pushed, what is staged, or one message.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { AppError } from "../../error.ts";
import { check, checkPush } from "../../usecase/check.ts";
import type { CheckOutcome } from "../../wire/check.ts";
import { json } from "../render/clean.ts";
import { renderCheck } from "../render/check.ts";
import type { Session } from "../session.ts";
import { version } from "../version.ts";

export interface CheckRequest {
  readonly what: readonly string[];
  readonly line: string | null;
  readonly prePush: boolean;
  readonly staged: boolean;
  readonly message: string | null;
  readonly sarif: boolean;
  readonly verify: boolean;
}

/** Exits with 1 on a violation of severity error that nobody waived. */
export async function runCheck(session: Session, request: CheckRequest): Promise<number> {
  const outcome = await checked(session, request);
  if (request.sarif) {
    const { sarifOf } = await import("../../usecase/checking/sarif.ts");
    session.print(json(sarifOf(outcome, version())));
  } else session.show(outcome, renderCheck);
  return outcome.ok ? 0 : 1;
}

/** Commands that were allowed run; nobody is asked to allow more. */
const VERIFY = { run: true, container: false, again: false, allow: () => Promise.resolve(false) } as const;

async function checked({ deps }: Session, request: CheckRequest): Promise<CheckOutcome> {
  const { what, line, message, prePush, staged } = request;
  const verify = request.verify ? VERIFY : null;
  if (message !== null) {
    const { checkMessage } = await import("../../usecase/checking/check-message.ts");
    return checkMessage(deps, message === "-" ? await stdin() : textOf(resolve(deps.cwd, message)));
  }
  if (staged) {
    const { checkStaged } = await import("../../usecase/checking/check-staged.ts");
    return checkStaged(deps);
  }
  return prePush
    ? checkPush(deps, fromFramework(deps.environment) ?? (await stdin()), verify)
    : check(deps, { what, line, verify });
}

/** The pre-commit framework says in variables what git says on stdin. Source: pre-commit.com, "pre-push". */
function fromFramework(environment: Session["deps"]["environment"]): string | null {
  const { PRE_COMMIT_REMOTE_BRANCH: remote, PRE_COMMIT_TO_REF: to, PRE_COMMIT_FROM_REF: from } = environment;
  return remote === undefined || to === undefined ? null : `HEAD ${to} ${remote} ${from ?? "0".repeat(to.length)}\n`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new AppError("usage", `Cannot read the message file ${file}`, {
      cause,
      hint: "morello check --message FILE",
    });
  }
}

async function stdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
