import fc from "fast-check";
import { expect, test } from "vitest";
import { common, compareLines, jaccard, wordsOf } from "../../src/equivalence/similarity.ts";
import { EMPTY_PATCH, type PatchFacts } from "../../src/patch/facts.ts";

const hashes = fc.array(fc.nat(60), { maxLength: 30 }).map((numbers) => Uint32Array.from(new Set(numbers)).sort());
const patch: fc.Arbitrary<PatchFacts> = fc
  .record({ added: hashes, removed: hashes })
  .map((lines) => ({ ...EMPTY_PATCH, ...lines }));
const even = (): number => 1;

test("lines are compared as sets are, each side by itself", () => {
  fc.assert(
    fc.property(patch, patch, (left, right) => {
      const signed = ({ added, removed }: PatchFacts): Set<string> =>
        new Set([...[...added].map((line) => `+${line}`), ...[...removed].map((line) => `-${line}`)]);
      expect(compareLines(left, right, even).jaccard).toBeCloseTo(jaccard(signed(left), signed(right)));
      expect(common(left.added, right.added)).toBe([...left.added].filter((line) => right.added.includes(line)).length);
    }),
  );
});

test("either order gives the same, with the shares exchanged", () => {
  fc.assert(
    fc.property(patch, patch, (left, right) => {
      const [there, back] = [compareLines(left, right, even), compareLines(right, left, even)];
      expect([back.jaccard, back.ofLeft, back.ofRight, back.opposite]).toEqual([
        there.jaccard,
        there.ofRight,
        there.ofLeft,
        there.opposite,
      ]);
    }),
  );
});

test("a rare line in common says more than many common ones", () => {
  const left = { ...EMPTY_PATCH, added: Uint32Array.of(1, 2, 3, 100) };
  const [rare, plain] = [
    { ...EMPTY_PATCH, added: Uint32Array.of(100, 101) },
    { ...EMPTY_PATCH, added: Uint32Array.of(1, 101) },
  ];
  const rarity = (line: number): number => (line < 50 ? 0.1 : 1);
  expect(compareLines(left, rare, rarity).jaccard).toBeGreaterThan(compareLines(left, plain, rarity).jaccard);
});

test("a revert has everything on the other side", () => {
  const patched = { ...EMPTY_PATCH, added: Uint32Array.of(1, 2), removed: Uint32Array.of(3) };
  const reverted = { ...EMPTY_PATCH, added: patched.removed, removed: patched.added };
  expect(compareLines(patched, reverted, even)).toMatchObject({ jaccard: 0, shared: 0, opposite: 0.5 });
});

test("words are letters and digits of any script, in lower case", () => {
  expect([...wordsOf("Fix: größe_2 of v1.2 (#3)")]).toEqual(["fix", "größe_2", "of", "v1", "2", "3"]);
});
