// `morello check`: a range, lines, what is about to be pushed, or one message.
import { check } from "../../usecase/check.ts";
import { renderCheck } from "../render/check.ts";
import type { Session } from "../session.ts";

export interface CheckRequest {
  readonly what: readonly string[];
  readonly line: string | null;
  readonly prePush: boolean;
  readonly message: string | null;
  readonly sarif: boolean;
  readonly verify: boolean;
}

/** Exits with 1 on a violation of severity error that nobody waived. */
export async function runCheck(session: Session, request: CheckRequest): Promise<number> {
  const { what, line } = request;
  const outcome = await check(session.deps, { what, line, verify: request.verify ? VERIFY : null });
  session.show(outcome, renderCheck);
  return outcome.ok ? 0 : 1;
}

/** Commands that were allowed run; nobody is asked to allow more. */
const VERIFY = { run: true, container: false, again: false, allow: () => Promise.resolve(false) } as const;
