// Picks a series on until it ends or meets a conflict, and lays that out for a person.
import { conflictKind } from "../../apply/conflict.ts";
import type { Conflict, TreeMerge } from "../../apply/tree-merge.ts";
import { saveResolution, worktreeOf, type ResolutionState } from "../../apply/resolution.ts";
import { AppError } from "../../error.ts";
import { layOut, openLayout } from "../../git/layout.ts";
import { openSigner } from "../../git/sign.ts";
import { quotePath } from "../../object/path.ts";
import type { PickOutcome, Source } from "../../wire/plan.ts";
import { computeLines } from "../picks/compute-picks.ts";
import { buildLines } from "./execute.ts";
import type { There } from "../picks/computation.ts";
import type { Series } from "./series.ts";
import { settled, standings } from "../standings/standing.ts";
import { historyOf, type Workspace } from "../workspace.ts";

export type Run =
  { readonly kind: "done"; readonly series: Series } | { readonly kind: "laid-out"; readonly state: ResolutionState };

/** Picks on until the series ends or meets a conflict, which is laid out. What was picked is in the repository then. */
export async function runSeries(workspace: Workspace, series: Series): Promise<Run> {
  const { repository, scratch } = workspace;
  const rest = series.sources.slice(series.next);
  const there = await thereOn(workspace, series, rest);
  const line = { ...series.line, tip: series.tip };
  const options = { ...series.plan.options, via: "source" as const };
  const [planned] = await computeLines(workspace, {
    lines: [line],
    sources: rest,
    there,
    newer: [line],
    committer: series.plan.committer,
    options,
  });
  if (planned === undefined) return { kind: "done", series };
  const signer = await openSigner(repository, `${series.plan.committer.name} <${series.plan.committer.email}>`, null);
  const [built] = await buildLines(workspace, { committer: series.plan.committer, options }, [planned], signer);
  const tip = built?.tip ?? series.tip;
  const landed = [...series.landed, ...[...(built?.landed ?? [])].map(([source, commit]) => ({ source, commit }))];
  await scratch.transfer([tip], [series.tip]);
  if (planned.firstFailure === null)
    return { kind: "done", series: { ...series, landed, tip, next: series.sources.length } };
  const at = series.sources.findIndex(({ commit }) => commit === planned.firstFailure);
  const why = planned.picks.find(({ source }) => source === planned.firstFailure)?.outcome ?? null;
  return { kind: "laid-out", state: await layOutAt(workspace, { ...series, landed, tip, next: at }, why) };
}

async function thereOn(workspace: Workspace, series: Series, rest: readonly Source[]): Promise<There> {
  const graph = await historyOf(
    workspace,
    rest.map(({ commit }) => commit),
  );
  return settled(await standings(workspace, graph, [series.line], rest));
}

/**
 * Lays out the merge of a series' next commit. What is known is written down before the work tree is touched: a person's
 * resolutions so far are in `landed`, whatever happens from here on.
 */
export async function layOutAt(
  workspace: Workspace,
  series: Series,
  why: PickOutcome | null,
): Promise<ResolutionState> {
  const { repository, scratch } = workspace;
  const source = series.sources[series.next];
  if (source === undefined) throw new AppError("internal", "A series stopped beyond its end");
  const { line, target, sources, landed, tip } = series;
  const { committer, options } = series.plan;
  const worktree = worktreeOf(repository, line.name);
  const common = {
    line,
    target,
    sources,
    options,
    committer,
    at: series.next,
    from: source.commit,
    landed,
    tip,
    worktree,
  };
  const merge = await mergeOnto(workspace, source, options.mainline, tip);
  if (merge.kind !== "conflict" || why?.kind === "refused") {
    // Without a resolution so far there is nothing to keep; with one, `skip` goes on from here.
    if (landed.length > 0) saveResolution(repository, { ...common, laid: false, tree: tip, paths: [] });
    throw cannotLayOut(series, source, reasonOf(merge, why));
  }
  workspace.engine.publish(merge.tree);
  await scratch.transfer([merge.tree], [tip]);
  const paths = merge.conflicts.map((conflict) => ({ ...stored(conflict), kind: conflictKind(conflict) }));
  const state = { ...common, tree: merge.tree, paths };
  saveResolution(repository, { ...state, laid: false });
  await openLayout(repository, worktree, tip);
  const short = source.commit.slice(0, 12);
  const labels = { ours: line.name, base: `parent of ${short}`, theirs: `${short} (${source.subject})` };
  await layOut(repository, scratch, worktree, merge.tree, merge.conflicts, labels);
  return saveResolution(repository, { ...state, laid: true });
}

function reasonOf(merge: TreeMerge, why: PickOutcome | null): string {
  if (why?.kind === "refused") return why.detail;
  return merge.kind === "missing" ? merge.detail : "it does not conflict";
}

function cannotLayOut({ line, landed }: Series, { commit }: Source, why: string): AppError {
  return new AppError("nothing-to-do", `Commit ${commit.slice(0, 12)} cannot be laid out on ${line.name}: ${why}`, {
    hint: landed.length > 0 ? `morello skip ${line.name}` : `morello plan ${commit} --onto ${line.name}`,
    data: { line: line.name, commit },
  });
}

function stored({ path, base, ours, theirs }: Conflict): Omit<ResolutionState["paths"][number], "kind"> {
  const stage = (side: Conflict["base"]): { mode: string; oid: string } | null =>
    side === null ? null : { mode: side.mode, oid: side.oid };
  return { path: quotePath(path), base: stage(base), ours: stage(ours), theirs: stage(theirs) };
}

async function mergeOnto(
  { scratch, engine }: Workspace,
  source: Source,
  mainline: number | null,
  tip: string,
): Promise<TreeMerge> {
  const [commit, onto] = await Promise.all([scratch.reader.commit(source.commit), scratch.reader.commit(tip)]);
  const parent = commit?.parents[(commit.parents.length > 1 ? (mainline ?? 1) : 1) - 1];
  const base = parent === undefined ? null : await scratch.reader.commit(parent);
  const empty = scratch.write("tree", Buffer.alloc(0));
  const [merge] = await engine.merge([
    { base: base?.tree ?? empty, ours: onto?.tree ?? empty, theirs: commit?.tree ?? empty },
  ]);
  if (merge === undefined) throw new AppError("internal", "A merge gave no answer");
  return merge;
}
