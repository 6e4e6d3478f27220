import { expect, test } from "vitest";
import { patchTexts, renames, treeStats } from "../../src/git/diff.ts";
import { history } from "../support/history.ts";
import { lines } from "../support/case/case.ts";
import { binary, executable, submodule, symlink } from "../support/case/entries.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { latin1 } from "../support/tree.ts";
import { lose, scratchOn } from "./open.ts";

const told = history()
  .commit("root", { files: { "a": lines(9), "d/b": "b\n" } })
  .commit("edit", { files: { a: lines(9, { 3: "three" }) } })
  .commit("empty")
  .commit("odd", {
    files: [
      ["new\nline\t\xe9", executable("x\n")],
      [latin1("\xff"), symlink("a")],
      ["m", submodule("1")],
      ["bin", binary("1")],
    ],
  })
  .commit("gone", { files: { "d/b": null, "bin": binary("2") } })
  .branch("side", "root")
  .commit("side", { files: { side: "s\n" } })
  .checkout("main")
  .merge("merge", "side");

const MARKS = ["root", "edit", "empty", "odd", "gone", "side", "merge"];

test("a patch whose blob is gone is left out, and those around it are told all the same", async () => {
  const repository = await told.create(makeSandbox(), { bare: true });
  await lose(repository, `${repository.oid("edit")}:a`);
  const scratch = await scratchOn(repository);
  const asked = ["root", "edit", "odd", "side"].map((mark) => repository.oid(mark));
  const texts = await patchTexts(scratch, asked);
  expect([...texts.keys()]).toEqual([repository.oid("root"), repository.oid("odd"), repository.oid("side")]);
  expect(texts.get(repository.oid("side"))).toContain("+s\n");
});

test("a patch is the same text wherever it stands among others", async () => {
  const repository = await told.create(makeSandbox(), { bare: true });
  const scratch = await scratchOn(repository);
  const asked = MARKS.map((mark) => repository.oid(mark));
  const [forward, backward] = [await patchTexts(scratch, asked), await patchTexts(scratch, asked.toReversed())];
  for (const oid of asked) expect(forward.get(oid)).toBe(backward.get(oid));
  expect(forward.get(repository.oid("merge"))).toMatch(/^diff --git a\/side b\/side\n[^]*\+s\n$/);
  expect(forward.get(repository.oid("edit"))).toMatch(/^diff --git a\/a b\/a\n[^]*-line 3\n\+three\n[^]*\n$/);
});

test("statistics of pairs of trees are git's numbers; null where a file is gone", async () => {
  const repository = await told.create(makeSandbox(), { bare: true });
  await lose(repository, `${repository.oid("side")}:side`);
  const scratch = await scratchOn(repository);
  const tree = (mark: string): Promise<string> => repository.git(["rev-parse", `${repository.oid(mark)}^{tree}`]);
  const [root, edit, empty, odd, gone, merge] = await Promise.all(
    ["root", "edit", "empty", "odd", "gone", "merge"].map(tree),
  );
  const pairs = [
    [root, edit],
    [edit, empty],
    [gone, merge],
    [empty, odd],
    [odd, gone],
  ] as [string, string][];
  expect(await treeStats(scratch, pairs)).toEqual([
    { files: 1, insertions: 1, deletions: 1 },
    { files: 0, insertions: 0, deletions: 0 },
    null,
    { files: 4, insertions: 3, deletions: 0 },
    { files: 2, insertions: 0, deletions: 1 },
  ]);
});

test("renames are those that git finds, bytes and all", async () => {
  const odd = latin1("\xff\n\t");
  const told = history()
    .commit("base", { files: { "a": lines(20), "d/b": lines(30) } })
    .commit("moved", {
      files: [
        ["a", null],
        ["d/b", null],
        [odd, lines(20, { 3: "x" })],
        ["e/b", lines(30)],
      ],
    });
  const repository = await told.create(makeSandbox(), { bare: true });
  const scratch = await scratchOn(repository);
  const found = await renames(scratch, repository.oid("base"), repository.oid("moved"));
  expect(found).toEqual([
    { from: "d/b", to: "e/b" },
    { from: "a", to: "\xff\n\t" },
  ]);
});
