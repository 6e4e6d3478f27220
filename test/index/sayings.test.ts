import { expect, test } from "vitest";
import { CommitIndex } from "../../src/index/commit-index.ts";
import { loadHistory } from "../../src/index/history.ts";
import { sayingsOf } from "../../src/index/sayings.ts";
import { openStore } from "../../src/index/store.ts";
import { scratchOn } from "../git/open.ts";
import { history } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";

async function told(): Promise<TestRepository> {
  const repository = await history()
    .commit("base", { files: { a: "1\n", b: "1\n" } })
    .commit("fix", { message: "fix: leak (#12)\n\nCloses #7\n", files: { a: "2\n" } })
    .create(makeSandbox(), { bare: true });
  const fix = repository.oid("fix");
  return repository.extend((later) =>
    later
      .commit("revert", { message: `Undo\n\nThis reverts commit ${fix}.\n`, files: { a: "1\n" } })
      .commit("again", { message: `Reapply\n\nReapplies ${fix.slice(0, 12)}\n`, files: { a: "2\n" } })
      .commit("repair", {
        message: `fix: off by one\n\nFixes: ${fix.slice(0, 12)} ("fix: leak")\n`,
        files: { a: "3\n" },
      })
      .commit("more", { message: `docs\n\nFollow-up to ${fix}\n`, files: { b: "2\n" } })
      .commit("issue", { message: "fix: still leaks\n\nFixes #7\n", files: { a: "4\n" } })
      .commit("elsewhere", { message: "docs: mention #7\n", files: { b: "3\n" } })
      .commit("by subject", { message: 'Revert "fix: leak (#12)" (#31)\n', files: { a: "5\n" } })
      .commit("pick", { message: `fix: leak\n\n(cherry picked from commit ${fix})\n`, files: { a: "6\n" } })
      .commit("mention", { message: `see ${fix}\n`, files: { a: "7\n" } }),
  );
}

test("what other commits say of a commit is found by object ID, subject and issue, newest first", async () => {
  const repository = await told();
  const scratch = await scratchOn(repository);
  const store = await openStore(scratch.repository);
  const graph = await loadHistory(scratch.repository, scratch, store, [repository.oid("mention")]);
  const index = new CommitIndex(scratch, store, graph);
  await index.prepare(Array.from({ length: graph.size }, (_, n) => n));
  const said = sayingsOf(index, graph.find(repository.oid("fix")) ?? -1);
  const marks = new Map([...repository.oids].map(([mark, oid]) => [oid, mark]));
  expect(said.map(({ number, how }) => `${marks.get(graph.oid(number))}: ${how}`)).toEqual([
    "by subject: reverts",
    "issue: same issue",
    "more: follows up",
    "repair: fixes",
    "again: reapplies",
    "revert: reverts",
  ]);
  expect(sayingsOf(index, graph.find(repository.oid("mention")) ?? -1)).toEqual([]);
  await store.close();
});
