import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PHRASES } from "../../src/cli/render/phrases.ts";
import { PickOutcome } from "../../src/wire/plan.ts";

const context = readFileSync(new URL("../../CONTEXT.md", import.meta.url), "utf8");

function rows(heading: string): string[][] {
  const section = context.split(/^## /m).find((text) => text.startsWith(heading)) ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

test("CONTEXT.md shows the phrases that people see, all of them, in the same order", () => {
  const phrases = Object.entries(PHRASES).flatMap(([of, words]) =>
    Object.entries(words).map(([word, phrase]) => [of, word, phrase]),
  );
  expect(rows("What people see")).toEqual(phrases);
});

test("every outcome of a plan has a phrase", () => {
  const kinds = PickOutcome.options.map(({ shape }) => shape.kind.value);
  expect(Object.keys(PHRASES.outcome).sort()).toEqual(kinds.sort());
});

test("no phrase stands for two words of the same table", () => {
  for (const words of Object.values(PHRASES))
    expect(new Set(Object.values(words)).size).toBe(Object.keys(words).length);
});

test("no word of the vocabulary is explained twice or left without a meaning", () => {
  const vocabulary = rows("Vocabulary");
  const words = vocabulary.flatMap(([word = ""]) => word.split(", "));
  expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  expect(vocabulary.filter(([, meaning = ""]) => meaning.length < 10)).toEqual([]);
  expect(words.length).toBeGreaterThan(40);
});
