// Facts and token hashes of blobs: from memory, from the cache, else read, computed in a worker, and kept.
// Keyed by blob ID and extractor version, so nothing here ever goes stale.
import type { Extent, FileFacts } from "../symbol/facts.ts";
import type { Language } from "../symbol/language.ts";
import { MAX_BYTES } from "../symbol/skip.ts";
import { parseFacts, type Parsers } from "./parsers.ts";
import type { Store } from "./store.ts";

/** Raised whenever token hashes change their meaning. */
const TOKENS = "tokens/1";
/** Files whose facts are held in memory. */
const HELD = 4_000;
/** Blobs read and hashed together. */
const BATCH = 200;

/** The body of a blob, or null if the repository lacks it. */
export type BlobSource = (oid: string) => Promise<Uint8Array | null>;

export class BlobFacts {
  readonly #read: BlobSource;
  readonly #store: Store;
  readonly #parsers: Parsers;
  readonly #facts = new Map<string, Promise<FileFacts | null>>();
  readonly #tokens = new Map<string, Uint32Array>();
  /** Blobs that were wanted and could not be read. */
  readonly unreadable = new Set<string>();

  constructor(read: BlobSource, store: Store, parsers: Parsers) {
    this.#read = read;
    this.#store = store;
    this.#parsers = parsers;
  }

  /** Null where the blob is missing, too large, or defeats the parser. */
  facts(oid: string, language: Language, extent: Extent): Promise<FileFacts | null> {
    const key = `facts/${language.id}.${language.version}/${extent}/${oid}`;
    let found = this.#facts.get(key);
    if (found === undefined) {
      found = this.#load(key, oid, language, extent);
      this.#facts.set(key, found);
      if (this.#facts.size > HELD) this.#facts.delete(this.#facts.keys().next().value ?? "");
    }
    return found;
  }

  async #load(key: string, oid: string, language: Language, extent: Extent): Promise<FileFacts | null> {
    const stored = this.#store.get(key);
    if (stored !== undefined) return parseFacts(stored.toString("utf8"));
    const body = await this.body(oid);
    if (body === null || body.length > MAX_BYTES) return null;
    const json = await this.#parsers.facts(language, extent, body);
    this.#store.put([[key, Buffer.from(json, "utf8")]]);
    return parseFacts(json);
  }

  async body(oid: string): Promise<Uint8Array | null> {
    const body = await this.#read(oid).catch(() => null);
    if (body === null) this.unreadable.add(oid);
    return body;
  }

  /** Sorted token hashes of a blob that was prepared; empty for any other. */
  tokens(oid: string): Uint32Array {
    let found = this.#tokens.get(oid);
    if (found === undefined) {
      found = this.stored(`${TOKENS}/${oid}`) ?? new Uint32Array(0);
      this.#tokens.set(oid, found);
      if (this.#tokens.size > HELD) this.#tokens.delete(this.#tokens.keys().next().value ?? "");
    }
    return found;
  }

  /** Computes the token hashes of those blobs that lack them. */
  async prepareTokens(oids: readonly string[]): Promise<void> {
    const missing = oids.filter((oid) => !this.#tokens.has(oid) && this.#store.get(`${TOKENS}/${oid}`) === undefined);
    for (let at = 0; at < missing.length; at += BATCH) {
      const some = missing.slice(at, at + BATCH);
      const bodies = await Promise.all(some.map((oid) => this.body(oid)));
      const fit = bodies.map((body) => (body === null || body.length > MAX_BYTES ? new Uint8Array(0) : body));
      const hashes = await this.#parsers.tokens(fit);
      const pairs = some.flatMap((oid, n) =>
        bodies[n] === null ? [] : [[oid, hashes[n] ?? new Uint32Array(0)] as const],
      );
      this.keep(pairs.map(([oid, list]) => [`${TOKENS}/${oid}`, list] as const));
      for (const [oid, list] of pairs) this.#tokens.set(oid, list);
    }
  }

  /** A list of hashes kept under a key. */
  stored(key: string): Uint32Array | null {
    const bytes = this.#store.get(key);
    // Copied: the cache's memory need not be aligned.
    return bytes === undefined ? null : new Uint32Array(new Uint8Array(bytes).buffer);
  }

  keep(lists: readonly (readonly [string, Uint32Array])[]): void {
    this.#store.put(
      lists.map(([key, list]) => [key, new Uint8Array(list.buffer, list.byteOffset, list.byteLength)] as const),
    );
  }
}
