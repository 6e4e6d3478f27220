import { expect, test } from "vitest";
import { pathChanges, pathPatches } from "../../src/git/path-log.ts";
import type { BytePath } from "../../src/object/path.ts";
import { lines } from "../support/case/case.ts";
import { history } from "../support/history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { scratchOn } from "./open.ts";

const told = history()
  .commit("root", { files: { "a": lines(5), "b": "b\n", "*": "star\n" } })
  .commit("edit", { files: { a: lines(5, { 2: "two" }) } })
  .branch("side", "root")
  .commit("side", { files: { b: "side\n" } })
  .checkout("main")
  .merge("merge", "side")
  .commit("gone", { files: { a: null } })
  .commit("back", { files: { a: "new\n" } });

test("a path's changes are told newest first, without merges, and paths are no patterns", async () => {
  const repository = await told.create(makeSandbox(), { bare: true });
  const scratch = await scratchOn(repository);
  const ask = (paths: string[], without: string[] = []): ReturnType<typeof pathChanges> =>
    pathChanges(scratch, { commit: repository.oid("back"), without, paths: paths as BytePath[] });
  const told3 = (await ask(["a"])).map(({ commit, how }) => [commit, how]);
  expect(told3).toEqual([
    [repository.oid("back"), "added"],
    [repository.oid("gone"), "deleted"],
    [repository.oid("edit"), "changed"],
    [repository.oid("root"), "added"],
  ]);
  const [, gone] = await ask(["a"], [repository.oid("root")]);
  expect(gone?.before).toBe(await repository.git(["rev-parse", `${repository.oid("edit")}:a`]));
  expect((await ask(["*"])).map(({ commit }) => commit)).toEqual([repository.oid("root")]);
  expect(await ask([])).toEqual([]);
});

test("a path's patches hold what each commit took away and brought", async () => {
  const repository = await told.create(makeSandbox(), { bare: true });
  const scratch = await scratchOn(repository);
  const question = {
    commit: repository.oid("back"),
    without: [repository.oid("root")],
    paths: ["a", "b"] as BytePath[],
  };
  const patches = await pathPatches(scratch, question);
  expect(new Map(patches.map(({ commit, hunks }) => [commit, hunks]))).toEqual(
    new Map([
      [repository.oid("back"), [{ start: 0, removed: [], added: ["new"] }]],
      [repository.oid("gone"), [{ start: 0, removed: lines(5, { 2: "two" }).split("\n").slice(0, -1), added: [] }]],
      [repository.oid("side"), [{ start: 0, removed: ["b"], added: ["side"] }]],
      [repository.oid("edit"), [{ start: 1, removed: ["line 2"], added: ["two"] }]],
    ]),
  );
});
