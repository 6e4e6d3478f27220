// Which files of a tree speak of a word. Hashes are kept per blob and, joined, per directory, by object ID: a tree that
// differs from a known one in a few files costs only those files, whichever tree was asked about before.
import { isRegular, MODE_TREE, type Tree } from "../object/tree.ts";
import { hashToken, holds, sortedUnique } from "../symbol/tokens.ts";
import type { BlobFacts } from "./blob-facts.ts";

/** Raised whenever a directory's hashes change their meaning. */
const WORDS = "words/1";

export type TreeSource = (oid: string) => Promise<Tree | null>;

interface Directory {
  readonly path: string;
  readonly files: readonly { readonly path: string; readonly oid: string }[];
  /** All words of its files; null: look into each file. */
  readonly words: Uint32Array | null;
}

export class TreeWords {
  readonly #directories: readonly Directory[];
  readonly #blobs: BlobFacts;

  private constructor(directories: readonly Directory[], blobs: BlobFacts) {
    this.#directories = directories;
    this.#blobs = blobs;
  }

  /**
   * Reads what is not known yet. `keep`: the tree is a commit's, so its directories will be met again; the directories
   * of a merge that nobody may ever want are not kept.
   */
  static async of(root: string, trees: TreeSource, blobs: BlobFacts, keep: boolean): Promise<TreeWords> {
    const found: (Omit<Directory, "words"> & { readonly oid: string })[] = [];
    const visit = async (oid: string, path: string): Promise<void> => {
      const tree = await trees(oid);
      if (tree === null) return;
      const files: { path: string; oid: string }[] = [];
      const below: Promise<void>[] = [];
      for (const [name, entry] of tree) {
        const full = path === "" ? name : `${path}/${name}`;
        if (entry.mode === MODE_TREE) below.push(visit(entry.oid, full));
        else if (isRegular(entry.mode)) files.push({ path: full, oid: entry.oid });
      }
      if (files.length > 0) found.push({ path, oid, files });
      await Promise.all(below);
    };
    await visit(root, "");
    const words = found.map(({ oid }) => blobs.stored(`${WORDS}/${oid}`));
    const fresh = found.filter((_, n) => words[n] === null);
    await blobs.prepareTokens([...new Set(fresh.flatMap(({ files }) => files.map(({ oid }) => oid)))]);
    if (keep) {
      const joined = new Map(fresh.map(({ oid, files }) => [oid, join(files.map((file) => blobs.tokens(file.oid)))]));
      blobs.keep([...joined].map(([oid, list]) => [`${WORDS}/${oid}`, list] as const));
      for (const [n, { oid }] of found.entries()) words[n] ??= joined.get(oid) ?? null;
    }
    return new TreeWords(
      found.map(({ path, files }, n) => ({ path, files, words: words[n] ?? null })),
      blobs,
    );
  }

  /** Every file, unordered. */
  paths(): string[] {
    return this.#directories.flatMap(({ files }) => files.map(({ path }) => path));
  }

  /** Files that hold the word, unordered. */
  async mentions(word: string): Promise<string[]> {
    const hash = hashToken(word);
    const directories = this.#directories.filter(({ words }) => words === null || holds(words, hash));
    const files = directories.flatMap((directory) => directory.files);
    await this.#blobs.prepareTokens(files.map(({ oid }) => oid));
    return files.filter(({ oid }) => holds(this.#blobs.tokens(oid), hash)).map(({ path }) => path);
  }
}

function join(lists: readonly Uint32Array[]): Uint32Array {
  const all = new Uint32Array(lists.reduce((sum, list) => sum + list.length, 0));
  let at = 0;
  for (const list of lists) {
    all.set(list, at);
    at += list.length;
  }
  return sortedUnique(all).slice();
}
