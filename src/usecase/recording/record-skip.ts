// Writes down that a source commit was left out of what was asked for.
import type { Workspace } from "../workspace.ts";
import { appendNow } from "./append-now.ts";
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
  const draft = { kind: "skipped", target, sources: [source], body: { reason }, parents: [source] } as const;
  await appendNow(workspace, recorder, { name: line, refname: target, tip }, [draft]);
}
