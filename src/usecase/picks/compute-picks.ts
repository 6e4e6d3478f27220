// Computes series of picks on many lines: all lines at once for each commit in turn, or line after line where one
// takes its source from another. Objects are made in the scratch repository only.
import { pickCommit } from "../../apply/commit.ts";
import { describeConflicts } from "../../apply/conflict.ts";
import type { Conflict, TreeMerge } from "../../apply/tree-merge.ts";
import type { Sides } from "../../apply/decide.ts";
import { isNotApplicable } from "../../apply/not-applicable.ts";
import { followedRenames } from "../../apply/renames.ts";
import { touchedPaths } from "../../apply/touched.ts";
import { unreachable } from "../../error.ts";
import { treeStats } from "../../git/diff.ts";
import { isPartialClone } from "../../git/refs.ts";
import type { Repository } from "../../git/repository.ts";
import { hashObject } from "../../object/hash.ts";
import { quotePath } from "../../object/path.ts";
import type { Line } from "../../wire/line.ts";
import type { PickOptions, PickOutcome, PlannedLine, PlannedPick, Source } from "../../wire/plan.ts";
import { sourcesOf, stops, type Computation, type Track } from "./computation.ts";
import { recallOutcome, remember } from "./outcome-cache.ts";
import { question, refusal } from "./question.ts";
import type { Workspace } from "../workspace.ts";

export async function computeLines(workspace: Workspace, computation: Computation): Promise<PlannedLine[]> {
  const { options, sources } = computation;
  const tracks = await Promise.all(computation.lines.map((line) => startTrack(workspace, line)));
  const open: Track[] = [];
  for (const track of tracks) if (!(await recall(workspace, computation, track))) open.push(track);
  const oneByOne = options.via === "nearest" || computation.approve !== undefined;
  const rounds = oneByOne ? open.map((track) => [track]) : open.length === 0 ? [] : [open];
  const total = open.reduce((sum, { line }) => sum + sourcesOf(computation, line).length, 0);
  let done = 0;
  for (const round of rounds) {
    for (const source of sources) {
      const asking = round.filter(({ line }) => sourcesOf(computation, line).includes(source));
      await pickRound(workspace, computation, tracks, asking, source);
      workspace.onProgress?.({ step: "picking", done: (done += asking.length), total });
    }
  }
  await addStats(workspace, open);
  remember(workspace, open);
  return tracks.map(({ line, tip, picks, failure }) => {
    return { line, onto: line.tip, target: targetOf(line, options), picks, result: tip, firstFailure: failure };
  });
}

async function startTrack({ scratch }: Workspace, line: Line): Promise<Track> {
  const commit = await scratch.reader.commit(line.tip);
  return { line, tip: line.tip, tree: commit?.tree ?? "", failure: null, picks: [], steps: new Map(), questions: [] };
}

/**
 * Fills a track from outcomes that were computed before. No object is made, which serves only
 * those who look.
 */
async function recall(workspace: Workspace, computation: Computation, track: Track): Promise<boolean> {
  if (computation.lookOnly !== true || computation.options.via === "nearest") return false;
  const start = { tip: track.tip, tree: track.tree };
  for (const source of sourcesOf(computation, track.line)) {
    const asked = await question(workspace, computation, [], track, source);
    const known = asked.kind === "settled" ? asked.outcome : await recallOutcome(workspace, asked.sides);
    if (known === null) {
      Object.assign(track, start, { failure: null });
      track.picks.splice(0);
      return false;
    }
    const outcome =
      known.kind === "clean" ? await land(workspace, computation, track, source, asked.from, known) : known;
    track.picks.push({
      source: source.commit,
      from: asked.from,
      outcome,
      standing: null,
      prerequisites: null,
      symbols: null,
    });
    if (stops(outcome)) track.failure ??= source.commit;
  }
  return true;
}

function targetOf(line: Line, { toBranch }: PickOptions): PlannedLine["target"] {
  if (toBranch === null) return { refname: line.refname, expected: line.localTip };
  return { refname: `refs/heads/morello/${toBranch}/${line.name}`, expected: null };
}

/** Picks one commit onto the lines of a round; their merges run together. */
async function pickRound(
  workspace: Workspace,
  computation: Computation,
  tracks: readonly Track[],
  round: readonly Track[],
  source: Source,
): Promise<void> {
  const questions = await Promise.all(round.map((track) => question(workspace, computation, tracks, track, source)));
  const merges = questions.flatMap((asked) => (asked.kind === "merge" ? [asked.sides] : []));
  const merged = await workspace.engine.merge(merges);
  let next = 0;
  const conflicts: { readonly track: Track; readonly conflicts: readonly Conflict[] }[] = [];
  for (const [n, track] of round.entries()) {
    const asked = questions[n] ?? unreachable(undefined as never);
    const merge = asked.kind === "settled" ? null : (merged[next++] ?? unreachable(undefined as never));
    const outcome =
      asked.kind === "settled"
        ? asked.outcome
        : await judge(workspace, asked.sides, merge ?? unreachable(undefined as never));
    if (asked.kind === "merge") track.questions.push({ source: source.commit, sides: asked.sides });
    if (outcome.kind === "conflict" && merge?.kind === "conflict")
      conflicts.push({ track, conflicts: merge.conflicts });
    const before = { tip: track.tip, tree: track.tree };
    const landed =
      outcome.kind === "clean" ? await land(workspace, computation, track, source, asked.from, outcome) : outcome;
    const pick: PlannedPick = {
      source: source.commit,
      from: asked.from,
      outcome: landed,
      standing: null,
      prerequisites: null,
      symbols: null,
    };
    if (landed.kind === "clean" && computation.approve !== undefined) {
      workspace.engine.publish(landed.tree);
      if (!(await computation.approve(track.line, pick, before.tree, landed.tree))) {
        Object.assign(track, before);
        continue;
      }
    }
    track.picks.push(pick);
    if (stops(landed)) track.failure ??= source.commit;
  }
  await describe(workspace, source, conflicts);
}

/** Describes the conflicts of a round together: one merge finds the regions of them all. */
async function describe(
  { scratch }: Workspace,
  source: Source,
  found: readonly { readonly track: Track; readonly conflicts: readonly Conflict[] }[],
): Promise<void> {
  const described = await describeConflicts(
    scratch,
    found.flatMap(({ conflicts }) => conflicts),
  );
  let next = 0;
  for (const { track, conflicts } of found) {
    const paths = described.slice(next, (next += conflicts.length));
    const at = track.picks.findIndex((pick) => pick.source === source.commit);
    const pick = track.picks[at];
    if (pick !== undefined) track.picks[at] = { ...pick, outcome: { kind: "conflict", paths } };
  }
}

/** What brings objects that are missing, if it is known why they are. */
async function remedy(repository: Repository): Promise<string> {
  return (await isPartialClone(repository)) ? "; the clone is partial: git fetch --refetch --no-filter brings it" : "";
}

/** A merge as the outcome of a pick. A clean one has no commit yet. */
async function judge({ engine, scratch, repository }: Workspace, sides: Sides, merge: TreeMerge): Promise<PickOutcome> {
  switch (merge.kind) {
    case "missing":
      return refusal("object-missing", `${merge.detail}${await remedy(repository)}`);
    case "conflict": {
      const missing = await isNotApplicable(engine.tree, sides, merge);
      if (missing !== null) return { kind: "not-applicable", missing: missing.map(quotePath) };
      return { kind: "conflict", paths: [] }; // described with the others of the round
    }
    case "clean": {
      if (merge.tree === sides.ours)
        return { kind: "redundant", reason: merge.touched.length === 0 ? "empty-source" : "became-empty" };
      const changed = await touchedPaths(engine.tree, sides.ours, merge.tree);
      const renames = merge.whole ? await followedRenames(scratch, engine, sides, merge.touched, changed) : [];
      return {
        kind: "clean",
        tree: merge.tree,
        commit: "",
        renames: renames.map(({ from, to }) => ({ from: quotePath(from), to: quotePath(to) })),
        stat: { files: changed.length, insertions: 0, deletions: 0 },
        paths: changed.map(({ path }) => quotePath(path)),
      };
    }
  }
}

/** Makes the commit of a clean pick and moves the track onto it. */
async function land(
  { scratch, repository }: Workspace,
  { committer, options }: Computation,
  track: Track,
  source: Source,
  from: string,
  outcome: Extract<PickOutcome, { kind: "clean" }>,
): Promise<PickOutcome> {
  const commit = await scratch.reader.commit(source.commit);
  if (commit === null) return refusal("object-missing", `commit ${source.commit} is missing from the repository`);
  const body = pickCommit({
    from,
    source: commit,
    tree: outcome.tree,
    parent: track.tip,
    committer,
    signoff: options.signoff,
    trailers: options.trailers,
    message: options.messages[source.commit] ?? null,
  });
  track.steps.set(source.commit, { before: track.tree, after: outcome.tree });
  track.tip = hashObject(repository.objectFormat, "commit", body);
  track.tree = outcome.tree;
  return { ...outcome, commit: track.tip };
}

/** Counts lines for every clean pick, in one git process. */
async function addStats({ scratch, engine }: Workspace, tracks: readonly Track[]): Promise<void> {
  const clean = tracks.flatMap((track) =>
    track.picks.flatMap((pick, n) => {
      const step = track.steps.get(pick.source);
      return pick.outcome.kind === "clean" && step !== undefined
        ? [{ track, n, pick, outcome: pick.outcome, step }]
        : [];
    }),
  );
  for (const { step } of clean) engine.publish(step.after);
  const stats = await treeStats(
    scratch,
    clean.map(({ step }) => [step.before, step.after] as const),
  );
  for (const [k, { track, n, pick, outcome }] of clean.entries()) {
    track.picks[n] = { ...pick, outcome: { ...outcome, stat: stats[k] ?? outcome.stat } };
  }
}
