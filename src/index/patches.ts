// Finds commits with the same patch: digests of what each commit touches are cached, diffs are made only for the few
// that touch the same paths.
import { patchTexts, rawChanges } from "../git/diff.ts";
import type { GitContext } from "../git/run.ts";
import { digestChanges, patchIdentity, type PatchDigest } from "../patch/digest.ts";
import type { CommitGraph } from "./graph.ts";
import type { Store } from "./store.ts";

/** Commits asked of git at once, so that an interrupted first run keeps most of its work. */
const BATCH = 5_000;

export class PatchIndex {
  readonly #context: GitContext;
  readonly #store: Store;
  readonly #digests = new Map<string, PatchDigest | null>();
  readonly #identities = new Map<string, string>();

  constructor(context: GitContext, store: Store) {
    this.#context = context;
    this.#store = store;
  }

  /** Loads or makes the digests of those commits. Merges have none. */
  async prepare(
    graph: CommitGraph,
    numbers: readonly number[],
    onProgress: (done: number, total: number) => void,
  ): Promise<void> {
    const missing: string[] = [];
    for (const number of numbers) {
      const oid = graph.oid(number);
      if (this.#digests.has(oid)) continue;
      if (graph.isMerge(number)) this.#digests.set(oid, null);
      else if (!this.#restore(oid)) missing.push(oid);
    }
    for (let at = 0; at < missing.length; at += BATCH) {
      onProgress(at, missing.length);
      await this.#make(missing.slice(at, at + BATCH));
    }
    if (missing.length > 0) onProgress(missing.length, missing.length);
  }

  /** The digest of a commit that was prepared; null for merges and for what git could not read. */
  digest(oid: string): PatchDigest | null {
    return this.#digests.get(oid) ?? null;
  }

  /** Those of `candidates` (prepared) whose patch is that of `source` (`digest`), in the order given. */
  async same(source: string, digest: PatchDigest, candidates: readonly string[]): Promise<string[]> {
    const alike = candidates.filter((oid) => this.digest(oid)?.paths === digest.paths);
    const unsure = alike.filter((oid) => this.digest(oid)?.whole !== digest.whole);
    if (unsure.length > 0) await this.#identify([source, ...unsure]);
    const identity = this.#identities.get(source);
    return alike.filter(
      (oid) =>
        this.digest(oid)?.whole === digest.whole || (identity !== undefined && this.#identities.get(oid) === identity),
    );
  }

  #restore(oid: string): boolean {
    const stored = this.#store.get(`patch/${oid}`);
    if (stored?.length !== 16) return false;
    this.#digests.set(oid, { paths: stored.toString("hex", 0, 8), whole: stored.toString("hex", 8) });
    return true;
  }

  async #make(oids: readonly string[]): Promise<void> {
    const changes = await rawChanges(this.#context, oids);
    const pairs: [string, Uint8Array][] = [];
    for (const oid of oids) {
      const touched = changes.get(oid);
      const digest = touched === undefined ? null : digestChanges(touched);
      this.#digests.set(oid, digest);
      if (digest !== null) pairs.push([`patch/${oid}`, Buffer.from(digest.paths + digest.whole, "hex")]);
    }
    this.#store.put(pairs);
  }

  async #identify(oids: readonly string[]): Promise<void> {
    const missing = oids.filter((oid) => !this.#identities.has(oid));
    for (const [oid, text] of await patchTexts(this.#context, missing)) this.#identities.set(oid, patchIdentity(text));
  }
}
