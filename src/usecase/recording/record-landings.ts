// The records of a run, as objects and ref updates: intents before any branch moves, landings together with the
// branches. What the ledger did not know of a line before is written down first.
import type { Advance } from "../../apply/advance.ts";
import { isAncestor, type RefUpdate } from "../../git/refs.ts";
import { run } from "../../git/run.ts";
import type { Draft } from "../../ledger/append.ts";
import { attemptOf, recordKey } from "../../ledger/key.ts";
import type { Entry } from "../../ledger/entry.ts";
import type { Log } from "../../ledger/log.ts";
import type { NotedPick } from "../../ledger/notes.ts";
import { subjectOf } from "../../object/text.ts";
import type { Workspace } from "../workspace.ts";
import { backwards as recordsBack, knownTip } from "./known-tip.ts";
import { engineOf, intentDraft, landedDrafts, revertedDraft, sourcesOf, type Landing } from "./landing.ts";
import { openRecorder, type Recorder, type Signing } from "./recorder.ts";

export interface Recording {
  /** Logs with the intents, to be moved before any branch. */
  readonly before: readonly RefUpdate[];
  /** Logs with the landings, to be moved together with the branches. */
  readonly together: readonly Advance[];
  /** What must be transferred, and what is there already. */
  readonly tips: readonly string[];
  readonly known: readonly string[];
  readonly landed: readonly NotedPick[];
  /** Null: nothing was recorded. */
  readonly signing: Signing | null;
}

export const NOTHING_RECORDED: Recording = { before: [], together: [], tips: [], known: [], landed: [], signing: null };

/** Makes the records; nothing moves. A shallow clone records nothing. */
export async function recordLandings(
  workspace: Workspace,
  landings: readonly Landing[],
  sign: boolean | null,
): Promise<Recording> {
  const recorder = landings.length === 0 ? null : await openRecorder(workspace, sign);
  if (recorder === null) return NOTHING_RECORDED;
  const before: RefUpdate[] = recorder.begins === null ? [] : [recorder.begins];
  const together: Advance[] = [];
  const noted: NotedPick[] = [];
  for (const landing of landings) {
    const line = { name: landing.line, refname: landing.target, tip: landing.base };
    const log = await recorder.open(landing.line);
    const unknown = await unknownSoFar(workspace, recorder, log, landing);
    const intended = await recorder.append(log, line, [...unknown, intentDraft(landing)]);
    const engine = engineOf(workspace.repository.capabilities.versionText);
    const landed = await recorder.append(intended.log, line, landedDrafts(landing, engine));
    noted.push(...landed.entries.flatMap((entry) => notedPick(landing.line, entry)));
    before.push(intended.update);
    together.push({ line: landing.line, ...landed.update, expected: intended.update.to });
  }
  return {
    before,
    together,
    tips: [...before, ...together].flatMap(({ to }) => to ?? []),
    known: [...before.flatMap(({ expected }) => expected ?? []), ...landings.flatMap(sourcesOf)],
    landed: noted,
    signing: recorder.signing,
  };
}

function notedPick(line: string, { record }: Entry): NotedPick[] {
  if (record.kind !== "landed") return [];
  return [{ key: record.key, line, source: record.sources[0] ?? "", pick: record.commit, version: null }];
}

/** What happened to the line since the last record: commits that have none, and landings that are gone. */
async function unknownSoFar(workspace: Workspace, recorder: Recorder, log: Log, landing: Landing): Promise<Draft[]> {
  const gap = await gapDraft(workspace, log, landing.target, landing.base);
  const gone = await Promise.all(landing.picks.map((pick) => goneDraft(workspace, recorder, log, landing, pick)));
  return [...(gap === null ? [] : [gap]), ...gone.filter((draft) => draft !== null)];
}

/** Commits that a gap names; with more, their number tells enough. */
const MOST = 1000;

/** Null if the ledger knows the line's tip, or nothing of the line. */
export async function gapDraft(workspace: Workspace, log: Log, target: string, tip: string): Promise<Draft | null> {
  const { repository, scratch } = workspace;
  const known = await knownTip(scratch.reader, log);
  if (known === null || known === tip) return null;
  const backwards = !(await isAncestor(repository, known, tip));
  const listed = await run(repository, ["rev-list", "--reverse", `--max-count=${MOST}`, tip, `^${known}`]);
  const oids = await unrecorded(workspace, log, listed.stdout.toString("latin1").split("\n").filter(Boolean));
  if (oids.length === 0 && !backwards) return null; // two clones recorded at once, and one of them took its own back
  const commits = await Promise.all(
    oids.map(async (commit) => ({ commit, subject: subjectOf((await scratch.reader.commit(commit))?.message ?? "") })),
  );
  return { kind: "gap", target, sources: [], body: { from: known, to: tip, backwards, commits }, parents: [tip] };
}

/** Commits that have no record of their own. */
async function unrecorded({ scratch }: Workspace, { tip }: Log, commits: readonly string[]): Promise<string[]> {
  const open = new Set(commits);
  if (open.size === 0) return [];
  for await (const record of recordsBack(scratch.reader, tip)) {
    if (record.kind === "landed") open.delete(record.commit);
    if (record.kind === "gap" || record.kind === "release" || open.size === 0) break; // what is older was told then
  }
  return [...open];
}

/** A landing of the same source that the ledger holds for done, and that the line does not have any more. */
async function goneDraft(
  { repository }: Workspace,
  recorder: Recorder,
  log: Log,
  { line, target, base }: Landing,
  { source, revertedBy }: Landing["picks"][number],
): Promise<Draft | null> {
  const about = { repository: recorder.repository, target, sources: [source], kind: "landed" } as const;
  const attempt = await attemptOf(about, async (key) => (await log.find(key)) !== null);
  const entry = await log.find(recordKey({ ...about, attempt }));
  if (entry?.record.kind !== "landed") return null;
  const { commit } = entry.record;
  const reaches = await isAncestor(repository, commit, base);
  const reason = reaches ? "it was taken out again" : `it is no longer on ${line}`;
  return revertedDraft(target, [source], commit, reaches ? revertedBy : null, reason);
}
