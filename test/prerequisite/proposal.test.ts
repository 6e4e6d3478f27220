import { expect, test } from "vitest";
import type { BytePath } from "../../src/object/path.ts";
import { gather, weightOf, type Evidence } from "../../src/prerequisite/proposal.ts";

const lines = (path: string, count: number, kind: "lines" | "removed" = "lines"): Evidence => ({
  kind,
  path: path as BytePath,
  lines: count,
  neededBy: "s",
});

test("what speaks for a commit is added up by kind and file, the weightiest commit first", () => {
  const found = gather([
    { commit: "a", evidence: lines("x", 1) },
    { commit: "b", evidence: lines("x", 2) },
    { commit: "b", evidence: lines("x", 3) },
    { commit: "b", evidence: lines("y", 1) },
    { commit: "b", evidence: lines("x", 1, "removed") },
    { commit: "c", evidence: { kind: "trailer", neededBy: "s" } },
  ]);
  expect(found).toEqual([
    { commit: "b", evidence: [lines("x", 5), lines("y", 1), lines("x", 1, "removed")] },
    { commit: "a", evidence: [lines("x", 1)] },
    { commit: "c", evidence: [{ kind: "trailer", neededBy: "s" }] },
  ]);
  expect(found.map(weightOf)).toEqual([7, 1, 1]);
});

test("the same trailer twice speaks once", () => {
  const trailer: Evidence = { kind: "trailer", neededBy: "s" };
  expect(gather([trailer, trailer].map((evidence) => ({ commit: "a", evidence })))).toEqual([
    { commit: "a", evidence: [trailer] },
  ]);
});
