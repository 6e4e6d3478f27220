import { expect, test } from "vitest";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { failure, plan } from "./setting.ts";

async function told(): Promise<TestRepository> {
  return history()
    .commit("base", { files: { a: "1\n" } })
    .branch("release/v1.0")
    .branch("topic", "base")
    .commit("first", { files: { b: "1\n" } })
    .commit("second", { files: { b: "2\n" } })
    .checkout("main")
    .commit("squashed", { message: "fix: leak (#12)\n", files: { a: "2\n" } })
    .commit("reverted", { message: 'Revert "fix: leak (#12)" (#14)\n', files: { a: "1\n" } })
    .merge("merged", "topic", { message: "Merge pull request #13 from o/topic\n\nsee #12\n" })
    .create(makeSandbox());
}

test("a pull request that was squashed is its one commit, whatever names it later", async () => {
  const repository = await told();
  const { sources, revisions } = await plan(repository, "#12", "release/v1.0");
  expect(sources.map(({ commit }) => commit)).toEqual([repository.oid("squashed")]);
  expect(revisions).toEqual(["#12"]);
});

test("a pull request that was merged is what it brought, oldest first", async () => {
  const repository = await told();
  const { sources } = await plan(repository, ["#13", "#14"], "release/v1.0");
  expect(sources.map(({ commit }) => commit)).toEqual(
    ["first", "second", "reverted"].map((mark) => repository.oid(mark)),
  );
});

test("a pull request that main does not have is unknown", async () => {
  const repository = await told();
  const error = await failure(plan(repository, "#99", "release/v1.0"));
  expect([error.code, error.hint]).toEqual([
    "unknown-revision",
    "no commit on main says that it came by this pull request: fetch, or name a commit",
  ]);
});
