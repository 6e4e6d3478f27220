import { describe, expect, test } from "vitest";
import { checkMerge } from "../../src/usecase/checking/check-merge.ts";
import { MergeCheckOutcome } from "../../src/wire/check-merge.ts";
import { history, type CommitSpec } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { picked, text } from "./landing.ts";
import { depsOf, failure } from "./setting.ts";

const FIX = "fix: close the shards\n";
const close = "shards.close(force=True)";

/** A branch `feature` with `fix` and `more`, and main with something of its own and, perhaps, a pick. */
async function feature(pick: ((fix: string) => CommitSpec) | null): Promise<TestRepository> {
  const repository = await history()
    .commit("start", { files: { f: text(), g: text() } })
    .tag("v1.0.0")
    .branch("release/v1.0")
    .checkout("main")
    .commit("own", { files: { g: text({ 3: "own" }) } })
    .branch("feature", "start")
    .commit("fix", { message: FIX, files: { f: text({ 5: `line 5\n${close}` }) } })
    .commit("more", { files: { g: text({ 20: "more" }) } })
    .checkout("main")
    .create(makeSandbox());
  if (pick === null) return repository;
  return repository.extend((told) => told.commit("pick", pick(repository.oid("fix"))));
}

async function look(repository: TestRepository, branch = "feature", into = "main"): Promise<MergeCheckOutcome> {
  return MergeCheckOutcome.parse(await checkMerge(depsOf(repository), { branch, into }));
}

const exactPick = (fix: string): CommitSpec => {
  return { message: picked(FIX, fix), files: { f: text({ 5: `line 5\n${close}` }) } };
};

describe("a merge of a whole branch", () => {
  test("is clean where nothing of it is there", async () => {
    const outcome = await look(await feature(null));
    expect(outcome).toMatchObject({ result: { kind: "clean" }, proof: "none", doubled: [], ok: true });
    expect(outcome.commits.map(({ already }) => already)).toEqual([null, null]);
  });

  test("applies nothing twice where a fix is there by an exact pick, and that is proved", async () => {
    const repository = await feature(exactPick);
    const outcome = await look(repository);
    expect(outcome).toMatchObject({ result: { kind: "clean" }, proof: "same", doubled: [], ok: true });
    expect(outcome.commits).toMatchObject([
      { commit: repository.oid("fix"), already: { commit: repository.oid("pick"), band: "same" } },
      { commit: repository.oid("more"), already: null },
    ]);
    const merged = await repository.git(["merge-tree", "--write-tree", "main", "feature"]);
    expect(outcome.result).toMatchObject({ tree: merged });
  });

  test("is refused where it would have a line twice, with the line and the commit", async () => {
    const repository = await feature((fix) => {
      return { message: picked(FIX, fix), files: { f: text({ 15: `line 15\n${close}` }) } };
    });
    expect(await look(repository)).toMatchObject({
      result: { kind: "clean" },
      proof: "differs",
      doubled: [{ path: "f", line: 6, removed: [], added: [close], commits: [repository.oid("fix")] }],
      ok: false,
    });
  });

  test("is refused where it conflicts, with the fix that is there already", async () => {
    const repository = await feature((fix) => {
      return { message: picked(FIX, fix), files: { f: text({ 5: `line 5\n${close} # for 1.0` }) } };
    });
    expect(await look(repository)).toMatchObject({
      result: { kind: "conflict", paths: [{ path: "f" }] },
      ok: false,
    });
  });

  test("has nothing to do where the target reaches it", async () => {
    const repository = await feature(null);
    await repository.git(["update-ref", "refs/heads/main", repository.oid("more")]);
    expect(await look(repository)).toMatchObject({ commits: [], result: { kind: "nothing" }, ok: true });
  });

  test("goes into a line too, by its short name", async () => {
    expect(await look(await feature(null), "feature", "v1.0")).toMatchObject({
      into: { name: "release/v1.0" },
      result: { kind: "clean" },
    });
  });

  test("leaves the repository as it was", async () => {
    const repository = await feature(exactPick);
    const before = await repository.git(["count-objects", "-v"]);
    await look(repository);
    expect(await repository.git(["count-objects", "-v"])).toBe(before);
  });

  test("needs a branch that is there", async () => {
    const repository = await feature(null);
    expect(await failure(look(repository, "nowhere"))).toMatchObject({ code: "unknown-revision" });
  });
});
