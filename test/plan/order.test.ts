import fc from "fast-check";
import { expect, test } from "vitest";
import { parentsFirst } from "../../src/plan/order.ts";

/** A random history: commit n's parents are among those before it; gives ancestry. */
const dag = fc
  .integer({ min: 1, max: 12 })
  .chain((size) =>
    fc.tuple(
      ...Array.from({ length: size }, (_, n) =>
        fc.uniqueArray(fc.nat(Math.max(0, n - 1)), { maxLength: n === 0 ? 0 : 3 }),
      ),
    ),
  )
  .map((parents: number[][]) => {
    const reach: Set<number>[] = [];
    for (const [n, of] of parents.entries()) {
      reach.push(new Set(of.flatMap((parent) => [parent, ...(reach[parent] ?? [])])));
      reach[n]?.delete(n);
    }
    return reach;
  });

const given = dag.chain((reach) => fc.record({ reach: fc.constant(reach), order: fc.array(fc.nat(reach.length - 1)) }));

test("parents come first, each commit once, and duplicates are named in the order found", () => {
  fc.assert(
    fc.property(given, ({ reach, order }) => {
      const isAncestor = (a: string, b: string): boolean => reach[Number(b)]?.has(Number(a)) === true;
      const names = order.map(String);
      const { commits, duplicates, reordered } = parentsFirst(names, isAncestor);
      const unique = [...new Set(names)];
      expect([...commits].sort()).toEqual([...unique].sort());
      for (const [n, commit] of commits.entries()) {
        for (const later of commits.slice(n + 1)) expect(isAncestor(later, commit)).toBe(false);
      }
      expect([...commits, ...duplicates].sort()).toEqual([...names].sort());
      expect(reordered).toBe(commits.join() !== unique.join());
    }),
  );
});

test("what stands parents first already is left as it is", () => {
  fc.assert(
    fc.property(given, ({ reach, order }) => {
      const isAncestor = (a: string, b: string): boolean => reach[Number(b)]?.has(Number(a)) === true;
      const { commits } = parentsFirst(order.map(String), isAncestor);
      expect(parentsFirst(commits, isAncestor)).toEqual({ commits, duplicates: [], reordered: false });
    }),
  );
});

test("commits that do not depend on each other keep their order", () => {
  const isAncestor = (a: string, b: string): boolean => a === "base" && b === "top";
  expect(parentsFirst(["top", "x", "base", "y", "x"], isAncestor)).toEqual({
    commits: ["x", "base", "top", "y"],
    duplicates: ["x"],
    reordered: true,
  });
});

test("each pair is asked about once", () => {
  const asked: string[] = [];
  const names = Array.from({ length: 40 }, (_, n) => String(n));
  const descending = parentsFirst([...names].reverse(), (a, b) => {
    asked.push(`${a} ${b}`);
    return Number(a) < Number(b);
  });
  expect(descending.commits).toEqual(names);
  expect(new Set(asked).size).toBe(asked.length);
});
