// The inverted index on disk: segments of postings, one a batch of commits, put together when there are many.
import { bucketBits, bucketOf, buckets, rangeOf, shortAt, sortPostings, type Postings } from "./postings.ts";
import type { Store } from "./store.ts";

type Values = Iterable<readonly [string, Uint8Array | null]>;

interface Segment {
  readonly id: number;
  readonly bits: number;
  readonly pairs: number;
}

const SEGMENTS = "terms";
/** Segments that a question may have to look into. */
const MANY = 8;

export class TermIndex {
  readonly #store: Store;
  #segments: readonly Segment[] | null = null;
  /** Segments of this process, where nothing can be kept on disk. */
  readonly #here: Buffer[] = [];
  readonly #buckets = new Map<string, Buffer>();

  constructor(store: Store) {
    this.#store = store;
  }

  /** How many commits have a term. */
  frequency(term: number): number {
    let count = 0;
    for (const bucket of this.#holding(term)) {
      const [start, end] = rangeOf(bucket, term);
      count += end - start;
    }
    return count;
  }

  /** Short IDs of the commits that have a term, see `CommitGraph.findShort`; none if there are more than `most`. */
  shorts(term: number, most: number): number[] {
    const found: number[] = [];
    for (const bucket of this.#holding(term)) {
      const [start, end] = rangeOf(bucket, term);
      if (found.length + end - start > most) return [];
      for (let n = start; n < end; n++) found.push(shortAt(bucket, n));
    }
    return found;
  }

  /** A new segment of pairs (term, short ID): what a transaction that `get` reads in writes for it. */
  segment(pairs: readonly Uint32Array[]): { values: (get: Store["get"]) => Values; keepHere: () => void } {
    const postings = sortPostings(pairs);
    return {
      values: (get) => this.#added(listed(get(SEGMENTS)), postings, []),
      keepHere: () => void this.#here.push(bytesOf(postings)),
    };
  }

  /** Puts small segments together once there are many. */
  tidy(): void {
    this.#segments = null;
    const all = [...this.#listed()].sort((a, b) => a.pairs - b.pairs);
    if (all.length <= MANY) return;
    let sum = 0;
    const small = all.filter(({ pairs }, n) => {
      const fits = n === 0 || pairs <= sum;
      sum += pairs;
      return fits;
    });
    const postings = sortPostings(small.flatMap((segment) => this.#bucketsOf(segment)));
    this.#store.update((get) => {
      const segments = listed(get(SEGMENTS));
      const still = small.filter(({ id }) => segments.some((segment) => segment.id === id));
      // Another process has put them together meanwhile.
      return still.length < small.length ? [] : this.#added(segments, postings, small);
    });
    this.#segments = null;
    this.#buckets.clear();
  }

  *#added(segments: readonly Segment[], postings: Postings, instead: readonly Segment[]): Values {
    this.#segments = null;
    const pairs = postings.length / 2;
    const id = Math.max(0, ...segments.map((segment) => segment.id)) + 1;
    const bits = bucketBits(pairs);
    for (const [bucket, some] of buckets(postings, bits)) yield [bucketKey(id, bucket), bytesOf(some)];
    for (const old of instead) for (let n = 0; n < 2 ** old.bits; n++) yield [bucketKey(old.id, n), null];
    const left = segments.filter((segment) => !instead.some((old) => old.id === segment.id));
    yield [SEGMENTS, Buffer.from(JSON.stringify([...left, { id, bits, pairs }]))];
  }

  #listed(): readonly Segment[] {
    return (this.#segments ??= listed(this.#store.get(SEGMENTS)));
  }

  *#holding(term: number): Generator<Buffer> {
    yield* this.#here;
    for (const { id, bits } of this.#listed()) yield this.#bucket(id, bucketOf(term, bits));
  }

  #bucketsOf({ id, bits }: Segment): Postings[] {
    return Array.from({ length: 2 ** bits }, (_, bucket) => numbersOf(this.#bucket(id, bucket)));
  }

  #bucket(id: number, bucket: number): Buffer {
    const key = bucketKey(id, bucket);
    let bytes = this.#buckets.get(key);
    if (bytes === undefined) {
      bytes = this.#store.get(key) ?? NONE;
      this.#buckets.set(key, bytes);
    }
    return bytes;
  }
}

const NONE = Buffer.alloc(0);

const bucketKey = (id: number, bucket: number): string => `terms/${id}/${bucket}`;

function bytesOf(postings: Postings): Buffer {
  return Buffer.from(postings.buffer, postings.byteOffset, postings.byteLength);
}

function numbersOf(stored: Buffer): Postings {
  const copy = new Uint8Array(stored.subarray(0, stored.length - (stored.length % 8))); // aligned
  return new Uint32Array(copy.buffer);
}

function listed(stored: Buffer | undefined): Segment[] {
  if (stored === undefined) return [];
  try {
    return JSON.parse(stored.toString("utf8")) as Segment[];
  } catch {
    return []; // a bad disk
  }
}
