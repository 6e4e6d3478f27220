import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { contested, parseHunks, wholly, type Hunk } from "../../src/prerequisite/hunk.ts";

const hunk = (start: number, removed: string[], added: string[] = []): Hunk => ({ start, removed, added });

describe("the hunks of a diff without context", () => {
  test("are told with their lines, counted from 0", () => {
    const diff = [
      "diff --git a/0 b/0",
      "index 1..2 100644",
      "--- a/0",
      "+++ b/0",
      "@@ -2,2 +2 @@ a heading",
      "-two",
      "-three",
      "+2 and 3",
      "@@ -7,0 +7,2 @@",
      "+--- no header",
      "+@@ -1 +1 @@",
      "@@ -9 +10,0 @@",
      "-nine",
      "\\ No newline at end of file",
      "",
    ].join("\n");
    expect(parseHunks(diff)).toEqual(
      new Map([
        [
          "0",
          [
            hunk(1, ["two", "three"], ["2 and 3"]),
            hunk(7, [], ["--- no header", "@@ -1 +1 @@"]),
            hunk(8, ["nine"], []),
          ],
        ],
      ]),
    );
  });

  test("belong to their files, and a binary file has none", () => {
    const diff =
      "diff --git a/0 b/0\nBinary files a/0 and b/0 differ\ndiff --git a/1 b/1\n--- a/1\n+++ b/1\n@@ -1 +1 @@\n-a\n+b\n";
    expect(parseHunks(diff)).toEqual(
      new Map([
        ["0", []],
        ["1", [hunk(0, ["a"], ["b"])]],
      ]),
    );
  });

  test("of any text say what was there and what came", () => {
    const line = fc.string({ unit: fc.constantFrom("a", "-", "+", "@", " ", "\\"), maxLength: 6 });
    const lines = fc.array(line, { maxLength: 4 });
    const some = fc.tuple(lines, lines).filter(([removed, added]) => removed.length + added.length > 0);
    fc.assert(
      fc.property(fc.array(some, { maxLength: 4 }), (drawn) => {
        const told = drawn.map(([removed, added], n) => hunk(100 * n + 1, removed, added));
        const text = told.map(({ start, removed, added }) => {
          const at = removed.length === 0 ? start : start + 1;
          const body = [...removed.map((one) => `-${one}`), ...added.map((one) => `+${one}`)].join("\n");
          return `@@ -${at},${removed.length} +${at},${added.length} @@\n${body}\n`;
        });
        expect(parseHunks(`diff --git a/x b/x\n--- a/x\n+++ b/x\n${text.join("")}`).get("x")).toEqual(told);
      }),
    );
  });
});

describe("two sides contest", () => {
  const ours = [hunk(10, ["k", "l"], ["K"])];

  test.each([
    ["the same line", hunk(11, ["l"], ["L"]), true],
    ["lines without one between them", hunk(12, ["m"], ["M"]), true],
    ["lines with one between them", hunk(13, ["n"], ["N"]), false],
    ["lines that end where the others begin", hunk(8, ["i", "j"], []), true],
    ["an insertion right behind", hunk(12, [], ["new"]), true],
    ["an insertion one line behind", hunk(13, [], ["new"]), false],
  ])("%s: %o", (_, their, isContested) => {
    expect(contested(ours, [their])).toHaveLength(isContested ? 1 : 0);
  });

  test("of a long run only the lines within reach of the pick", () => {
    const long = hunk(
      100,
      Array.from({ length: 50 }, (_, n) => `old ${n}`),
      ["short"],
    );
    expect(contested([long], [hunk(120, ["old 20"], ["x"])])).toEqual([{ start: 119, end: 122, added: ["short"] }]);
    expect(contested([long], [hunk(100, [], ["x"])])).toEqual([{ start: 100, end: 101, added: ["short"] }]);
    expect(contested([long], [hunk(150, [], ["x"])])).toEqual([{ start: 149, end: 150, added: ["short"] }]);
  });

  test("all lines that the pick spans where it touches a run twice", () => {
    const long = hunk(0, ["a", "b", "c", "d", "e", "f", "g", "h"]);
    const found = contested([long], [hunk(1, ["b"], ["B"]), hunk(5, ["f"], ["F"])]);
    expect(found).toEqual([{ start: 0, end: 7, added: [] }]);
  });

  test("the whole of each run where the file is taken away", () => {
    expect(wholly([hunk(3, ["d"], ["D"]), hunk(9, [], ["new"])])).toEqual([
      { start: 3, end: 4, added: ["D"] },
      { start: 9, end: 9, added: ["new"] },
    ]);
  });
});
