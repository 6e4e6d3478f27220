// Which commits are compared with sources: what the lines, main and the sources do not all share, as far back as it can
// matter. The rest of the history is never read for the question.
import { createHash } from "node:crypto";
import { claimsOf } from "../../message/claims.ts";
import { parseIdentity } from "../../object/text.ts";
import type { CommitGraph } from "../../index/graph.ts";
import type { Unreadable } from "../../index/read-commits.ts";
import { recall, remember } from "../../index/remembered.ts";
import { indexOf, type Workspace } from "../workspace.ts";

/** Seconds before a source was written. A pick is never older than its source; clocks, and authors' dates, may be wrong. */
const BEFORE = 365 * 86_400;

interface Asked {
  readonly sources: readonly number[];
  readonly main: number | null;
  readonly tips: readonly number[];
}

/** Indexes them. Gives those whose patches git could not read, now or before. */
export async function prepare(workspace: Workspace, graph: CommitGraph, asked: Asked): Promise<readonly Unreadable[]> {
  const index = indexOf(workspace, graph);
  const since = await sinceOf(workspace, graph, asked);
  const key = `prepared/${digestOf(graph, asked)}`;
  const known = workspace.repository.shallow ? undefined : recall<number>(workspace.store, key);
  // For the same tips the same was done before, or more.
  if (known !== undefined && known <= since && asked.sources.every((source) => index.facts(source) !== null))
    return index.prepare([]);
  const unreadable = await index.prepare(scopeOf(graph, asked, since), (done, total) =>
    workspace.onProgress?.({ step: "reading what commits do", done, total }),
  );
  remember(workspace.store, [[key, since]]);
  return unreadable;
}

function scopeOf(graph: CommitGraph, { sources, main, tips }: Asked, since: number): number[] {
  const all = [...new Set([...sources, ...(main === null ? [] : [main]), ...tips])];
  const { some, every } = graph.reach(all);
  const scope = new Set(all);
  for (let n = 0; n < some.length; n++) if (some[n] === 1 && every[n] === 0 && graph.time(n) >= since) scope.add(n);
  return [...scope];
}

/** Unix seconds. Sources that only a line has may be picks of something much older: then nothing is too old. */
async function sinceOf(workspace: Workspace, graph: CommitGraph, { sources, main, tips }: Asked): Promise<number> {
  graph.track([...tips, ...(main === null ? [] : [main])]);
  const isPick = (source: number): boolean =>
    (main === null || !graph.isAncestor(source, main)) && tips.some((tip) => graph.isAncestor(source, tip));
  if (sources.some(isPick)) return 0;
  const times = await Promise.all(sources.map((source) => written(workspace, graph, source)));
  return Math.max(0, Math.min(...times) - BEFORE);
}

/** Of what main and the lines hold. */
function digestOf(graph: CommitGraph, { main, tips }: Asked): string {
  const ends = [...new Set([...tips, ...(main === null ? [] : [main])])].map((end) => graph.oid(end)).sort();
  return createHash("sha256").update(ends.join()).digest("hex");
}

/** When a commit, or what it says that it was picked from, was written: Unix seconds. */
async function written({ scratch }: Workspace, graph: CommitGraph, number: number): Promise<number> {
  const commit = await scratch.reader.commit(graph.oid(number));
  if (commit === null) return graph.time(number);
  const named = claimsOf(commit.message).pickedFrom.flatMap((id) => graph.findAbbreviated(id));
  return Math.min(parseIdentity(commit.author).seconds, ...[number, ...named].map((one) => graph.time(one)));
}
