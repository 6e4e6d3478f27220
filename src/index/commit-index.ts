// What commits do, from the cache: facts by commit, and commits by term. Whatever is missing is read from git once.
// Every value is true of immutable objects, so a reader may meet any mixture of old and new ones.
import type { GitContext } from "../git/run.ts";
import { claimsOf, type Claims } from "../message/claims.ts";
import { decodeFacts, encodeFacts, type CommitFacts } from "../patch/codec.ts";
import type { PatchFacts } from "../patch/facts.ts";
import type { CommitGraph } from "./graph.ts";
import { IndexedCommits } from "./indexed-commits.ts";
import { readCommits, type Unreadable } from "./read-commits.ts";
import type { Store } from "./store.ts";
import { TermIndex } from "./term-index.ts";
import { bareTerm, termsOf } from "./terms.ts";

/** Commits in a transaction: what a kill can cost. */
const BATCH = 2_048;
/** git processes side by side; this process reads what they say. */
const SIDE_BY_SIDE = 2;

export class CommitIndex {
  readonly graph: CommitGraph;
  readonly terms: TermIndex;
  readonly #context: GitContext;
  readonly #store: Store;
  readonly #indexed: IndexedCommits;
  readonly #facts = new Map<string, CommitFacts>();
  readonly #claims = new Map<number, Claims>();
  /** Where nothing can be kept on disk, it is kept here. */
  readonly #unkept = new Map<string, CommitFacts>();

  constructor(context: GitContext, store: Store, graph: CommitGraph) {
    this.#context = context;
    this.#store = store;
    this.graph = graph;
    this.terms = new TermIndex(store);
    this.#indexed = new IndexedCommits(store, graph);
  }

  /**
   * Indexes those commits, as far as they are not yet. Gives those whose patches git could not read, now or before:
   * they are found by their words alone.
   */
  async prepare(
    numbers: readonly number[],
    onProgress: (done: number, total: number) => void = () => undefined,
  ): Promise<readonly Unreadable[]> {
    const missing = this.#indexed.missing(
      this.#unkept.size === 0 ? numbers : numbers.filter((number) => !this.#unkept.has(this.graph.oid(number))),
    );
    if (missing.length === 0) return this.#indexed.unreadable();
    const batches: number[][] = [];
    for (let at = 0; at < missing.length; at += BATCH) batches.push(missing.slice(at, at + BATCH));
    let done = 0;
    onProgress(0, missing.length);
    const work = async (): Promise<void> => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        await this.#index(batch);
        onProgress((done += batch.length), missing.length);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
    this.terms.tidy();
    return this.#indexed.unreadable();
  }

  /** The facts of a commit that was prepared; null if it is not there. */
  facts(number: number): CommitFacts | null {
    const oid = this.graph.oid(number);
    let facts = this.#facts.get(oid);
    if (facts === undefined) {
      const stored = this.#store.get(factKey(oid));
      facts = (stored === undefined ? null : decodeFacts(stored)) ?? this.#unkept.get(oid);
      if (facts !== undefined) this.#facts.set(oid, facts);
    }
    return facts ?? null;
  }

  /** What the commit's message claims; null if it is not there. */
  claims(number: number): Claims | null {
    let claims = this.#claims.get(number);
    if (claims === undefined) {
      const facts = this.facts(number);
      if (facts === null) return null;
      claims = claimsOf(facts.message);
      this.#claims.set(number, claims);
    }
    return claims;
  }

  /** Gives merges their patch against their first parent, which `prepare` does not read. */
  async readMerges(numbers: readonly number[]): Promise<void> {
    const wanted = numbers.filter((number) => this.graph.isMerge(number) && this.facts(number)?.patch == null);
    if (wanted.length === 0) return;
    const oids = wanted.map((number) => this.graph.oid(number));
    const { facts } = await readCommits(this.#context, oids, "first-parent");
    for (const [oid, found] of facts) this.#facts.set(oid, found);
    this.#store.put([...facts].map(([oid, found]) => [factKey(oid), encodeFacts(found)] as const));
  }

  /** Commits of the graph under a term; more than `most` are too many to be of use, and give none. */
  find(term: number, most: number): number[] {
    return this.terms.shorts(term, most).flatMap((short) => this.graph.findShort(short));
  }

  /** Commits that change the same lines of the same paths, white space aside. */
  withPatch(patch: PatchFacts): number[] {
    if (patch.files.length === 0) return [];
    return this.find(bareTerm(patch), Infinity).filter((other) => this.facts(other)?.patch?.bare === patch.bare);
  }

  async #index(numbers: readonly number[]): Promise<void> {
    const oids = numbers.map((number) => this.graph.oid(number));
    const { facts, unreadable } = await readCommits(this.#context, oids, "ordinary");
    const pairs: Uint32Array[] = [];
    const values: (readonly [string, Uint8Array])[] = [];
    for (const [oid, found] of facts) {
      const number = this.graph.find(oid);
      if (number === null) continue;
      const terms = termsOf(found);
      const short = this.graph.short(number);
      const some = new Uint32Array(terms.length * 2);
      for (let n = 0; n < terms.length; n++) {
        some[n * 2] = terms[n] ?? 0;
        some[n * 2 + 1] = short;
      }
      pairs.push(some);
      values.push([factKey(oid), encodeFacts(found)]);
    }
    const segment = this.terms.segment(pairs);
    const kept = this.#store.update((get) => [
      ...values,
      ...segment.values(get),
      ...this.#indexed.values(get, numbers, unreadable),
    ]);
    if (kept) return;
    segment.keepHere();
    this.#indexed.keepHere(unreadable);
    for (const [oid, found] of facts) this.#unkept.set(oid, found);
  }
}

const factKey = (oid: string): string => `fact/${oid}`;
