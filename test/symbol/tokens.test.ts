import fc from "fast-check";
import { expect, test } from "vitest";
import { hashToken, holds, sortedUnique, tokenHashes } from "../../src/symbol/tokens.ts";

test("a file holds every word that stands in it", () => {
  const word = fc.stringMatching(/^[A-Za-z_é][A-Za-z0-9_é]{0,12}$/);
  fc.assert(
    fc.property(fc.array(word), fc.array(fc.constantFrom(" ", "\n", "->", ".", "(", "-", "+1 ")), (words, between) => {
      const text = words.map((one, n) => `${one}${between[n % Math.max(1, between.length)] ?? " "}`).join("");
      const hashes = tokenHashes(Buffer.from(text));
      return words.every((one) => holds(hashes, hashToken(one)));
    }),
  );
});

test("numbers and parts of words are no words", () => {
  const hashes = tokenHashes(Buffer.from("0x1f size_t 12ab"));
  expect(["x1f", "size", "t", "ab"].filter((word) => holds(hashes, hashToken(word)))).toEqual([]);
  expect(holds(hashes, hashToken("size_t"))).toBe(true);
});

test("binary content holds none", () => {
  expect(tokenHashes(Buffer.from("word\0word"))).toHaveLength(0);
});

test("lists are sorted and hold nothing twice", () => {
  expect([...sortedUnique(Uint32Array.from([3, 1, 3, 2, 1]))]).toEqual([1, 2, 3]);
});
