import fc from "fast-check";
import { expect, test } from "vitest";
import { pad, truncate, truncateStart, width, wrap } from "../../src/cli/render/width.ts";

test.each([
  ["abc", 3],
  ["日本語", 6],
  ["e\u0301", 1],
  ["🚀", 2],
  ["👩‍💻", 2],
  ["❤️", 2],
  ["ｗｉｄｅ", 8],
  ["한국", 4],
  ["Zoë", 3],
  ["", 0],
])("%s takes %i columns", (text, columns) => {
  expect(width(text)).toBe(columns);
});

test("text that fits is not cut", () => {
  expect(truncate("abc", 3)).toBe("abc");
});

test("a wide character that would stick out is cut off whole", () => {
  expect(truncate("日本語", 4)).toBe("日…");
});

test("a path loses its beginning", () => {
  expect(truncateStart("src/deep/loader.py", 10)).toBe("…loader.py");
});

test("cut text takes no more columns than it may", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 40 }), (text, columns) => {
      expect(width(truncate(text, columns))).toBeLessThanOrEqual(Math.max(columns, 0));
      expect(width(truncateStart(text, columns))).toBeLessThanOrEqual(Math.max(columns, 0));
    }),
  );
});

test("padding counts columns, not characters", () => {
  expect(pad("日本", 6)).toBe("日本  ");
});

test("prose breaks at spaces, and a long word stays whole", () => {
  expect(wrap("a bb /a/very/long/path cc", 8)).toEqual(["a bb", "/a/very/long/path", "cc"]);
});
