import fc from "fast-check";
import { expect, test } from "vitest";
import { distance, nearest } from "../../src/line/nearest.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 7 });

test.each([
  ["", "", 0],
  ["maintained", "mantained", 1],
  ["mian", "main", 1],
  ["kitten", "sitting", 3],
  ["", "abc", 3],
])("from %s to %s it is %i edits", (a, b, edits) => expect(distance(a, b)).toBe(edits));

test("distance is symmetric, zero for equal words alone, at most the longer length", () => {
  fc.assert(
    fc.property(word, word, (a, b) => {
      expect(distance(a, b)).toBe(distance(b, a));
      expect(distance(a, b) === 0).toBe(a === b);
      expect(distance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length));
    }),
  );
});

test("the nearest comes first, and nothing far", () => {
  expect(nearest("release/v2.7", ["release/2.7", "main", "release/v2.8", "release/v2.7"])).toEqual([
    "release/v2.7",
    "release/2.7",
    "release/v2.8",
  ]);
  expect(nearest("zzz", ["release/2.7", "main"])).toEqual([]);
});
