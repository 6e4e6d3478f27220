// `morello verify`, and the question that stands before a command of the repository's runs.
import type { AllowQuestion } from "../../usecase/verifying/allow-commands.ts";
import type { VerifyOptions } from "../../usecase/verifying/verify-trees.ts";
import { verify } from "../../usecase/verify.ts";
import { isFit } from "../../wire/verify.ts";
import { clean } from "../render/clean.ts";
import { command as shellCommand } from "../render/shell.ts";
import { renderAllow, renderVerify } from "../render/verify.ts";
import type { Session } from "../session.ts";

export interface VerifyRequest {
  readonly lines: readonly string[];
  /** A revision; null for the lines' tips. */
  readonly on: string | null;
  readonly allow: boolean;
  readonly again: boolean;
  readonly container: boolean;
}

/** Exits with 1 unless all passed. */
export async function runVerify(session: Session, request: VerifyRequest): Promise<number> {
  const { lines, on: revision, again, container } = request;
  const ask = allowing(session, false);
  const allow = (question: AllowQuestion): Promise<boolean> => {
    if (!request.allow) return ask(question);
    session.say(renderAllow(session.err, question));
    return Promise.resolve(true);
  };
  const outcome = await verify(session.deps, { lines, revision, run: true, again, container, allow });
  session.show(outcome, renderVerify);
  return outcome.results.every(isFit) ? 0 : 1;
}

/** What verbs that move lines do with verify commands. `yes`: nothing is asked, so nothing new is allowed. */
export function verifyOptions(
  session: Session,
  flags: { readonly verify: boolean; readonly container: boolean; readonly yes: boolean },
): VerifyOptions {
  return { run: flags.verify, container: flags.container, again: false, allow: allowing(session, flags.yes) };
}

/** Shows the command and asks a person. Throws `consent-needed` where there is none, or none is to be asked. */
function allowing(session: Session, yes: boolean): VerifyOptions["allow"] {
  return async (question) => {
    const what = `The verify command of ${question.lines.map(clean).join(", ")} was never allowed here: ${clean(question.command)}`;
    session.needPerson(
      what,
      `look at it, then: ${shellCommand(["morello", "verify", ...question.lines, "--allow"])}`,
      yes,
    );
    session.say(renderAllow(session.err, question));
    const { askAllow } = await import("../prompt.ts");
    return askAllow("Allow it to run?");
  };
}
