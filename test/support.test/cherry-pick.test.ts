import { expect, test } from "vitest";
import { cherryPickOracle } from "../support/cherry-pick.ts";
import { history } from "../support/history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { lines } from "../support/case/case.ts";

const told = history()
  .commit("base", { files: { a: lines(20), k: "k\n" } })
  .branch("release")
  .commit("release", { files: { a: lines(20, { 18: "release" }) } })
  .branch("far")
  .commit("far", { files: { a: lines(20, { 3: "far", 18: "release" }) } })
  .checkout("main")
  .commit("fix", { files: { a: lines(20, { 3: "fixed" }) }, message: "fix\n\nbody\n" })
  .commit("nothing");

test("the oracle makes the very commit that git cherry-pick makes in the repository's own work tree", async () => {
  const sandbox = makeSandbox();
  const repository = await told.create(sandbox, { head: "release" });
  const answer = await cherryPickOracle(sandbox, repository).pick(repository.oid("release"), repository.oid("fix"), {
    x: true,
    signoff: true,
  });
  await repository.git(["cherry-pick", "-x", "--signoff", repository.oid("fix")]);
  expect(answer).toMatchObject({
    kind: "clean",
    commit: await repository.git(["rev-parse", "HEAD"]),
    tree: await repository.git(["rev-parse", "HEAD^{tree}"]),
  });
  expect(answer.kind === "clean" && answer.rawCommit.toString()).toBe(
    `${await repository.git(["cat-file", "commit", "HEAD"])}\n`,
  );
});

test("one work tree answers many questions, whatever the one before left in it", async () => {
  const sandbox = makeSandbox();
  const repository = await told.create(sandbox, { bare: true });
  await sandbox.git(["config", "--global", "merge.conflictStyle", "no-such-style"]); // not the oracle's
  const oracle = cherryPickOracle(sandbox, repository);
  const [fix, nothing, far, release] = ["fix", "nothing", "far", "release"].map((mark) => repository.oid(mark)) as [
    string,
    string,
    string,
    string,
  ];
  const answers = [];
  for (const [onto, source] of [
    [far, fix],
    [release, fix],
    [release, nothing],
    [fix, fix],
    [far, release],
    [far, "0".repeat(40)],
    [release, fix],
  ] as const) {
    answers.push(await oracle.pick(onto, source));
  }
  expect(answers.map(({ kind }) => kind)).toEqual(["conflict", "clean", "empty", "empty", "empty", "error", "clean"]);
  expect(answers[0]).toMatchObject({
    source: fix,
    unmerged: [{ path: "a", stages: [{ stage: 1 }, { stage: 2 }, { stage: 3 }] }],
  });
  expect(answers[6]).toEqual(answers[1]);
});

test("a series says which commit stopped it", async () => {
  const sandbox = makeSandbox();
  const repository = await told.create(sandbox, { bare: true });
  const sources = [repository.oid("far"), repository.oid("fix")];
  expect(await cherryPickOracle(sandbox, repository).pick(repository.oid("base"), sources)).toMatchObject({
    kind: "conflict",
    source: sources[1],
  });
});
