// The merge that git makes of a commit's parents by itself, as a question for the engine.
import type { Landed } from "../../apply/class.ts";
import type { CommitGraph } from "../../index/graph.ts";
import { recall, remember } from "../../index/remembered.ts";
import { emptyTree } from "../../object/hash.ts";
import type { Workspace } from "../workspace.ts";
import type { Candidate } from "./proposal.ts";

/** Null if a parent is not there. Further parents of an octopus are merged one after the other, as git does it. */
export async function automaticMerge(
  workspace: Workspace,
  graph: CommitGraph,
  { commit, onto }: Candidate,
): Promise<Landed | null> {
  const [first, ...others] = commit.parents;
  const ours = first === undefined ? null : graph.find(first);
  if (onto === null || ours === null) return null;
  const patches: { before: string; after: string }[] = [];
  for (const other of others) {
    const [theirs, parent] = [graph.find(other), await workspace.scratch.reader.commit(other)];
    if (theirs === null || parent === null) return null;
    const before = await baseTree(workspace, graph, knownBases(workspace, graph, ours, theirs));
    if (before === null) return null;
    patches.push({ before, after: parent.tree });
  }
  return { onto, tree: commit.tree, patches };
}

/** What two commits have in common is found once: it takes a walk over the whole graph. */
function knownBases({ store, repository }: Workspace, graph: CommitGraph, a: number, b: number): number[] {
  if (repository.shallow) return graph.mergeBases(a, b); // a deeper clone may know others
  const key = `merge-bases/${graph.oid(a)}${graph.oid(b)}`;
  const known = recall<string[]>(store, key)?.map((oid) => graph.find(oid));
  if (known?.every((number) => number !== null) === true) return known.filter((number) => number !== null);
  const found = graph.mergeBases(a, b);
  remember(store, [[key, found.map((number) => graph.oid(number))]]);
  return found;
}

/** Several merge bases are merged themselves first, conflicts and all, as git's recursive merge does it. */
export async function baseTree(
  workspace: Workspace,
  graph: CommitGraph,
  bases: readonly number[],
): Promise<string | null> {
  const { scratch, engine, repository } = workspace;
  const treeOf = async (number: number): Promise<string | null> =>
    (await scratch.reader.commit(graph.oid(number)))?.tree ?? null;
  const [newest, ...rest] = bases;
  if (newest === undefined) {
    scratch.write("tree", Buffer.alloc(0));
    return emptyTree(repository.objectFormat);
  }
  let tree = await treeOf(newest);
  for (const other of rest) {
    const [theirs, base] = [await treeOf(other), await baseTree(workspace, graph, graph.mergeBases(newest, other))];
    if (tree === null || theirs === null || base === null) return null;
    const [merge] = await engine.merge([{ base, ours: tree, theirs }]);
    if (merge === undefined || merge.kind === "missing") return null;
    tree = merge.tree;
  }
  return tree;
}
