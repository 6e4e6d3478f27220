import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CommitGraph, type GraphLine } from "../../src/index/graph.ts";
import { hexLength, type ObjectFormat } from "../../src/object/hash.ts";
import { AUTHOR, COMMITTER, dateAt } from "../support/environment.ts";
import { FastImport } from "../support/fast-import.ts";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";

/** Parents of each commit among those before it: roots, merges and octopuses. */
const dag = fc.array(fc.array(fc.nat(30), { maxLength: 4 }), { minLength: 2, maxLength: 30, size: "max" });

async function write(repository: TestRepository, parents: readonly (readonly number[])[]): Promise<string[]> {
  const stream = new FastImport(repository.objectFormat);
  const marks: number[] = [];
  for (const [n, drawn] of parents.entries()) {
    const date = dateAt((n * 7919) % 1000); // dates that lie about the order
    const of = n === 0 ? [] : [...new Set(drawn.map((k) => marks[k % n] ?? 0))];
    const people = { author: { ...AUTHOR, date }, committer: { ...COMMITTER, date } };
    marks.push(stream.commit({ ...people, message: `${n}\n`, parents: of, changes: new Map() }));
  }
  const oids = await stream.send(async (args, input) => (await repository.gitRun(args, { input })).stdout);
  return marks.map((mark) => oids.get(mark) ?? "");
}

async function listed(repository: TestRepository, revisions: readonly string[]): Promise<GraphLine[]> {
  const args = ["rev-list", "--topo-order", "--reverse", "--parents", "--timestamp", ...revisions];
  const rows = (await repository.git(args)).split("\n").filter(Boolean);
  return rows.map((row) => {
    const [time = "", oid = "", ...parents] = row.split(" ");
    return { oid, time: Number(time), parents };
  });
}

describe.each(["sha1", "sha256"] as const)("%s", (format: ObjectFormat) => {
  test("ancestry, differences and distances of random histories are git's", async () => {
    const repository = await history({ objectFormat: format }).create(makeSandbox(), { bare: true });
    for (const drawn of fc.sample(dag, { numRuns: 6, seed: 11 })) {
      const oids = await write(repository, drawn);
      const graph = new CommitGraph(hexLength(format));
      // In two steps, as a cache that grows.
      const half = oids.slice(0, Math.ceil(oids.length / 2));
      graph.append(await listed(repository, half));
      graph.append(await listed(repository, [...oids, "--not", ...half]));
      expect(graph.size).toBe(oids.length);
      const number = (oid: string): number => graph.find(oid) ?? -1;
      const git = new Map<string, Set<string>>();
      for (const oid of oids) git.set(oid, new Set((await repository.git(["rev-list", oid])).split("\n")));
      for (const a of oids) {
        expect(graph.oid(number(a))).toBe(a);
        for (const b of oids) {
          const [reachedA, reachedB] = [git.get(a) ?? new Set(), git.get(b) ?? new Set()];
          expect(graph.isAncestor(number(a), number(b))).toBe(reachedB.has(a));
          const onlyA = [...reachedA].filter((oid) => !reachedB.has(oid));
          const onlyB = [...reachedB].filter((oid) => !reachedA.has(oid));
          expect(graph.distance(number(a), number(b))).toEqual({ ahead: onlyA.length, behind: onlyB.length });
          const found = graph.difference([number(a)], [number(b)]);
          expect(found).toEqual(found.toSorted((x, y) => y - x));
          expect(new Set(found.map((n) => graph.oid(n)))).toEqual(new Set(onlyA));
        }
      }
      const marks = graph.mark(oids.slice(-3).map((oid) => [number(oid)]));
      for (const oid of oids) {
        const bits = oids.slice(-3).map((tip, bit) => (git.get(tip)?.has(oid) === true ? 1 << bit : 0));
        expect(marks[number(oid)]).toBe(bits.reduce((sum, bit) => sum | bit, 0));
      }
    }
  });
});

test("git's own words on merge bases agree", async () => {
  const repository = await history().create(makeSandbox(), { bare: true });
  const oids = await write(repository, fc.sample(dag, { numRuns: 1, seed: 12 })[0] ?? []);
  const graph = new CommitGraph(40);
  graph.append(await listed(repository, oids));
  for (const [n, a] of oids.entries()) {
    const b = oids[(n * 7 + 3) % oids.length] ?? "";
    const { status } = await repository.gitRun(["merge-base", "--is-ancestor", a, b], { ok: [0, 1] });
    expect(graph.isAncestor(graph.find(a) ?? -1, graph.find(b) ?? -1)).toBe(status === 0);
    const bases = graph.mergeBases(graph.find(a) ?? -1, graph.find(b) ?? -1).map((found) => graph.oid(found));
    const { stdout } = await repository.gitRun(["merge-base", "--all", a, b], { ok: [0, 1] });
    expect(bases.toSorted()).toEqual(stdout.toString().split("\n").filter(Boolean).toSorted());
  }
});

const id = (n: number): string => n.toString(16).padStart(40, "0").split("").reverse().join("");

test("parents keep their order, an octopus all of them, and one that the repository lacks is left out", () => {
  const graph = new CommitGraph(40);
  const line = (n: number, ...parents: number[]): GraphLine => ({ oid: id(n), time: n * 10, parents: parents.map(id) });
  graph.append([line(1), line(2, 1), line(3, 1), line(4, 3, 2, 1), line(5, 99, 4), line(6, 99)]);
  const parents = (n: number): string[] => graph.parents(graph.find(id(n)) ?? -1).map((k) => graph.oid(k));
  expect([parents(4), parents(5), parents(6), parents(1)]).toEqual([[id(3), id(2), id(1)], [id(4)], [], []]);
  expect([4, 5, 6, 2].map((n) => graph.isMerge(graph.find(id(n)) ?? -1))).toEqual([true, true, false, false]);
  expect(graph.time(graph.find(id(4)) ?? -1)).toBe(40);
  expect([graph.find(id(99)), graph.find("not hex"), graph.find(id(1).slice(0, 8))]).toEqual([null, null, null]);
});

test("a commit listed again keeps its number, and what stands on it stands there", () => {
  const graph = new CommitGraph(40);
  graph.append([
    { oid: id(1), time: 1, parents: [] },
    { oid: id(2), time: 2, parents: [id(1)] },
  ]);
  const again = graph.append([
    { oid: id(1), time: 1, parents: [] },
    { oid: id(3), time: 3, parents: [id(1)] },
  ]);
  expect([again.count, graph.size]).toEqual([1, 3]);
  expect(graph.isAncestor(graph.find(id(1)) ?? -1, graph.find(id(3)) ?? -1)).toBe(true);
});

test("many commits with IDs that begin alike are all found", () => {
  const graph = new CommitGraph(40);
  const oids = Array.from({ length: 5_000 }, (_, n) => `00000000${n.toString(16).padStart(32, "0")}`);
  graph.append(oids.map((oid, n) => ({ oid, time: n, parents: n === 0 ? [] : [oids[n - 1] ?? ""] })));
  expect(oids.every((oid, n) => graph.find(oid) === n)).toBe(true);
});

test("what is tracked is answered as what is not, for more commits than one walk takes", () => {
  const name = (n: number): string => n.toString(16).padStart(40, "a");
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat(60), { maxLength: 3 }), { minLength: 40, maxLength: 60, size: "max" }),
      (drawn) => {
        const lines = drawn.map((parents, n): GraphLine => {
          const of = n === 0 ? [] : [...new Set(parents.map((k) => name(k % n)))];
          return { oid: name(n), time: 0, parents: of };
        });
        const [graph, tracked] = [new CommitGraph(40), new CommitGraph(40)];
        graph.append(lines);
        tracked.append(lines);
        const all = lines.map((_, n) => n);
        tracked.track(all);
        const table = (of: CommitGraph): boolean[] => all.flatMap((a) => all.map((b) => of.isAncestor(a, b)));
        expect(table(tracked)).toEqual(table(graph));
        const tips = all.filter((n) => n % 3 !== 0);
        const { some, every } = tracked.reach(tips);
        expect([...some]).toEqual(all.map((n) => Number(tips.some((tip) => graph.isAncestor(n, tip)))));
        expect([...every]).toEqual(all.map((n) => Number(tips.every((tip) => graph.isAncestor(n, tip)))));
      },
    ),
    { numRuns: 20 },
  );
});
