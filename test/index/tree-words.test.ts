import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { BlobFacts } from "../../src/index/blob-facts.ts";
import { Parsers } from "../../src/index/parsers.ts";
import type { Store } from "../../src/index/store.ts";
import { TreeWords } from "../../src/index/tree-words.ts";
import { hashObject } from "../../src/object/hash.ts";
import type { BytePath } from "../../src/object/path.ts";
import { MODE_TREE, serialiseTree, type Tree, type TreeEntry } from "../../src/object/tree.ts";

const parsers = new Parsers();
afterAll(() => parsers.close());

/** Objects in memory, and a cache in memory, as long as the disk's. */
function memory(): {
  put: (files: Readonly<Record<string, string>>) => string;
  words: (root: string, keep: boolean) => Promise<TreeWords>;
  forget: () => void;
  reads: string[];
} {
  const blobs = new Map<string, Buffer>();
  const trees = new Map<string, Tree>();
  const reads: string[] = [];
  let kept = new Map<string, Buffer>();
  const store: Store = {
    get: (key) => kept.get(key),
    put: (pairs) => {
      for (const [key, value] of pairs) kept.set(key, Buffer.from(value));
    },
    putNew: () => false,
    update: () => false,
    destroy: () => kept.clear(),
    close: () => Promise.resolve(),
  };
  const put = (files: Readonly<Record<string, string>>): string => {
    const tree = new Map<BytePath, TreeEntry>();
    const below = new Map<string, Record<string, string>>();
    for (const [path, text] of Object.entries(files)) {
      const [first = "", ...rest] = path.split("/");
      if (rest.length > 0) {
        below.set(first, { ...below.get(first), [rest.join("/")]: text });
        continue;
      }
      const body = Buffer.from(text);
      const oid = hashObject("sha1", "blob", body);
      blobs.set(oid, body);
      tree.set(first as BytePath, { mode: "100644", oid });
    }
    for (const [name, inner] of below) tree.set(name as BytePath, { mode: MODE_TREE, oid: put(inner) });
    const oid = hashObject("sha1", "tree", serialiseTree(tree));
    trees.set(oid, tree);
    return oid;
  };
  return {
    put,
    reads,
    forget: () => (kept = new Map()),
    words: (root, keep) => {
      const facts = new BlobFacts(
        (oid) => {
          reads.push(oid);
          return Promise.resolve(blobs.get(oid) ?? null);
        },
        store,
        parsers,
      );
      return TreeWords.of(root, (oid) => Promise.resolve(trees.get(oid) ?? null), facts, keep);
    },
  };
}

const WORDS = ["alpha", "beta", "gamma", "delta"];
const files = fc.dictionary(
  fc.constantFrom("a", "b", "d/a", "d/b", "d/e/a", "f/a"),
  fc.array(fc.constantFrom(...WORDS), { maxLength: 3 }).map((words) => words.join(" ")),
);

test("an index that came from tree to tree answers as one that is made anew", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(files, fc.boolean()), { minLength: 1, maxLength: 5 }), async (history) => {
      const { put, words, forget } = memory();
      for (const [tree, keep] of history) {
        const moved = await words(put(tree), keep);
        const answers = await Promise.all(WORDS.map(async (word) => (await moved.mentions(word)).sort()));
        const wanted = WORDS.map((word) =>
          Object.keys(tree)
            .filter((path) => tree[path]?.split(" ").includes(word))
            .sort(),
        );
        expect(answers).toEqual(wanted);
        expect(moved.paths().sort()).toEqual(Object.keys(tree).sort());
      }
      forget();
      const [last] = history.at(-1) ?? [{}];
      const fresh = await words(put(last), true);
      expect(fresh.paths().sort()).toEqual(Object.keys(last).sort());
    }),
    { numRuns: 40 },
  );
});

test("a tree that differs in one file reads that file alone", async () => {
  const { put, words, reads } = memory();
  await words(put({ "a": "alpha", "d/a": "beta", "d/b": "gamma" }), true);
  reads.length = 0;
  await words(put({ "a": "alpha", "d/a": "delta", "d/b": "gamma" }), true);
  expect(reads).toEqual([hashObject("sha1", "blob", Buffer.from("delta"))]);
});
