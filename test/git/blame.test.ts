import { expect, test } from "vitest";
import { blame } from "../../src/git/blame.ts";
import type { BytePath } from "../../src/object/path.ts";
import { lines } from "../support/case/case.ts";
import { history } from "../support/history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { latin1 } from "../support/tree.ts";
import { scratchOn } from "./open.ts";

const told = history()
  .commit("root", { files: { a: lines(9) } })
  .commit("third", { files: { a: lines(9, { 3: "three" }) } })
  .commit("moved", { rename: { a: "b" } })
  .commit("more", { files: { b: lines(9, { 3: "three", 4: "four", 8: "eight" }) } })
  .commit("odd", { files: [[latin1("\xff"), "x\n"]] });

test("lines are told by who brought them, across a rename, and only the lines that were asked for", async () => {
  const repository = await told.create(makeSandbox(), { bare: true });
  const scratch = await scratchOn(repository);
  const ranges = [
    { start: 1, end: 4 },
    { start: 7, end: 8 },
  ];
  const question = { commit: repository.oid("odd"), path: "b" as BytePath, ranges };
  const all = await blame(scratch, { ...question, without: [] });
  expect(all.toSorted((a, b) => a.start - b.start)).toEqual([
    { commit: repository.oid("root"), start: 1, end: 2 },
    { commit: repository.oid("third"), start: 2, end: 3 },
    { commit: repository.oid("more"), start: 3, end: 4 },
    { commit: repository.oid("more"), start: 7, end: 8 },
  ]);
  const since = await blame(scratch, { ...question, without: [repository.oid("root")] });
  expect(since.map(({ commit }) => commit)).not.toContain(repository.oid("root"));
  expect(since).toHaveLength(3);
});

test("a file that is not there, a path that no argument can carry, and no lines at all give nothing", async () => {
  const repository = await told.create(makeSandbox(), { bare: true });
  const scratch = await scratchOn(repository);
  const ask = (path: string, ranges = [{ start: 0, end: 1 }]): ReturnType<typeof blame> =>
    blame(scratch, { commit: repository.oid("odd"), path: path as BytePath, ranges, without: [] });
  expect(await ask("a")).toEqual([]);
  expect(await ask("\xff")).toEqual([]);
  expect(await ask("b", [])).toEqual([]);
  expect(await ask("b", [{ start: 99, end: 100 }])).toEqual([]);
});
