// Records that landings were taken back: by undoing the run, or by commits that revert them.
import type { Workspace } from "../workspace.ts";
import { revertedDraft } from "./landing.ts";
import { NOTHING_RECORDED, type Recording } from "./record-landings.ts";
import { openRecorder } from "./recorder.ts";

export interface TakenBack {
  readonly line: string;
  /** Full refname of the branch. */
  readonly target: string;
  /** The branch's tip before. */
  readonly tip: string;
  /** Full refnames of tags that go, with the commits they name. */
  readonly tags: readonly { readonly target: string; readonly commit: string }[];
  /** `revert`: the commit that takes it back; null where the branch goes back itself. */
  readonly landings: readonly { readonly source: string; readonly commit: string; readonly revert: string | null }[];
}

/** Makes the records; nothing moves. Lines without a ledger get none: nothing was recorded of them. */
export async function recordReverts(
  workspace: Workspace,
  lines: readonly TakenBack[],
  reason: string,
): Promise<Recording> {
  const recorder = await openRecorder(workspace);
  if (recorder === null) return NOTHING_RECORDED;
  const together: Recording["together"][number][] = [];
  const known: string[] = [];
  for (const { line, target, tip, landings, tags } of lines) {
    const log = await recorder.open(line);
    if (log.tip === null || landings.length + tags.length === 0) continue;
    const drafts = [
      ...tags.map((tag) => revertedDraft(tag.target, [], tag.commit, null, reason)),
      ...landings.map(({ source, commit, revert }) => revertedDraft(target, [source], commit, revert, reason)),
    ];
    const { update } = await recorder.append(log, { name: line, refname: target, tip }, drafts);
    together.push({ line, ...update });
    known.push(log.tip, ...[...landings, ...tags].map(({ commit }) => commit));
  }
  const before = recorder.begins === null || together.length === 0 ? [] : [recorder.begins];
  const tips = [...before, ...together].flatMap(({ to }) => to ?? []);
  return { before, together, tips, known, landed: [], signing: recorder.signing };
}
