// Which commits are compared with sources: what the lines, main and the sources do not all share, as far back as it can
// matter. The rest of the history is never read for the question.
import { claimsOf } from "../message/claims.ts";
import { parseIdentity } from "../object/text.ts";
import type { CommitGraph } from "../index/graph.ts";
import type { Workspace } from "./workspace.ts";

/** Seconds before a source was written. A pick is never older than its source; clocks, and authors' dates, may be wrong. */
const BEFORE = 365 * 86_400;

/** Numbers of commits. Sources that only a line has may be picks of something much older: then nothing is too old. */
export async function scopeOf(
  workspace: Workspace,
  graph: CommitGraph,
  {
    sources,
    main,
    tips,
  }: { readonly sources: readonly number[]; readonly main: number | null; readonly tips: readonly number[] },
): Promise<number[]> {
  const ends = [...sources, ...(main === null ? [] : [main])];
  const all = [...new Set([...ends, ...tips])];
  const { some, every } = graph.reach(all);
  const isPick = (source: number): boolean =>
    (main === null || !graph.isAncestor(source, main)) && tips.some((tip) => graph.isAncestor(source, tip));
  const since = sources.some(isPick)
    ? -Infinity
    : Math.min(...(await Promise.all(sources.map((source) => written(workspace, graph, source))))) - BEFORE;
  const scope = new Set(all);
  for (let n = 0; n < some.length; n++) if (some[n] === 1 && every[n] === 0 && graph.time(n) >= since) scope.add(n);
  return [...scope];
}

/** When a commit, or what it says that it was picked from, was written: Unix seconds. */
async function written({ scratch }: Workspace, graph: CommitGraph, number: number): Promise<number> {
  const commit = await scratch.reader.commit(graph.oid(number));
  if (commit === null) return graph.time(number);
  const named = claimsOf(commit.message).pickedFrom.flatMap((id) => graph.findAbbreviated(id));
  return Math.min(parseIdentity(commit.author).seconds, ...[number, ...named].map((one) => graph.time(one)));
}
