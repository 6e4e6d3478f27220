// `morello check --merge BRANCH --into TARGET`: before a branch is merged whole, which of its commits are on the target
// already by pick, and whether the merge would apply one of them twice. Computed in memory; moves nothing.
import { addedHunks } from "../../apply/added-hunks.ts";
import { touchedPaths } from "../../apply/touched.ts";
import type { TreeMerge } from "../../apply/tree-merge.ts";
import { AppError } from "../../error.ts";
import { resolveRevisions } from "../../git/revisions.ts";
import type { CommitGraph } from "../../index/graph.ts";
import { readCommits } from "../../index/read-commits.ts";
import { selectLines } from "../../line/select.ts";
import { quotePath } from "../../object/path.ts";
import { lineSignature } from "../../patch/facts.ts";
import type { DoubledHunk, MergeCheckOutcome, MergedCommit } from "../../wire/check-merge.ts";
import { baseTree } from "../classing/automatic-merge.ts";
import { patchOf } from "../classing/proposal.ts";
import { findEquivalents } from "../equivalents/find-equivalents.ts";
import { summaryOf } from "../standings/standing.ts";
import { historyOf, linesOf, withWorkspace, type Deps, type Workspace } from "../workspace.ts";

export interface MergeCheckInput {
  /** A branch, or another revision. */
  readonly branch: string;
  /** A line, or the main branch. */
  readonly into: string;
}

/** Throws `unknown-revision`, `unknown-line`, `no-lines`, `object-missing`. */
export function checkMerge(deps: Deps, input: MergeCheckInput): Promise<MergeCheckOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const tip = await tipOf(workspace, input.branch);
    const graph = await historyOf(workspace, [tip]);
    const into = targetOf(workspace, graph, input.into);
    const commits = await mergedCommits(workspace, graph, tip, into);
    return outcomeOf(workspace, graph, { branch: { name: input.branch, tip }, into, commits });
  });
}

async function tipOf({ repository, refs }: Workspace, branch: string): Promise<string> {
  const local = refs.find(({ refname }) => refname === `refs/heads/${branch}`)?.oid;
  const [found] = local === undefined ? await resolveRevisions(repository, [branch]) : [[local]];
  const tip = found?.at(-1);
  if (tip !== undefined) return tip;
  throw new AppError("unknown-revision", `Revision '${branch}' names no commit of this repository`, {
    hint: "git branch --all, and name one of those",
    data: { revision: branch },
  });
}

function targetOf(workspace: Workspace, graph: CommitGraph, name: string): { name: string; tip: string } {
  const { main } = workspace;
  if (main !== null && (name === main.name || name === main.refname)) return { name: main.name, tip: main.tip };
  const { selected } = selectLines(linesOf(workspace, graph), [name]);
  const [line] = selected;
  if (line !== undefined && selected.length === 1) return { name: line.name, tip: line.tip };
  throw new AppError("unknown-line", `'${name}' stands for ${selected.length} lines, and a merge goes into one`, {
    hint: `morello check --merge BRANCH --into ${line?.name ?? main?.name ?? "LINE"}`,
  });
}

/** What the merge would bring, and which of it the target has by pick. */
async function mergedCommits(
  workspace: Workspace,
  graph: CommitGraph,
  tip: string,
  into: { readonly name: string; readonly tip: string },
): Promise<MergedCommit[]> {
  const [from, without] = [graph.find(tip), graph.find(into.tip)];
  if (from === null || without === null) throw new AppError("internal", "The history lacks a branch");
  const sources = graph
    .difference([from], [without])
    .filter((number) => !graph.isMerge(number))
    .reverse()
    .map((number) => graph.oid(number));
  const found = (await findEquivalents(workspace, graph, { sources, lines: [into] })).get(into.name);
  return Promise.all(
    sources.map(async (source) => {
      const match = found?.get(source)?.find(({ band }) => band === "same") ?? null;
      const already = match === null ? null : { ...(await summaryOf(workspace, match.commit)), band: match.band };
      return { ...(await summaryOf(workspace, source)), already };
    }),
  );
}

type Asked = Pick<MergeCheckOutcome, "branch" | "into" | "commits">;

async function outcomeOf(workspace: Workspace, graph: CommitGraph, asked: Asked): Promise<MergeCheckOutcome> {
  const { branch, into, commits } = asked;
  const common = { kind: "merge", ...asked } as const;
  if (commits.length === 0) return { ...common, result: { kind: "nothing" }, proof: "none", doubled: [], ok: true };
  const { scratch, engine } = workspace;
  const [ours, theirs] = [graph.find(into.tip) ?? 0, graph.find(branch.tip) ?? 0];
  const [target, source] = await Promise.all([scratch.reader.commit(into.tip), scratch.reader.commit(branch.tip)]);
  const base = await baseTree(workspace, graph, graph.mergeBases(ours, theirs));
  const sides =
    base === null || target === null || source === null ? null : { base, ours: target.tree, theirs: source.tree };
  const [merge] = sides === null ? [] : await engine.merge([sides]);
  if (target === null || merge === undefined || merge.kind === "missing")
    throw new AppError("object-missing", `Objects that the merge of ${branch.name} needs are missing`, {
      hint: workspace.repository.shallow ? "git fetch --unshallow" : "git fetch",
    });
  const picked = commits.flatMap(({ commit, already }) => (already === null ? [] : [commit]));
  if (merge.kind === "conflict") {
    return { ...common, result: await conflictOf(workspace, merge, picked), proof: "unknown", doubled: [], ok: false };
  }
  const result = { kind: "clean", tree: merge.tree } as const;
  if (picked.length === 0) return { ...common, result, proof: "none", doubled: [], ok: true };
  const rest = commits.filter(({ already }) => already === null).map(({ commit }) => commit);
  const without = await pickedOnto(workspace, target.tree, rest);
  if (without === null) return { ...common, result, proof: "unknown", doubled: [], ok: true };
  const doubled = await doubledHunks(workspace, without, merge.tree, picked);
  const ok = doubled.every((hunk) => hunk.commits.length === 0);
  return { ...common, result, proof: doubled.length === 0 ? "same" : "differs", doubled, ok };
}

/** The conflicted paths, each with the picked commits that change it. */
async function conflictOf(
  { scratch }: Workspace,
  { conflicts }: Extract<TreeMerge, { kind: "conflict" }>,
  picked: readonly string[],
): Promise<MergeCheckOutcome["result"]> {
  const { facts } = await readCommits(scratch, picked, "ordinary");
  const paths = conflicts.map(({ path }) => ({
    path: quotePath(path),
    commits: picked.filter((commit) => facts.get(commit)?.patch?.files.some((file) => file.path === path) === true),
  }));
  return { kind: "conflict", paths };
}

/** The tree that a rebase of those commits would end with; null if one of them conflicts. */
async function pickedOnto(workspace: Workspace, onto: string, commits: readonly string[]): Promise<string | null> {
  let tree = onto;
  for (const oid of commits) {
    const patch = await patchOf(workspace, { oid, mainline: 1 });
    const [pick] =
      patch === null ? [] : await workspace.engine.merge([{ base: patch.before, ours: tree, theirs: patch.after }]);
    if (pick?.kind !== "clean") return null;
    tree = pick.tree;
  }
  return tree;
}

/** Where the merge is not what the branch without the picked commits gives, with the commits whose lines those are. */
async function doubledHunks(
  { scratch, engine }: Workspace,
  without: string,
  merged: string,
  picked: readonly string[],
): Promise<DoubledHunk[]> {
  const differing = await touchedPaths(engine.tree, without, merged);
  const [hunks = []] = await addedHunks(scratch, [differing.map((one) => ({ ...one, own: null }))]);
  const { facts } = await readCommits(scratch, picked, "ordinary");
  return hunks.map((hunk) => {
    const [added, removed] = [hunk.added, hunk.removed].map((lines) => new Set(lines.map(lineSignature)));
    const commits = picked.filter((commit) => {
      const patch = facts.get(commit)?.patch;
      const adds = patch?.added.some((line) => added?.has(line)) ?? false;
      return adds || (patch?.removed.some((line) => removed?.has(line)) ?? false);
    });
    return { ...hunk, commits };
  });
}
