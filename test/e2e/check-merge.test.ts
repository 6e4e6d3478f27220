import { expect, test } from "vitest";
import { MergeCheckOutcome } from "../../src/wire/check-merge.ts";
import { morello } from "../support/cli.ts";
import { history } from "../support/history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { picked, text } from "../usecase/landing.ts";

const FIX = "fix: close the shards\n";
const CLOSE = "shards.close(force=True)";

test("check --merge exits with 1 where the merge would apply a fix twice, and says so as JSON of its schema", async () => {
  const repository = await history()
    .commit("start", { files: { f: text() } })
    .branch("feature")
    .commit("fix", { message: FIX, files: { f: text({ 5: `line 5\n${CLOSE}` }) } })
    .checkout("main")
    .create(makeSandbox());
  const message = picked(FIX, repository.oid("fix"));
  await repository.extend((told) => told.commit("pick", { message, files: { f: text({ 15: `line 15\n${CLOSE}` }) } }));
  const ask = ["check", "--merge", "feature", "--into", "main"];
  const plain = await morello(repository.sandbox, ask, { cwd: repository.path });
  expect(plain.status).toBe(1);
  expect(plain.stdout).toContain(`twice f:6 ${repository.oid("fix")}\n`);
  const json = await morello(repository.sandbox, [...ask, "--json"], { cwd: repository.path });
  expect(MergeCheckOutcome.parse(json.json())).toMatchObject({ ok: false, proof: "differs" });
});

test("check --merge wants to know into what", async () => {
  const repository = await history().commit("start").create(makeSandbox());
  const done = await morello(repository.sandbox, ["check", "--merge", "main", "--json"], { cwd: repository.path });
  expect([done.status, done.json<{ code: string }>().code]).toEqual([2, "usage"]);
});
