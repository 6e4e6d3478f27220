// `morello resolve`, `skip` and `abort`: a conflict is laid out for a person, left out, or given up.
import { reconcile } from "../apply/advance.ts";
import { conflictKind } from "../apply/conflict.ts";
import type { Conflict, TreeMerge } from "../apply/merge.ts";
import { readPending } from "../apply/pending.ts";
import { listResolutions, readResolution, removeResolution, saveResolution, worktreeOf, type ResolutionState } from "../apply/resolution.ts";
import { withLines } from "../apply/state.ts";
import { AppError } from "../error.ts";
import { layOut, openLayout, removeLayout } from "../git/layout.ts";
import { openSigner } from "../git/sign.ts";
import { selectLines } from "../line/select.ts";
import { quotePath } from "../object/path.ts";
import type { AbortOutcome, ContinueOutcome, Resolution, ResolveOutcome } from "../wire/outcome.ts";
import type { Plan, PlannedLine, Source } from "../wire/plan.ts";
import { computeLines } from "./compute-picks.ts";
import { buildLines } from "./execute.ts";
import { finish } from "./finish.ts";
import type { Series } from "./series.ts";
import { standings, type Standings } from "./standing.ts";
import { historyOf, linesOf, withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export type Run = { readonly kind: "done"; readonly series: Series } | { readonly kind: "laid-out"; readonly state: ResolutionState };

/** Lays out the conflict at which a line's series stopped, or shows the one that is laid out already. */
export function resolve(deps: Deps, { line: wanted }: { readonly line: string | null }): Promise<ResolveOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const { repository } = workspace;
    await reconcile(repository);
    const pending = readPending(repository);
    const name = lineName(workspace, wanted, pending);
    const open = readResolution(repository, name);
    if (open !== null) return { kind: "laid-out", resolution: describe(open), resumed: true };
    const planned = pending?.lines.find(({ line }) => line.name === name);
    if (pending === null || planned === undefined || planned.firstFailure === null) throw nothingToResolve(name);
    return withLines(repository, [name], async () => {
      const series = await freshSeries(workspace, pending, planned);
      const run = await runSeries(workspace, series);
      if (run.kind === "laid-out") return { kind: "laid-out", resolution: describe(run.state), resumed: false };
      return { kind: "no-conflict", line: name };
    });
  });
}

/** Leaves out the commit in conflict and goes on with the rest of the series. */
export function skipResolution(deps: Deps, { line }: { readonly line: string | null }): Promise<ContinueOutcome> {
  return withWorkspace(deps, async (workspace) => {
    await reconcile(workspace.repository);
    const state = openResolution(workspace, line);
    return withLines(workspace.repository, [state.line.name], async () => {
      const run = await runSeries(workspace, { ...seriesOf(state), next: state.at + 1 });
      return run.kind === "done" ? finish(workspace, run.series) : { kind: "laid-out", landed: commits(state), resolution: describe(run.state) };
    });
  });
}

/** Gives the resolution up; the branch was never touched. */
export function abortResolution(deps: Deps, { line }: { readonly line: string | null }): Promise<AbortOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const state = openResolution(workspace, line);
    await removeLayout(workspace.repository, state.worktree);
    removeResolution(workspace.repository, state.line.name);
    return { kind: "aborted", line: state.line.name };
  });
}

/** The resolution that a person means: the line named, the work tree they stand in, or the only one there is. */
export function openResolution(workspace: Workspace, wanted: string | null): ResolutionState {
  const all = listResolutions(workspace.repository);
  const here = all.find(({ worktree }) => workspace.cwd === worktree || workspace.cwd.startsWith(`${worktree}/`));
  const named = wanted === null ? undefined : all.find(({ line }) => line.name === wanted || line.refname === wanted || line.version.join(".") === wanted.replace(/^v/, ""));
  const found = wanted === null ? (here ?? (all.length === 1 ? all[0] : undefined)) : named;
  if (found !== undefined) return found;
  const lines = all.map(({ line }) => line.name);
  if (all.length === 0) throw new AppError("nothing-to-do", "No conflict is laid out", { hint: "morello resolve LINE" });
  throw new AppError("nothing-to-do", wanted === null ? `Several conflicts are laid out: ${lines.join(", ")}` : `No conflict is laid out for ${wanted}`, {
    hint: `name one of: ${lines.join(", ")}`,
    data: { lines },
  });
}

export function seriesOf(state: ResolutionState): Series {
  const { line, target, sources, committer, options, landed, tip, at } = state;
  return { line, target, sources, plan: { committer, options }, landed, tip, next: at };
}

function commits({ landed }: Pick<ResolutionState, "landed">): string[] {
  return landed.map(({ commit }) => commit);
}

export function describe(state: ResolutionState): Resolution {
  const { commit, subject, author, date } = state.sources[state.at] ?? { commit: state.from, subject: "", author: "", date: "" };
  return {
    line: state.line.name,
    worktree: state.worktree,
    onto: state.tip,
    source: { commit, subject, author, date },
    step: state.at + 1,
    steps: state.sources.length,
    paths: state.paths.map(({ path, kind }) => ({ path, kind })),
  };
}

function lineName({ detected }: Workspace, wanted: string | null, pending: Plan | null): string {
  const stopped = pending?.lines.filter(({ firstFailure }) => firstFailure !== null).map(({ line }) => line.name) ?? [];
  if (wanted === null) {
    const [only] = stopped;
    if (stopped.length === 1 && only !== undefined) return only;
    throw new AppError("usage", stopped.length === 0 ? "No pick has stopped" : "Several lines have stopped", {
      hint: stopped.length === 0 ? "morello pick REV --onto LINE" : stopped.map((line) => `morello resolve ${line}`).join(", or "),
    });
  }
  const known = pending?.lines.map(({ line }) => line) ?? [];
  const exact = [...known, ...detected].find(({ name, refname }) => name === wanted || refname === wanted);
  if (exact !== undefined) return exact.name;
  return selectLines(known, [wanted]).selected[0]?.name ?? wanted;
}

function nothingToResolve(line: string): AppError {
  return new AppError("nothing-to-do", `No pick has stopped at a conflict on ${line}`, {
    hint: `morello pick REV --onto ${line}`,
    data: { line },
  });
}

/** The series as it was asked for, on the line as it stands now. */
async function freshSeries(workspace: Workspace, pending: Plan, planned: PlannedLine): Promise<Series> {
  const graph = await historyOf(workspace, pending.sources.map(({ commit }) => commit));
  const line = linesOf(workspace, graph).find(({ name }) => name === planned.line.name) ?? planned.line;
  const target = pending.options.toBranch === null ? { refname: line.refname, expected: line.localTip } : planned.target;
  return { line, target, sources: pending.sources, plan: pending, landed: [], tip: line.tip, next: 0 };
}

/** Picks on until the series ends or meets a conflict, which is laid out. What was picked is in the repository then. */
export async function runSeries(workspace: Workspace, series: Series): Promise<Run> {
  const { repository, scratch } = workspace;
  const rest = series.sources.slice(series.next);
  const standing: Standings = await standingOf(workspace, series, rest);
  const line = { ...series.line, tip: series.tip };
  const options = { ...series.plan.options, via: "source" as const };
  const [planned] = await computeLines(workspace, { lines: [line], sources: rest, standing, newer: [line], committer: series.plan.committer, options });
  if (planned === undefined) return { kind: "done", series };
  const signer = await openSigner(repository, `${series.plan.committer.name} <${series.plan.committer.email}>`, null);
  const [built] = await buildLines(workspace, { committer: series.plan.committer, options }, [planned], signer);
  const tip = built?.tip ?? series.tip;
  const landed = [...series.landed, ...[...(built?.landed ?? [])].map(([source, commit]) => ({ source, commit }))];
  await scratch.transfer([tip], [series.tip]);
  if (planned.firstFailure === null) return { kind: "done", series: { ...series, landed, tip, next: series.sources.length } };
  const at = series.sources.findIndex(({ commit }) => commit === planned.firstFailure);
  return { kind: "laid-out", state: await layOutAt(workspace, { ...series, landed, tip, next: at }) };
}

async function standingOf(workspace: Workspace, series: Series, rest: readonly Source[]): Promise<Standings> {
  const graph = await historyOf(workspace, rest.map(({ commit }) => commit));
  return standings(workspace, graph, [series.line], rest);
}

async function layOutAt(workspace: Workspace, series: Series): Promise<ResolutionState> {
  const { repository, scratch } = workspace;
  const source = series.sources[series.next];
  if (source === undefined) throw new AppError("internal", "A series stopped beyond its end");
  const merge = await mergeOnto(workspace, source, series.plan.options.mainline, series.tip);
  if (merge.kind !== "conflict") {
    throw new AppError("nothing-to-do", `Commit ${source.commit.slice(0, 12)} cannot be laid out on ${series.line.name}: ${merge.kind === "missing" ? merge.detail : "it does not conflict"}`, {
      hint: `morello plan ${source.commit} --onto ${series.line.name}`,
    });
  }
  const worktree = worktreeOf(repository, series.line.name);
  workspace.engine.publish(merge.tree);
  await scratch.transfer([merge.tree], [series.tip]);
  await openLayout(repository, worktree, series.tip);
  const short = source.commit.slice(0, 12);
  const labels = { ours: series.line.name, base: `parent of ${short}`, theirs: `${short} (${source.subject})` };
  await layOut(repository, scratch, worktree, merge.tree, merge.conflicts, labels);
  const { line, target, sources, landed, tip } = series;
  const { committer, options } = series.plan;
  const paths = merge.conflicts.map((conflict) => ({ ...stored(conflict), kind: conflictKind(conflict) }));
  return saveResolution(repository, { line, target, sources, options, committer, at: series.next, from: source.commit, landed, tip, worktree, tree: merge.tree, paths });
}

function stored({ path, base, ours, theirs }: Conflict): Omit<ResolutionState["paths"][number], "kind"> {
  const stage = (side: Conflict["base"]): { mode: string; oid: string } | null => (side === null ? null : { mode: side.mode, oid: side.oid });
  return { path: quotePath(path), base: stage(base), ours: stage(ours), theirs: stage(theirs) };
}

async function mergeOnto({ scratch, engine }: Workspace, source: Source, mainline: number | null, tip: string): Promise<TreeMerge> {
  const [commit, onto] = await Promise.all([scratch.reader.commit(source.commit), scratch.reader.commit(tip)]);
  const parent = commit?.parents[(commit.parents.length > 1 ? (mainline ?? 1) : 1) - 1];
  const base = parent === undefined ? null : await scratch.reader.commit(parent);
  const empty = scratch.write("tree", Buffer.alloc(0));
  const [merge] = await engine.merge([{ base: base?.tree ?? empty, ours: onto?.tree ?? empty, theirs: commit?.tree ?? empty }]);
  if (merge === undefined) throw new AppError("internal", "A merge gave no answer");
  return merge;
}

