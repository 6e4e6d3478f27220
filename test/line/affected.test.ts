import { expect, it } from "vitest";
import { linesOfFile, unaffected, type LineContents, type RepairedLine } from "../../src/line/affected.ts";
import type { BytePath } from "../../src/object/path.ts";

const path = "loader.py" as BytePath;

function repaired(text: string, commit: string, changed = true): RepairedLine {
  return { path, text, commit, changed };
}

function holding(commits: readonly string[], file: string | null): LineContents {
  return { has: (commit) => commits.includes(commit), file: () => (file === null ? null : linesOfFile(file)) };
}

const LEAK = repaired("        return queue.Queue()", "young");

it("a line without the file and without the commit that brought it needs no fix", () => {
  expect(unaffected({ lines: [LEAK], named: [] }, holding([], null))).toEqual({
    by: "blame",
    introduced: ["young"],
    paths: [path],
  });
});

it("a line whose history holds the commit that brought the repaired line may need it", () => {
  expect(unaffected({ lines: [LEAK], named: [] }, holding(["young"], "x\n"))).toBeNull();
});

it("a line that holds the repaired text may need it, whoever brought it and however it is indented", () => {
  expect(unaffected({ lines: [LEAK], named: [] }, holding([], "if x:\n\treturn  queue.Queue()\n"))).toBeNull();
});

it("one of several lines is enough", () => {
  const lines = [LEAK, repaired("self.limit = None", "old")];
  expect(unaffected({ lines, named: [] }, holding(["old"], ""))).toBeNull();
});

it("braces and short words speak for nothing", () => {
  const lines = [LEAK, repaired("}", "old"), repaired("else:", "old")];
  expect(unaffected({ lines, named: [] }, holding(["old"], "}\nelse:\n"))).toMatchObject({ introduced: ["young"] });
  expect(unaffected({ lines: [repaired("}", "young")], named: [] }, holding([], null))).toBeNull();
});

it("neighbours count only where nothing was changed", () => {
  const neighbour = repaired("import threading", "old", false);
  expect(unaffected({ lines: [LEAK, neighbour], named: [] }, holding(["old"], "import threading"))).not.toBeNull();
  expect(unaffected({ lines: [neighbour], named: [] }, holding(["old"], ""))).toBeNull();
  expect(unaffected({ lines: [neighbour], named: [] }, holding([], ""))).not.toBeNull();
});

it("a Fixes: trailer goes before blame, and the text still speaks against it", () => {
  const repair = { lines: [LEAK], named: ["cause"] };
  expect(unaffected(repair, holding(["young"], ""))).toMatchObject({ by: "trailer", introduced: ["cause"] });
  expect(unaffected(repair, holding(["cause"], ""))).toBeNull();
  expect(unaffected(repair, holding([], "return queue.Queue()"))).toBeNull();
});

it("who brought most lines comes first", () => {
  const lines = [repaired("first thing", "a"), repaired("second thing", "b"), repaired("third thing", "b")];
  expect(unaffected({ lines, named: [] }, holding([], null))?.introduced).toEqual(["b", "a"]);
});

it("without anything to go by a line may need the fix", () => {
  expect(unaffected({ lines: [], named: [] }, holding([], null))).toBeNull();
});
