// Writes down that a source commit was left out of what was asked for.
import { updateRefs } from "../../git/refs.ts";
import type { Workspace } from "../workspace.ts";
import { openRecorder } from "./recorder.ts";

export interface Skipped {
  readonly line: string;
  /** Full refname of the branch. */
  readonly target: string;
  readonly tip: string;
  readonly source: string;
  readonly reason: string;
}

/** The caller holds the line. A shallow clone records nothing. */
export async function recordSkip(workspace: Workspace, { line, target, tip, source, reason }: Skipped): Promise<void> {
  const recorder = await openRecorder(workspace);
  if (recorder === null) return;
  const log = await recorder.open(line);
  const { update } = await recorder.append(log, { name: line, refname: target, tip }, [
    { kind: "skipped", target, sources: [source], body: { reason }, parents: [source] },
  ]);
  const begins = recorder.begins === null ? [] : [recorder.begins];
  await workspace.scratch.transfer(
    [update.to, ...begins.flatMap(({ to }) => to ?? [])],
    [source, ...(log.held === null ? [] : [log.held])],
  );
  await updateRefs(workspace.repository, [...begins, update], "morello: skip");
}
