// When commits came to a branch: which commit of its first-parent chain brought each one in.
import type { CommitGraph } from "./graph.ts";

const NONE = -1;

/**
 * For each commit of the graph the number of the first-parent commit of `tip` that first reaches it (itself, if it is
 * on that chain), or -1. One walk over the graph.
 */
export function landings(graph: CommitGraph, tip: number): Int32Array {
  const landed = new Int32Array(graph.size).fill(NONE);
  const chain: number[] = [];
  for (let at: number | undefined = tip; at !== undefined; at = graph.parents(at)[0]) chain.push(at);
  for (const bringer of chain.reverse()) {
    const open = [bringer];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if ((landed[at] ?? 0) !== NONE) continue;
      landed[at] = bringer;
      open.push(...graph.parents(at));
    }
  }
  return landed;
}
