// What a pick needs: the smallest set of source-branch commits that, picked first and in order, makes it clean.
import { PickChain } from "../apply/pick-chain.ts";
import type { CommitGraph } from "../index/graph.ts";
import type { Workspace } from "./workspace.ts";
import { contests, proposeByBlame, proposeByLines, type Conflicted, type Ground, type Proposal } from "./propose-prerequisites.ts";

export interface PrerequisiteQuestion {
  readonly source: string;
  readonly mainline: number;
  /** A commit of the line, and the tree to pick onto. */
  readonly onto: { readonly commit: string; readonly tree: string };
  readonly isThere: (oid: string) => boolean;
  readonly signal?: AbortSignal;
}

export interface Found {
  readonly kind: "clean" | "proven" | "none" | "missing";
  readonly picks: readonly Proposal[];
  readonly tree: string | null;
  readonly merges: number;
  readonly trace: string[];
}

const MAX_MERGES = 80;
const MAX_COMMITS = 24;

export async function findPrerequisites(
  { scratch, engine }: Pick<Workspace, "scratch" | "engine">,
  graph: CommitGraph,
  question: PrerequisiteQuestion,
): Promise<Found> {
  const { source, mainline, onto, isThere } = question;
  const chain = new PickChain(engine);
  const trace: string[] = [];
  const first = await chain.pick(onto.tree, source, mainline);
  const end = (kind: Found["kind"], picks: readonly Proposal[], tree: string | null): Found => ({ kind, picks, tree, merges: chain.merges, trace });
  if (first.kind === "missing") return end("missing", [], null);
  if (first.kind === "clean") return end("clean", [], first.tree);
  const ground = groundOf(scratch, graph, question);
  const members = new Map<string, Proposal>();
  const dead = new Set<string>();
  const order = (a: string, b: string): number => (graph.find(a) ?? 0) - (graph.find(b) ?? 0);
  for (;;) {
    let tree = onto.tree;
    let stuckTree = "";
    let stuck: { readonly commit: string; readonly merge: Conflicted } | null = null;
    for (const commit of [...members.keys()].sort(order)) {
      const merge = await chain.pick(tree, commit);
      if (merge.kind === "clean") {
        if (merge.tree === tree) {
          trace.push(`redundant ${commit.slice(0, 9)}`);
          members.delete(commit);
          dead.add(commit);
        }
        tree = merge.tree;
      } else if (merge.kind === "conflict") {
        stuck = { commit, merge };
        stuckTree = tree;
        break;
      } else {
        members.delete(commit);
        dead.add(commit);
      }
    }
    if (stuck === null) {
      const last = await chain.pick(tree, source, mainline);
      if (last.kind === "missing") return end("missing", [], null);
      if (last.kind === "clean") break;
      stuck = { commit: source, merge: last };
      stuckTree = tree;
    }
    trace.push(`stuck ${stuck.commit.slice(0, 9)} ${stuck.merge.conflicts.map((c) => c.path).join(",")}`);
    const parents = (await scratch.reader.commit(stuck.commit))?.parents ?? [];
    const parent = parents[(stuck.commit === source ? mainline : 1) - 1] ?? "";
    const found = await contests(scratch, stuck.merge);
    let fresh: Proposal[] = [];
    for (const propose of [proposeByBlame, proposeByLines]) {
      if (members.size >= MAX_COMMITS || chain.merges >= MAX_MERGES) break;
      fresh = (await propose(ground, parent, found)).filter(
        ({ commit }) => !members.has(commit) && !dead.has(commit) && commit !== source && order(commit, stuck.commit) < 0,
      );
      if (fresh.length > 0) break;
    }
    for (const proposal of fresh) trace.push(`  + ${proposal.commit.slice(0, 9)} ${proposal.weight} ${proposal.evidence.map((e) => e.kind).join()}`);
    if (fresh.length > 0) {
      let clean = 0;
      let there = stuckTree;
      for (const proposal of [...fresh].sort((a, b) => order(a.commit, b.commit))) {
        const merge = await chain.pick(there, proposal.commit);
        if (merge.kind === "conflict") continue;
        if (merge.kind === "missing" || merge.tree === there) {
          dead.add(proposal.commit);
          continue;
        }
        clean++;
        members.set(proposal.commit, proposal);
        there = merge.tree;
      }
      const [best] = fresh.filter(({ commit }) => !dead.has(commit));
      if (clean === 0 && best !== undefined) members.set(best.commit, best);
    } else if (stuck.commit === source) {
      return end("none", [...members.values()].sort((a, b) => b.weight - a.weight), null);
    } else {
      trace.push(`dead ${stuck.commit.slice(0, 9)}`);
      members.delete(stuck.commit);
      dead.add(stuck.commit);
    }
  }
  // leave one out, weakest first
  let kept = [...members.keys()].sort(order);
  const run = async (picks: readonly string[]): Promise<string | null> => {
    let tree = onto.tree;
    for (const commit of picks) {
      const merge = await chain.pick(tree, commit);
      if (merge.kind !== "clean") return null;
      tree = merge.tree;
    }
    const last = await chain.pick(tree, source, mainline);
    return last.kind === "clean" ? last.tree : null;
  };
  for (const { commit } of [...members.values()].sort((a, b) => order(b.commit, a.commit))) {
    if (kept.length === 1) break;
    const without = kept.filter((other) => other !== commit);
    if ((await run(without)) !== null) kept = without;
  }
  return end("proven", kept.map((commit) => members.get(commit)).filter((p) => p !== undefined), await run(kept));
}

export function groundOf(scratch: Workspace["scratch"], graph: CommitGraph, { source, onto, isThere }: PrerequisiteQuestion): Ground {
  const [from, to] = [graph.find(source) ?? 0, graph.find(onto.commit) ?? 0];
  const marks = graph.mark([[from], [to]]);
  const lacks = (oid: string): boolean => {
    const at = graph.find(oid);
    return at !== null && marks[at] === 1 && !graph.isMerge(at) && !isThere(oid);
  };
  return { scratch, graph, lacks, without: mergeBases(graph, from, to) };
}

/** The best common ancestors. */
function mergeBases(graph: CommitGraph, a: number, b: number): string[] {
  const marks = graph.mark([[a], [b]]);
  const stale = new Uint8Array(graph.size);
  const found: string[] = [];
  for (let n = Math.min(a, b); n >= 0; n--) {
    if (marks[n] !== 3) continue;
    if (stale[n] === 0) found.push(graph.oid(n));
    for (const parent of graph.parents(n)) stale[parent] = 1;
  }
  return found;
}
