import fc from "fast-check";
import { expect, test } from "vitest";
import { Tail } from "../../src/verify/tail.ts";

function tailOf(...chunks: readonly string[]): Tail {
  const tail = new Tail();
  for (const chunk of chunks) tail.push(Buffer.from(chunk));
  return tail;
}

test("the last lines are given as text, without the last line break, and long ones cut", () => {
  const tail = tailOf("one\r\ntwo", "\n", "thr", "ee\n", "x".repeat(10), "\n\n");
  expect(tail.lines(3, 5)).toEqual(["two", "three", "xxxxx…"]);
});

test("nothing has no lines", () => expect(tailOf("\n").lines(3, 5)).toEqual([]));

test("whatever the pieces, the end is kept and what came before is counted", () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 900_000 }), { maxLength: 6 });
  fc.assert(
    fc.property(pieces, (sizes) => {
      const all = Buffer.concat(sizes.map((size, n) => Buffer.alloc(size, n + 1)));
      const tail = new Tail();
      let at = 0;
      for (const size of sizes) tail.push(all.subarray(at, (at += size)));
      expect(tail.bytes.equals(all.subarray(Math.max(0, all.length - 2 ** 20)))).toBe(true);
      expect(tail.dropped).toBe(Math.max(0, all.length - 2 ** 20));
    }),
    { numRuns: 50 },
  );
});
