// One tree as the symbol rules look at it: files by path, their facts, and which of them speak of a word.
import { isRegular, MODE_TREE, type TreeEntry } from "../object/tree.ts";
import type { BytePath } from "../object/path.ts";
import type { Extent, FileFacts } from "../symbol/facts.ts";
import type { World } from "../symbol/language.ts";
import { languageOf } from "../symbol/languages.ts";
import type { BlobFacts } from "./blob-facts.ts";
import { TreeWords, type TreeSource } from "./tree-words.ts";

export class TreeWorld implements World {
  readonly root: string;
  readonly before: World | null;
  readonly #trees: TreeSource;
  readonly #blobs: BlobFacts;
  readonly #keep: boolean;
  readonly #once = new Map<string, Promise<unknown>>();

  /** `keep`: the tree belongs to a commit; see `TreeWords.of`. */
  constructor(root: string, trees: TreeSource, blobs: BlobFacts, keep: boolean, before: World | null = null) {
    this.root = root;
    this.before = before;
    this.#trees = trees;
    this.#blobs = blobs;
    this.#keep = keep;
  }

  async facts(path: string, extent: Extent = "definitions"): Promise<FileFacts | null> {
    const language = languageOf(path);
    const entry = await this.entry(path);
    if (language === null || entry === null || !isRegular(entry.mode)) return null;
    return this.#blobs.facts(entry.oid, language, extent);
  }

  async text(path: string): Promise<string | null> {
    const entry = await this.entry(path);
    if (entry === null || !isRegular(entry.mode)) return null;
    const body = await this.#blobs.body(entry.oid);
    return body === null ? null : Buffer.from(body).toString("utf8");
  }

  async kind(path: string): Promise<"file" | "directory" | null> {
    const entry = await this.entry(path);
    if (entry === null) return null;
    return entry.mode === MODE_TREE ? "directory" : "file";
  }

  async list(directory: string): Promise<readonly string[]> {
    const entry = await this.entry(directory);
    const tree = entry?.mode === MODE_TREE ? await this.#trees(entry.oid) : null;
    return tree === null ? [] : [...tree.keys()];
  }

  async paths(): Promise<readonly string[]> {
    const words = await this.#words();
    return this.once("paths", () => Promise.resolve(words.paths()));
  }

  async mentions(word: string): Promise<readonly string[]> {
    const words = await this.#words();
    return this.once(`mentions ${word}`, () => words.mentions(word));
  }

  once<T>(key: string, compute: () => Promise<T>): Promise<T> {
    let found = this.#once.get(key);
    if (found === undefined) this.#once.set(key, (found = compute()));
    return found as Promise<T>;
  }

  /** Makes everything ready that is the same for every check of this tree. */
  async prepare(): Promise<void> {
    await this.#words();
  }

  async entry(path: string): Promise<TreeEntry | null> {
    let entry: TreeEntry = { mode: MODE_TREE, oid: this.root };
    if (path === "" || path === ".") return entry;
    for (const name of path.split("/")) {
      if (entry.mode !== MODE_TREE) return null;
      const next: TreeEntry | undefined = (await this.#trees(entry.oid))?.get(name as BytePath);
      if (next === undefined) return null;
      entry = next;
    }
    return entry;
  }

  #words(): Promise<TreeWords> {
    return this.once("words", () => TreeWords.of(this.root, this.#trees, this.#blobs, this.#keep));
  }
}
