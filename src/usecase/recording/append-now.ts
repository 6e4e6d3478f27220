// Appends records that stand alone, and moves the log at once. Who lands commits moves logs with the branches instead.
import { AppError } from "../../error.ts";
import { updateRefs } from "../../git/refs.ts";
import type { Draft } from "../../ledger/append.ts";
import type { Entry } from "../../ledger/entry.ts";
import { foundTrust } from "../../ledger/trust.ts";
import type { Workspace } from "../workspace.ts";
import type { RecordedLine, Recorder } from "./recorder.ts";

/** Somebody who writes to the same log moves it a moment earlier: then the records go on top of theirs. */
const TRIES = 8;

/** Gives the records in the order of the drafts. `fresh`: commits that are not in the repository yet. */
export async function appendNow(
  { repository, scratch }: Workspace,
  recorder: Recorder,
  line: RecordedLine,
  drafts: readonly Draft[],
  fresh: readonly string[] = [],
): Promise<readonly Entry[]> {
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const log = await recorder.open(line.name);
    const { update, entries } = await recorder.append(log, line, drafts);
    const begins = recorder.begins === null ? [] : [recorder.begins];
    const there = drafts.flatMap(({ parents }) => parents).filter((parent) => !fresh.includes(parent));
    await scratch.transfer(
      [...fresh, update.to, ...begins.flatMap(({ to }) => to ?? [])],
      [...there, ...(log.held === null ? [] : [log.held])],
    );
    const moved = await updateRefs(repository, [...begins, update], "morello: record");
    if (moved.kind === "refused") continue;
    const { key, firstUse } = recorder.signing;
    if (firstUse && key !== null) foundTrust(repository, { roots: [key], pinned: "first-use", findings: [] });
    return entries.slice(-drafts.length);
  }
  throw new AppError("line-busy", `Others keep writing to the ledger of ${line.name}`, {
    hint: "run this again",
    data: { line: line.name },
  });
}
