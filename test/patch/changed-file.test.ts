import { expect, test } from "vitest";
import { filesChanged } from "../../src/git/changed-files.ts";
import { changedFiles } from "../../src/patch/changed-file.ts";
import { openRepository } from "../../src/git/repository.ts";
import { history } from "../support/history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { text } from "../usecase/setting.ts";

test("a commit's files are told with their hunks, as git has them", async () => {
  const repository = await history()
    .commit("base", {
      files: {
        "a.txt": text(),
        "gone": "1\n",
        "old/name": text({ 3: "three" }),
        "link": "x\n",
        "bin": "\0\n",
        'é "q"': "1\n",
      },
    })
    .commit("change", {
      rename: { "old/name": "new/name" },
      files: {
        "a.txt": text({ 5: "five", 20: "twenty" }).replace("line 10\n", ""),
        "gone": null,
        "fresh": "--- a\n+++ b\n",
        "link": { symlink: "x" },
        "bin": "\0\0\n",
        'é "q"': "2",
      },
    })
    .create(makeSandbox());
  const opened = await openRepository(repository.path, repository.sandbox.env);
  const files = (await filesChanged(opened, [repository.oid("change")])).get(repository.oid("change")) ?? [];
  const plain = files.map(({ path, from, status, binary, hunks }) => [
    path,
    from,
    status,
    binary,
    hunks.map(({ line, removed, added }) => [line, removed, added]),
  ]);
  expect(plain).toEqual([
    [
      "a.txt",
      null,
      "modified",
      false,
      [
        [5, ["line 5"], ["five"]],
        [9, ["line 10"], []],
        [19, ["line 20"], ["twenty"]],
      ],
    ],
    ["bin", null, "modified", true, []],
    ["fresh", null, "added", false, [[1, [], ["--- a", "+++ b"]]]],
    ["gone", null, "deleted", false, [[0, ["1"], []]]],
    ["link", null, "deleted", false, [[0, ["x"], []]]],
    ["link", null, "added", false, [[1, [], ["x"]]]],
    ["new/name", "old/name", "renamed", false, []],
    ['"é \\"q\\""', null, "modified", false, [[1, ["1"], ["2"]]]],
  ]);
});

test("the heading above a hunk is kept, and an empty diff has no files", () => {
  const diff = "diff --git a/a b/a\nindex 1..2 100644\n--- a/a\n+++ b/a\n@@ -3 +3 @@ def f():\n-1\n+2\n";
  expect(changedFiles(diff)[0]?.hunks).toEqual([{ line: 3, section: "def f():", removed: ["1"], added: ["2"] }]);
  expect(changedFiles("")).toEqual([]);
});
