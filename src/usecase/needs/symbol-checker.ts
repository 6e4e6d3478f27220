// The delta rule over trees of a repository: keeps parser threads and what was learnt of trees from check to check.
import type { MergeEngine } from "../../apply/merge.ts";
import { touchedPaths } from "../../apply/touched.ts";
import { BlobFacts } from "../../index/blob-facts.ts";
import { Parsers } from "../../index/parsers.ts";
import type { Store } from "../../index/store.ts";
import { TreeWorld } from "../../index/tree-world.ts";
import type { BytePath } from "../../object/path.ts";
import { isRegular } from "../../object/tree.ts";
import { delta, type Finding, type Touched } from "../../symbol/delta.ts";
import type { FileFacts } from "../../symbol/facts.ts";
import { languageOf } from "../../symbol/languages.ts";
import { isLexical, lexical } from "../../symbol/lexical.ts";
import { isGenerated, isVendored } from "../../symbol/skip.ts";

export interface PickTrees {
  /** Root trees: of the line, of the pick on it, and of the source commit. */
  readonly onto: string;
  readonly merged: string;
  readonly source: string;
  /** The tree that the source commit is compared with; null where words of files without rules are not to be looked up. */
  readonly parent: string | null;
}

export interface Checked {
  /** By rules in the order of paths, then of lines; then by words alone. */
  readonly findings: readonly Finding[];
  readonly unchecked: readonly { readonly what: string; readonly paths: readonly BytePath[] }[];
}

/** Trees of commits that are held ready: a plan asks for one source on many lines. */
const HELD_TREES = 8;

export class SymbolChecker {
  readonly #engine: MergeEngine;
  readonly #parsers = new Parsers();
  readonly #blobs: BlobFacts;
  readonly #worlds = new Map<string, TreeWorld>();

  constructor({ engine, store }: { readonly engine: MergeEngine; readonly store: Store }) {
    this.#engine = engine;
    const read = async (oid: string): Promise<Uint8Array | null> =>
      (await engine.scratch.reader.read(oid))?.body ?? null;
    this.#blobs = new BlobFacts(read, store, this.#parsers);
  }

  /** Objects that were wanted and are not in the repository. */
  get unreadable(): ReadonlySet<string> {
    return this.#blobs.unreadable;
  }

  /** Makes ready what every check of these trees shares; the first time, this reads them whole. */
  async prepare(trees: readonly string[]): Promise<void> {
    for (const root of trees) await this.world(root).prepare();
  }

  /** A commit's tree. */
  world(root: string): TreeWorld {
    const found = this.#worlds.get(root) ?? new TreeWorld(root, this.#engine.tree, this.#blobs, true);
    this.#worlds.delete(root);
    this.#worlds.set(root, found);
    if (this.#worlds.size > HELD_TREES) this.#worlds.delete(this.#worlds.keys().next().value ?? "");
    return found;
  }

  /** Facts of one file of a tree, with nothing else of the tree made ready. */
  facts(root: string, path: string): Promise<FileFacts | null> {
    return new TreeWorld(root, this.#engine.tree, this.#blobs, false).facts(path);
  }

  /** The tree of a pick. */
  merged(root: string, onto: string): TreeWorld {
    return new TreeWorld(root, this.#engine.tree, this.#blobs, false, this.world(onto));
  }

  async check({ onto, merged, source, parent }: PickTrees): Promise<Checked> {
    const touched = (await touchedPaths(this.#engine.tree, onto, merged)).filter(({ before, after }) =>
      [before, after].some((entry) => entry !== null && isRegular(entry.mode)),
    );
    const there = this.world(source);
    const asked: Touched[] = await Promise.all(
      touched.map(async ({ path }) => ({ path, sourcePath: await counterpart(path, there) })),
    );
    const trees = { target: this.world(onto), source: there, merged: this.merged(merged, onto) };
    const plain =
      parent === null
        ? []
        : touched.filter(({ path, after }) => after !== null && languageOf(path) === null && isLexical(path));
    const words = await Promise.all(
      plain.map(({ path }) => lexical(path, { ...trees, parent: this.world(parent ?? source) })),
    );
    return {
      findings: [...(await delta(asked, trees)), ...words.flat()],
      unchecked: uncheckedOf(touched.filter(({ after }) => after !== null).map(({ path }) => path)),
    };
  }

  close(): Promise<void> {
    return this.#parsers.close();
  }
}

/** The file of the source that a path of the line stands for: the same path, else the one that ends most like it. */
async function counterpart(path: BytePath, source: TreeWorld): Promise<string | null> {
  if ((await source.kind(path)) === "file") return path;
  if (languageOf(path) === null) return null;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const parts = path.split("/").reverse();
  const shared = (other: string): number => {
    const others = other.split("/").reverse();
    let n = 0;
    while (n < parts.length && parts[n] === others[n]) n++;
    return n;
  };
  const found = (await source.paths())
    .filter((other) => other.endsWith(`/${name}`) || other === name)
    .map((other) => ({ other, shared: shared(other) }))
    .sort((a, b) => b.shared - a.shared);
  const [first, second] = found;
  return first === undefined || first.shared === second?.shared ? null : first.other;
}

/** Paths that no rules look at, by what keeps the rules from them. */
function uncheckedOf(paths: readonly BytePath[]): Checked["unchecked"] {
  const found = new Map<string, BytePath[]>();
  for (const path of paths) {
    const what = isVendored(path)
      ? "vendored"
      : isGenerated(path)
        ? "generated"
        : languageOf(path) === null
          ? (/\.[A-Za-z0-9_+-]+$/.exec(path)?.[0] ?? path.slice(path.lastIndexOf("/") + 1))
          : null;
    if (what !== null) found.set(what, [...(found.get(what) ?? []), path]);
  }
  return [...found].map(([what, list]) => ({ what, paths: list }));
}
