// Which commits the index holds: one bit a commit of the cached graph, so that the question about a hundred thousand
// commits is one read. Commits that the cached graph does not number are looked for one by one.
import type { CommitGraph } from "./graph.ts";
import type { Unreadable } from "./read-commits.ts";
import type { Store } from "./store.ts";

type Values = Iterable<readonly [string, Uint8Array | null]>;

const DONE = "index/done";
const UNREADABLE = "index/unreadable";

export class IndexedCommits {
  readonly #store: Store;
  readonly #graph: CommitGraph;
  readonly #here: Unreadable[] = [];

  constructor(store: Store, graph: CommitGraph) {
    this.#store = store;
    this.#graph = graph;
  }

  /** Those of the numbers that are to be indexed. */
  missing(numbers: readonly number[]): number[] {
    const done = this.#store.get(DONE);
    return numbers.filter((number) =>
      number < this.#graph.kept ? !bit(done, number) : this.#store.get(`fact/${this.#graph.oid(number)}`) === undefined,
    );
  }

  /** What says that those commits are indexed, for a transaction that `get` reads in. */
  values(get: Store["get"], numbers: readonly number[], unreadable: readonly Unreadable[]): Values {
    const stored = get(DONE);
    const done = Buffer.alloc(Math.max(stored?.length ?? 0, Math.ceil(this.#graph.kept / 8)));
    if (stored !== undefined) done.set(stored);
    for (const number of numbers) {
      if (number < this.#graph.kept) done[number >> 3] = (done[number >> 3] ?? 0) | (1 << (number & 7));
    }
    if (unreadable.length === 0) return [[DONE, done]];
    const all = new Map([...listed(get(UNREADABLE)), ...unreadable].map((one) => [one.commit, one]));
    return [
      [DONE, done],
      [UNREADABLE, Buffer.from(JSON.stringify([...all.values()]))],
    ];
  }

  /** For a store that keeps nothing. */
  keepHere(unreadable: readonly Unreadable[]): void {
    this.#here.push(...unreadable);
  }

  unreadable(): readonly Unreadable[] {
    return [...listed(this.#store.get(UNREADABLE)), ...this.#here];
  }
}

function bit(bits: Buffer | undefined, number: number): boolean {
  return (((bits?.[number >> 3] ?? 0) >> (number & 7)) & 1) === 1;
}

function listed(stored: Buffer | undefined): Unreadable[] {
  if (stored === undefined) return [];
  try {
    return JSON.parse(stored.toString("utf8")) as Unreadable[];
  } catch {
    return []; // a bad disk; it is known again when somebody asks about the commit
  }
}
