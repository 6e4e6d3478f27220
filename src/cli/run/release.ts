// `morello release`: the question before a tag is made, and the exit status.
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { AppError, unreachable } from "../../error.ts";
import { release } from "../../usecase/release.ts";
import type { ReleaseOutcome } from "../../wire/release.ts";
import { ask } from "../prompt.ts";
import { clean, cleanLines } from "../render/clean.ts";
import { renderRelease } from "../render/release.ts";
import type { Session } from "../session.ts";
import { verifyOptions } from "./verify.ts";

export interface ReleaseRequest {
  readonly line: string;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly push: boolean;
  readonly remote: string | null;
  readonly pre: string | null;
  readonly version: string | null;
  readonly reason: string | null;
  /** The file that the notes are written to; `-` is stdout. */
  readonly notes: string | null;
  readonly sign: boolean | null;
  readonly verify: boolean;
  readonly container: boolean;
}

export async function runRelease(session: Session, request: ReleaseRequest): Promise<number> {
  const outcome = await release(session.deps, {
    ...request,
    allowed: request.reason,
    verify: verifyOptions(session, request),
    confirm: async (found) => {
      if (request.yes) return true;
      const what = `${clean(found.tag)} of ${clean(found.line)}`;
      session.needPerson(`${what} would be made`, "run it again with --yes, or with --dry-run");
      session.say(`${renderRelease(session.err, { kind: "planned", release: found })}\n`);
      return ask(`${request.push ? "Make and push" : "Make"} ${what}?`);
    },
  });
  const isTold = request.notes !== null && (outcome.kind === "planned" || outcome.kind === "released");
  if (isTold) writeNotes(session, request.notes, outcome.release.notes);
  if (request.notes !== "-" || !isTold || session.json) session.show(outcome, renderRelease);
  return statusOf(outcome);
}

function writeNotes(session: Session, file: string, notes: string): void {
  if (file === "-") {
    if (!session.json) session.print(cleanLines(notes));
    return;
  }
  const path = resolve(session.deps.cwd, file);
  try {
    writeFileSync(path, notes);
  } catch (cause) {
    throw new AppError("usage", `Cannot write the notes to ${file}`, { cause, hint: "--notes FILE" });
  }
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
