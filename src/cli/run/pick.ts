// `morello pick`: what is asked on the way, and what it all came to.
import { pick, type PickQuestion } from "../../usecase/pick.ts";
import type { PickOptions } from "../../wire/plan.ts";
import { editMessage } from "../editor.ts";
import { askPick } from "../prompt.ts";
import { cleaned } from "../render/clean.ts";
import { renderDiff } from "../render/diff.ts";
import { renderApply } from "../render/apply.ts";
import { paint, shortId } from "../render/view.ts";
import { truncate } from "../render/width.ts";
import type { Session } from "../session.ts";
import { consent, statusOf, type Consent } from "./consent.ts";
import { verifyOptions } from "./verify.ts";

export interface PickRequest extends Consent {
  readonly revisions: readonly string[];
  readonly onto: readonly string[];
  readonly options: PickOptions;
  readonly fetch: boolean;
  readonly each: boolean;
  readonly edit: boolean;
  readonly remote: string | null;
  readonly sign: boolean | null;
  readonly verify: boolean;
  readonly container: boolean;
}

export async function runPick(session: Session, request: PickRequest): Promise<number> {
  const context = { cwd: session.deps.cwd, env: session.deps.environment };
  const outcome = await pick(session.deps, {
    ...request,
    confirm: consent(session, request, request.each),
    verify: verifyOptions(session, request),
    confirmPick: request.yes ? null : (question) => confirmPick(session, question),
    edit: request.edit
      ? (message) => (session.meter.pause(), editMessage(context, message, process.stdout.isTTY))
      : null,
  });
  session.show(outcome, renderApply);
  return statusOf(outcome);
}

function confirmPick(session: Session, question: PickQuestion): ReturnType<typeof askPick> {
  session.needPerson(`Each commit onto ${question.line} is to be confirmed`, "morello pick … --yes takes them all");
  const { line, source } = cleaned({ line: question.line, source: question.source });
  const head = paint(
    session.err,
    "strong",
    truncate(`${line}  ${shortId(source.commit)} ${source.subject}`, session.err.width),
  );
  session.say(`\n${head}\n${renderDiff(session.err, question.diff)}\n`);
  return askPick(`Pick ${shortId(source.commit)} onto ${line}?`);
}
