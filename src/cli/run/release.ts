// `morello release`: the question before a tag is made, and the exit status.
import { unreachable } from "../../error.ts";
import { release } from "../../usecase/release.ts";
import type { ReleaseOutcome } from "../../wire/release.ts";
import { ask } from "../prompt.ts";
import { clean } from "../render/clean.ts";
import { renderRelease } from "../render/release.ts";
import type { Session } from "../session.ts";

export interface ReleaseRequest {
  readonly line: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly push: boolean;
  readonly remote: string | null;
  readonly pre: string | null;
  readonly version: string | null;
  readonly reason: string | null;
  readonly sign: boolean | null;
}

export async function runRelease(session: Session, request: ReleaseRequest): Promise<number> {
  const outcome = await release(session.deps, {
    ...request,
    allowed: request.reason,
    confirm: async (found) => {
      if (request.yes) return true;
      const what = `${clean(found.tag)} of ${clean(found.line)}`;
      session.needPerson(`${what} would be made`, "run it again with --yes, or with --dry-run");
      session.say(`${renderRelease(session.err, { kind: "planned", release: found })}\n`);
      return ask(`${request.push ? "Make and push" : "Make"} ${what}?`);
    },
  });
  session.show(outcome, renderRelease);
  return statusOf(outcome);
}

function statusOf(outcome: ReleaseOutcome): number {
  switch (outcome.kind) {
    case "planned":
    case "released":
    case "nothing":
      return 0;
    case "refused":
    case "declined":
      return 1;
    default:
      return unreachable(outcome);
  }
}
