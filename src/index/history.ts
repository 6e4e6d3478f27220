// Brings the commit graph up to date with the tips in question: from the cache, then from git for what is new.
import { crc32 } from "node:zlib";
import { hexLength } from "../object/hash.ts";
import { run, type GitContext } from "../git/run.ts";
import type { Repository } from "../git/repository.ts";
import { CommitGraph, type GraphLine, type Segment } from "./graph.ts";
import type { Store } from "./store.ts";

/** The graph of everything those tips reach, from the cache as far as it goes. One git process for the rest. */
export async function loadHistory(
  repository: Repository,
  context: GitContext,
  store: Store,
  tips: readonly string[],
): Promise<CommitGraph> {
  const graph = new CommitGraph(hexLength(repository.objectFormat));
  // A shallow clone's graph changes when it is deepened, so it is not kept.
  const segments = repository.shallow ? 0 : restore(graph, store);
  const wanted = [...new Set(tips)].filter((tip) => graph.find(tip) === null);
  if (!repository.shallow) graph.kept = graph.size;
  if (wanted.length === 0) return graph;
  const known = graph.size > 0 ? [...frontier(graph)].map((oid) => `^${oid}`) : [];
  const segment = graph.append(await listCommits(context, [...wanted, ...known]));
  if (!repository.shallow && segment.count > 0 && store.putNew(segmentKey(segments), encode(segment)))
    graph.kept = graph.size;
  return graph;
}

const segmentKey = (n: number): string => `segment/${n}`;

function restore(graph: CommitGraph, store: Store): number {
  let n = 0;
  for (; ; n++) {
    const stored = store.get(segmentKey(n));
    if (stored === undefined) return n;
    const segment = decode(stored);
    if (segment === null) {
      store.destroy();
      return Number.MAX_SAFE_INTEGER; // keep what was read; write nothing more this time
    }
    graph.add(segment);
  }
}

/** Commits that are nobody's parent: excluding them excludes all. */
function frontier(graph: CommitGraph): Set<string> {
  const hasChild = new Uint8Array(graph.size);
  for (let n = 0; n < graph.size; n++) for (const parent of graph.parents(n)) hasChild[parent] = 1;
  const tips = new Set<string>();
  for (let n = 0; n < graph.size; n++) if (hasChild[n] === 0) tips.add(graph.oid(n));
  return tips;
}

async function listCommits(context: GitContext, revisions: readonly string[]): Promise<GraphLine[]> {
  const args = [
    "rev-list",
    "--topo-order",
    "--reverse", // parents first, which the graph's numbers rely on
    "--parents",
    "--timestamp",
    "--ignore-missing", // a cached tip that was pruned since excludes nothing
    "--stdin",
  ];
  const listed = await run(context, args, { input: `${revisions.join("\n")}\n` });
  const lines = listed.stdout.toString("latin1").split("\n");
  lines.pop();
  return lines.map((line) => {
    const [time = "0", oid = "", ...parents] = line.split(" ");
    return { oid, time: Number(time), parents };
  });
}

const HEAD = 24;

/** count, lengths of `more` and ids, checksum of the rest; then times, parents, more, ids. Numbers little-endian. */
function encode(segment: Segment): Uint8Array {
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(segment.count, 0);
  head.writeUInt32LE(segment.more.length, 4);
  head.writeUInt32LE(segment.ids.length, 8);
  const bytes = (array: Float64Array | Int32Array): Buffer =>
    Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  const body = Buffer.concat([bytes(segment.times), bytes(segment.parents), bytes(segment.more), segment.ids]);
  head.writeUInt32LE(crc32(body), 12);
  return Buffer.concat([head, body]);
}

function decode(stored: Buffer): Segment | null {
  if (stored.length < HEAD) return null;
  const [count, moreLength, idsLength] = [stored.readUInt32LE(0), stored.readUInt32LE(4), stored.readUInt32LE(8)];
  if (stored.length !== HEAD + count * 16 + moreLength * 4 + idsLength) return null;
  if (crc32(stored.subarray(HEAD)) !== stored.readUInt32LE(12)) return null;
  const copy = new Uint8Array(stored).buffer; // aligned, and no longer LMDB's memory
  let at = HEAD;
  const times = new Float64Array(copy, at, count);
  const parents = new Int32Array(copy, (at += count * 8), count * 2);
  const more = new Int32Array(copy, (at += count * 8), moreLength);
  const ids = new Uint8Array(copy, at + moreLength * 4, idsLength);
  return { count, ids, times, parents, more };
}
