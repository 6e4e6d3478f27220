// Says which names a pick brings onto a line that the line does not have, and which it strands there.
import { touchedPaths } from "../apply/touched.ts";
import { BlobFacts } from "../index/blob-facts.ts";
import { Parsers } from "../index/parsers.ts";
import type { Store } from "../index/store.ts";
import { TreeWorld } from "../index/tree-world.ts";
import { isRegular } from "../object/tree.ts";
import { delta, type Finding, type Touched } from "../symbol/delta.ts";
import type { MergeEngine } from "../apply/merge.ts";

export interface SymbolDeps {
  readonly engine: MergeEngine;
  readonly store: Store;
}

export interface PickTrees {
  /** Root trees: of the line, of the pick on it, and of the source commit. */
  readonly onto: string;
  readonly merged: string;
  readonly source: string;
}

/** Keeps parser threads and what was learnt of trees from check to check. */
export class SymbolChecker {
  readonly #engine: MergeEngine;
  readonly #parsers = new Parsers();
  readonly #blobs: BlobFacts;
  /** The latest worlds of commits' trees: a plan asks for one source on many lines. */
  readonly #worlds = new Map<string, TreeWorld>();

  constructor({ engine, store }: SymbolDeps) {
    this.#engine = engine;
    const read = async (oid: string): Promise<Uint8Array | null> => (await engine.scratch.reader.read(oid))?.body ?? null;
    this.#blobs = new BlobFacts(read, store, this.#parsers);
  }

  /** Makes ready what every check of these trees shares. */
  async prepare(trees: readonly string[]): Promise<void> {
    for (const root of trees) await this.world(root).prepare();
  }

  world(root: string): TreeWorld {
    let found = this.#worlds.get(root);
    if (found === undefined) {
      found = new TreeWorld(root, this.#engine.tree, this.#blobs, true);
      this.#worlds.set(root, found);
      if (this.#worlds.size > 8) this.#worlds.delete(this.#worlds.keys().next().value ?? "");
    }
    return found;
  }

  async findings({ onto, merged, source }: PickTrees): Promise<Finding[]> {
    const touched = await touchedPaths(this.#engine.tree, onto, merged);
    const target = this.world(onto);
    const there = this.world(source);
    const files = touched.filter(({ before, after }) => [before, after].some((entry) => entry !== null && isRegular(entry.mode)));
    const worlds = { target, source: there, merged: new TreeWorld(merged, this.#engine.tree, this.#blobs, false, target) };
    const asked: Touched[] = await Promise.all(
      files.map(async ({ path }) => ({ path, sourcePath: (await there.kind(path)) === "file" ? path : null })),
    );
    return delta(asked, worlds);
  }

  close(): Promise<void> {
    return this.#parsers.close();
  }
}
