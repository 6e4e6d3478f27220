import { expect, test } from "vitest";
import { spreadOnto } from "../../src/cli/onto.ts";

const takesValue = (option: string): boolean => ["--onto", "--out", "-m"].includes(option);

test.each([
  ["several lines behind a revision are lines", "R --onto a b c", "R --onto a --onto b --onto c"],
  ["before any revision, --onto takes one line", "--onto a R S", "--onto a R S"],
  ["an option ends the lines", "R --onto a b --yes S", "R --onto a --onto b --yes S"],
  ["an option's value is no line", "R --onto a --out f", "R --onto a --out f"],
  ["an option's value is no revision", "--out f --onto a R", "--out f --onto a R"],
  ["behind -- all are revisions", "R --onto a -- b", "R --onto a -- b"],
  ["--onto=a goes on as --onto a does", "R --onto=a b", "R --onto=a --onto b"],
  ["--onto may be repeated", "R --onto a --onto b c", "R --onto a --onto b --onto c"],
  ["a value that is missing is left to the parser", "R --onto", "R --onto"],
  ["nothing is made of nothing", "", ""],
])("%s", (_name, typed, spread) => {
  const words = (text: string): string[] => text.split(" ").filter((word) => word !== "");
  expect(spreadOnto(words(typed), takesValue)).toEqual(words(spread));
});
