import fc from "fast-check";
import { expect, test } from "vitest";
import { patchTexts } from "../../src/git/diff.ts";
import { patchId } from "../../src/patch/patch-id.ts";
import { scratchOn } from "../git/open.ts";
import { lines } from "../support/case/case.ts";
import { binary, executable, submodule, symlink } from "../support/case/entries.ts";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { latin1 } from "../support/tree.ts";

/** Each commit's patch ID, ours and git's, over the same text. */
async function bothOf(
  repository: TestRepository,
  commits: readonly string[],
): Promise<[string | null, string | null][]> {
  const scratch = await scratchOn(repository);
  const texts = await patchTexts(scratch, commits);
  return Promise.all(
    commits.map(async (commit): Promise<[string | null, string | null]> => {
      const text = Buffer.from(texts.get(commit) ?? "", "latin1");
      const input = Buffer.concat([Buffer.from(`${commit}\n`), text]);
      const { stdout } = await repository.gitRun(["patch-id", "--stable"], { input });
      return [patchId(text, repository.objectFormat), stdout.toString("latin1").split(" ")[0] || null];
    }),
  );
}

const told = (objectFormat: "sha1" | "sha256"): ReturnType<typeof history> =>
  history({ objectFormat })
    .commit("root", { files: { a: lines(30), b: "no newline", c: "x \t y\r\n", nul: "a\nb\0c\n" } })
    .commit("edit", { files: { a: lines(30, { 3: "three", 20: "twenty" }) } })
    .commit("newline", { files: { b: "no newline, still", c: "xy\r\n" } })
    .commit("empty")
    .commit("mode", { chmod: { a: "100755" } })
    .commit("moved", { rename: { a: "z" } })
    .commit("odd", {
      files: [
        ["new\nline\t\xe9", executable("x\n")],
        [latin1("\xff"), symlink("a")],
        ["m", submodule("1")],
        ["nothing", ""],
      ],
    })
    .commit("binary", { files: { bin: binary("1"), b: "other" } })
    .commit("minus", { files: { z: `-- a\n++ b\n@@ -1 +1 @@\ndiff --git a/x b/x\n` } });

test.each(["sha1", "sha256"] as const)("patch IDs are git's own, to the bit, with %s", async (format) => {
  const repository = await told(format).create(makeSandbox(), { bare: true });
  const commits = [...repository.oids.values()];
  const both = await bothOf(repository, commits);
  expect(both.map(([ours]) => ours)).toEqual(both.map(([, git]) => git));
  expect(new Set(both.map(([ours]) => ours)).size).toBe(commits.length);
});

test("no bytes make it fail", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
      const id = patchId(bytes, "sha1");
      expect(id === null || /^[0-9a-f]{40}$/.test(id)).toBe(true);
    }),
  );
});
