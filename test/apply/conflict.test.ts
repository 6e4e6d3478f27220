import { describe, expect, test } from "vitest";
import { parseRegions } from "../../src/apply/conflict.ts";
import { markerLines } from "../../src/apply/markers.ts";

const FILE = ["a", "<<<<<<< 1f", "ours 1", "ours 2", "||||||| 2e", "base", "=======", "theirs", ">>>>>>> 3d", "b"];

describe("regions of a file with diff3 markers", () => {
  test("are given with all three sides and the line in ours", () => {
    expect(parseRegions(`${FILE.join("\n")}\n`)).toEqual([
      { line: 2, base: ["base"], ours: ["ours 1", "ours 2"], theirs: ["theirs"] },
    ]);
  });

  test("count the lines of ours alone", () => {
    const twice = parseRegions([...FILE, ...FILE].join("\n"));
    // a, two of ours, b, a: the second region begins in line 6 of ours.
    expect(twice.map(({ line }) => line)).toEqual([2, 6]);
  });

  test("keep an empty side empty, and text that looks like a separator", () => {
    const file = ["<<<<<<< x", "||||||| y", "gone", "=======", "title", "=======", ">>>>>>> z"];
    expect(parseRegions(file.join("\n"))).toEqual([
      { line: 1, base: ["gone"], ours: [], theirs: ["title", "======="] },
    ]);
  });

  test("are clipped, and say by how much", () => {
    const many = Array.from({ length: 250 }, (_, n) => `line ${n}`);
    const [region] = parseRegions(["<<<<<<< x", ...many, "||||||| y", "=======", ">>>>>>> z"].join("\n"));
    expect(region?.ours).toHaveLength(201);
    expect(region?.ours.at(-1)).toBe("… 50 more lines");
  });
});

describe("markers that a person left", () => {
  const lines = (text: string, ...sides: string[]): number[] =>
    markerLines(
      Buffer.from(text),
      sides.map((side) => Buffer.from(side)),
    );

  test("are found with their lines", () => {
    expect(lines("a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> x\n")).toEqual([2, 4, 6]);
  });

  test("are text where a side holds them too", () => {
    const manual = "how to merge:\n<<<<<<< HEAD\n>>>>>>> topic\n";
    expect(lines(manual, manual)).toEqual([]);
  });

  test("are found when the separator alone was forgotten, and not in a title that was there before", () => {
    expect(lines("a\n=======\nb\n")).toEqual([2]);
    const titled = "Title\n=======\ntext\n";
    expect(lines(titled, titled)).toEqual([]);
  });
});
