// The question before lines are moved.
import { unreachable } from "../../error.ts";
import type { ApplyOutcome } from "../../wire/outcome.ts";
import type { Plan } from "../../wire/plan.ts";
import { ask } from "../prompt.ts";
import { cleaned } from "../render/clean.ts";
import { question } from "../render/apply.ts";
import { movingLines, renderPlan, stoppedLines } from "../render/plan.ts";
import type { Session } from "../session.ts";

export interface Consent {
  readonly yes: boolean;
  readonly keepGoing: boolean;
  readonly push: boolean;
}

/** Shows the plan and asks, if there is something to ask: where nothing would move, the outcome says why. */
export function consent(
  session: Session,
  { yes, keepGoing, push }: Consent,
  each: boolean,
): (plan: Plan, forbidden: () => Promise<readonly string[]>) => Promise<boolean> {
  return async (plan, forbidden) => {
    const clean = movingLines(plan);
    const cannot = plan.notes.some(({ kind }) => kind === "no-identity"); // applying says so, and how to mend it
    if (yes || cannot || clean.length === 0 || (stoppedLines(plan).length > 0 && !keepGoing)) return true;
    const refused = await forbidden();
    const moving = clean.filter(({ line }) => !refused.includes(line.name));
    if (moving.length === 0 || (refused.length > 0 && !keepGoing)) return true;
    const names = moving.map(({ line }) => cleaned(line.name));
    session.needPerson(`${names.join(", ")} would move`, "run it again with --yes");
    session.say(`${renderPlan(session.err, plan)}\n`);
    return each ? true : ask(question(session.err, push ? "Move and push" : "Move", names));
  };
}

export function statusOf(outcome: ApplyOutcome): number {
  switch (outcome.kind) {
    case "applied":
      return 0;
    case "stopped":
    case "stale":
    case "unconfirmed":
    case "declined":
      return 1;
    default:
      return unreachable(outcome);
  }
}
