import fc from "fast-check";
import { expect, test } from "vitest";
import type { BytePath } from "../../src/object/path.ts";
import { decodeFacts, encodeFacts, type CommitFacts } from "../../src/patch/codec.ts";

const count = fc.nat(2 ** 31);
const range = fc.record({ oldCount: count, newStart: count, newCount: count, step: fc.nat(1000) });
const hashes = fc
  .array(fc.nat(2 ** 32 - 1), { maxLength: 20 })
  .map((numbers) => Uint32Array.from(new Set(numbers)).sort());
const file = fc.record({
  path: fc
    .string({ minLength: 1, maxLength: 12 })
    .map((path) => Buffer.from(path.replaceAll("\0", ""), "utf8").toString("latin1") as BytePath),
  status: fc.constantFrom("added" as const, "deleted" as const, "modified" as const),
  ranges: fc.array(range, { maxLength: 4 }).map((ranges) => {
    let oldStart = 0;
    return ranges.map(({ step, ...rest }) => ({ oldStart: (oldStart += step), ...rest }));
  }),
});
const digest = fc.stringMatching(/^[0-9a-f]{16}$/);
const facts: fc.Arbitrary<CommitFacts> = fc.record({
  author: fc.string({ unit: "grapheme" }),
  email: fc.string(),
  authorTime: fc.nat(2 ** 31).map((time) => time * 3),
  committerTime: count,
  message: fc.string({ unit: "grapheme", maxLength: 300 }),
  patch: fc.option(
    fc.record({
      bare: digest,
      exact: digest,
      files: fc.array(file, { maxLength: 5 }),
      added: hashes,
      removed: hashes,
      addedLines: count,
      removedLines: count,
    }),
  ),
});

test("facts come back as they went", () => {
  fc.assert(
    fc.property(facts, (given) => {
      expect(decodeFacts(encodeFacts(given))).toEqual(given);
    }),
  );
});

test("bytes that are cut off or of another version give nothing", () => {
  fc.assert(
    fc.property(facts, fc.nat(1000), (given, cut) => {
      const bytes = encodeFacts(given);
      expect(decodeFacts(bytes.subarray(0, cut % bytes.length))).toBeNull();
      bytes[0] = 99;
      expect(decodeFacts(bytes)).toBeNull();
    }),
  );
});

test("of a long message the beginning and the end stay, where the trailers are", () => {
  const message = `subject\n\n${"word ".repeat(5_000)}\n\n(cherry picked from commit 1234567)`;
  const long: CommitFacts = { author: "", email: "", authorTime: 0, committerTime: 0, message, patch: null };
  const kept = decodeFacts(encodeFacts(long))?.message ?? "";
  expect([kept.length < 5_000, kept.startsWith("subject\n"), kept.endsWith("1234567)")]).toEqual([true, true, true]);
});
