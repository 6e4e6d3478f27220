import { afterAll, expect, test } from "vitest";
import { parseFacts, Parsers } from "../../src/index/parsers.ts";
import { C } from "../../src/symbol/c/language.ts";
import { LANGUAGES } from "../../src/symbol/languages.ts";

const parsers = new Parsers();
afterAll(() => parsers.close());

test.each(LANGUAGES.map((language) => [language.id, language] as const))(
  "the thread parses %s",
  async (_, language) => {
    const facts = parseFacts(await parsers.facts(language, "full", Buffer.from("")));
    expect(facts?.definitions).toEqual([]);
  },
);

test("answers find their questions, however many wait", async () => {
  const asked = Array.from({ length: 100 }, (_, n) => parsers.facts(C, "definitions", Buffer.from(`int f${n}(void);`)));
  const names = (await Promise.all(asked)).map((json) => parseFacts(json)?.definitions[0]?.name);
  expect(names).toEqual(Array.from({ length: 100 }, (_, n) => `f${n}`));
});

test("bytes that are no code are no error", async () => {
  const facts = parseFacts(await parsers.facts(C, "full", Buffer.from([0xff, 0, 0xc3, 0x28, 0x0a, 0x7b])));
  expect(facts?.definitions).toEqual([]);
});
