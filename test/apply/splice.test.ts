import fc from "fast-check";
import { expect, test } from "vitest";
import { touchedPaths } from "../../src/apply/touched.ts";
import type { BytePath } from "../../src/object/path.ts";
import type { TreeEntry } from "../../src/object/tree.ts";
import { history } from "../support/history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { engineOn, type OpenEngine } from "./engine.ts";

const COUNT = process.env["MORELLO_LONG"] === "1" ? 1_000 : 150;

const path = fc.constantFrom("a", "b", "a/b", "a/c", "a/b/c", "a.b", "a-b", "d/e/f/g", "d/e/h", "d", "\xff/\xfe");
const tree = fc.uniqueArray(fc.tuple(path, fc.nat(3)), { maxLength: 6, selector: ([at]) => at }).map((entries) => {
  const files = new Map<string, number>();
  for (const [at, content] of entries) {
    for (const other of files.keys()) if (other.startsWith(`${at}/`) || at.startsWith(`${other}/`)) files.delete(other);
    files.set(at, content);
  }
  return files;
});

function entryOf(content: number): TreeEntry {
  return { mode: content === 3 ? "100755" : "100644", oid: String(content + 1).repeat(40) };
}

/** The tree of those files, made from nothing. */
async function build(open: OpenEngine, files: ReadonlyMap<string, number>): Promise<string> {
  const empty = open.scratch.write("tree", Buffer.alloc(0));
  return open.engine.splice(empty, new Map([...files].map(([at, content]) => [at as BytePath, entryOf(content)])));
}

test(`the edits that lead from one tree to another give it (${COUNT} pairs)`, async () => {
  const repository = await history().create(makeSandbox(), { bare: true });
  const open = await engineOn(repository);
  let replaced = 0;
  for (const [from, to] of fc.sample(fc.tuple(tree, tree), { numRuns: COUNT, seed: 7 })) {
    const [before, after] = [await build(open, from), await build(open, to)];
    const touched = await touchedPaths(open.engine.tree, before, after);
    const edits = new Map(touched.map(({ path: at, after: entry }) => [at, entry]));
    if ([...from.keys()].some((at) => [...to.keys()].some((other) => other.startsWith(`${at}/`)))) replaced++;
    expect(await open.engine.splice(before, edits)).toBe(after);
  }
  expect(replaced).toBeGreaterThan(10);
});

test("the trees are git's", async () => {
  const repository = await history().create(makeSandbox(), { bare: true });
  const open = await engineOn(repository);
  for (const files of fc.sample(tree, { numRuns: 20, seed: 8 })) {
    const root = await build(open, files);
    open.engine.publish(root);
    const input = Buffer.from(
      [...files].map(([at, content]) => `${entryOf(content).mode} ${entryOf(content).oid}\t${at}\0`).join(""),
      "latin1",
    );
    const env = { GIT_INDEX_FILE: repository.sandbox.path("index") };
    await repository.gitRun(["read-tree", "--empty"], { env });
    await repository.gitRun(["update-index", "-z", "--index-info"], { env, input });
    expect(root).toBe(await repository.git(["write-tree", "--missing-ok"], { env }));
  }
});

test("a directory that becomes empty goes, and so do those above it; the root stays", async () => {
  const repository = await history().create(makeSandbox(), { bare: true });
  const open = await engineOn(repository);
  const root = await build(open, new Map([["d/e/f/g", 1]]));
  const empty = open.scratch.write("tree", Buffer.alloc(0));
  expect(await open.engine.splice(root, new Map([["d/e/f/g" as BytePath, null]]))).toBe(empty);
});
