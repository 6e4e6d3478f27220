import { describe, expect, test } from "vitest";
import { hashObject } from "../../src/object/hash.ts";
import type { Draft } from "../../src/ledger/append.ts";
import { append, firstRecord } from "../../src/ledger/append.ts";
import { openLog } from "../../src/ledger/log.ts";
import { tagPath } from "../../src/ledger/place.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { codes, contextOf, landed, LINE, pickedStory, settle, TARGET, verified, write, writerOf } from "./setting.ts";

/** The record of a tag that is there, with the bytes that the ledger keeps. */
async function release(repository: TestRepository, name: string): Promise<Draft> {
  const tag = await repository.git(["rev-parse", `refs/tags/${name}`]);
  const { stdout: bytes } = await repository.gitRun(["cat-file", "tag", tag]);
  const commit = await repository.git(["rev-parse", `${tag}^{commit}`]);
  const target = `refs/tags/${name}`;
  const body = { version: name, tag, commit, previousTag: null, landed: [] };
  return { kind: "release", target, sources: [], body, parents: [], blobs: [{ path: tagPath(target), bytes }] };
}

async function annotate(repository: TestRepository, name: string, message: string, at = LINE): Promise<void> {
  await repository.git(["tag", "-a", "-f", "-m", message, name, at]);
}

test("what landed stays provable when branches were squashed, deleted and pruned", async () => {
  const repository = await pickedStory(3).create(makeSandbox());
  const context = await contextOf(repository);
  const drafts = [await landed(repository, 1), await landed(repository, 2), await landed(repository, 3)];
  await write(context, repository, drafts);
  const sources = [1, 2, 3].map((n) => repository.oid(`fix ${n}`));
  // main forgets its fixes one by one, as a squash merge of their branch does; the line goes altogether.
  const tree = await repository.git(["rev-parse", "main^{tree}"]);
  const squashed = await repository.git(["commit-tree", tree, "-p", repository.oid("base"), "-m", "squashed"]);
  await repository.git(["update-ref", "refs/heads/main", squashed]);
  await repository.git(["branch", "-D", LINE]);
  await repository.git(["reflog", "expire", "--expire=now", "--all"]);
  await repository.git(["gc", "-q", "--prune=now"]);
  expect(await verified(repository)).toMatchObject({ findings: [], records: 4 });
  for (const source of sources) await repository.git(["cat-file", "-e", `${source}^{tree}`]);
});

test("without the ledger the same clean-up takes the sources away", async () => {
  const repository = await pickedStory(1).create(makeSandbox());
  await repository.git(["update-ref", "refs/heads/main", repository.oid("base")]);
  await repository.git(["branch", "-D", LINE]);
  await repository.git(["reflog", "expire", "--expire=now", "--all"]);
  await repository.git(["gc", "-q", "--prune=now"]);
  await repository.git(["cat-file", "-e", repository.oid("fix 1")], { ok: [1] });
});

describe("a record that lies about what landed is found:", () => {
  test.each([
    ["its tree", { tree: hashObject("sha1", "tree", Buffer.alloc(0)) }],
    ["its base", { base: "base" }],
  ] as const)("%s", async (_name, wish) => {
    const repository = await pickedStory(2).create(makeSandbox());
    const context = await contextOf(repository);
    const body = "base" in wish ? { base: repository.oid(wish.base) } : wish;
    context.scratch.write("tree", Buffer.alloc(0));
    await repository.git(["mktree"], { input: "" });
    await write(context, repository, [await landed(repository, 2, body)]);
    expect(codes(await verified(repository))).toEqual(["landed"]);
  });
});

test("a landed commit that is not on its line is found, unless a record says that it went", async () => {
  const repository = await pickedStory(2).create(makeSandbox());
  await write(await contextOf(repository), repository, [await landed(repository, 1), await landed(repository, 2)]);
  await repository.git(["update-ref", TARGET, repository.oid("pick 1")]);
  expect((await verified(repository)).findings).toMatchObject([{ code: "off-line", seq: 2 }]);
  const [from, to] = [repository.oid("pick 2"), repository.oid("pick 1")];
  const body = { from, to, backwards: true, commits: [] };
  const gap: Draft = { kind: "gap", target: TARGET, sources: [], body, parents: [] };
  await write(await contextOf(repository), repository, [gap]);
  expect((await verified(repository)).findings).toEqual([]);
});

test("a release is proved by the bytes of its tag, and a tag that moved is found", async () => {
  const repository = await pickedStory(2).create(makeSandbox());
  await annotate(repository, "v2.7.1", "the first");
  await write(await contextOf(repository), repository, [
    await landed(repository, 1),
    await release(repository, "v2.7.1"),
  ]);
  expect((await verified(repository)).findings).toEqual([]);
  await annotate(repository, "v2.7.1", "another");
  expect((await verified(repository)).findings).toMatchObject([{ code: "moved-tag", seq: 2 }]);
  await repository.git(["tag", "-d", "v2.7.1"]);
  expect((await verified(repository)).findings).toEqual([]);
});

test("a release whose tag the ledger does not keep is found", async () => {
  const repository = await pickedStory(1).create(makeSandbox());
  await annotate(repository, "v2.7.1", "the first");
  const kept = await release(repository, "v2.7.1");
  const other = { ...kept, blobs: [{ path: tagPath(kept.target), bytes: Buffer.from("object of nothing\n") }] };
  await write(await contextOf(repository), repository, [other]);
  expect(codes(await verified(repository))).toContain("evidence");
});

test("a tag that names a log commit holds the log to it", async () => {
  const repository = await pickedStory(2).create(makeSandbox());
  const context = await contextOf(repository);
  const { update } = await write(context, repository, [await landed(repository, 1)]);
  await annotate(repository, "v2.7.1", `v2.7.1\n\nLedger-Checkpoint: ${update.to}`);
  expect((await verified(repository)).findings).toEqual([]);
  const fresh = await contextOf(repository);
  const empty = { ...(await openLog(fresh, LINE, false)), tip: null, last: () => Promise.resolve(null) };
  const begun = [firstRecord(TARGET, repository.oid("base")), await landed(repository, 2)];
  const another = await append(fresh.scratch, empty, begun, await writerOf(fresh, repository));
  expect(await settle(fresh, empty, another)).toBe("moved");
  expect((await verified(repository)).findings).toMatchObject([{ code: "checkpoint", seq: null }]);
});

test("in a shallow clone of the ledger what is cut off is said, and nothing is proved", async () => {
  const sandbox = makeSandbox();
  const repository = await pickedStory(2).create(sandbox);
  await write(await contextOf(repository), repository, [await landed(repository, 1), await landed(repository, 2)]);
  const refname = `refs/morello/ledger/${LINE}`;
  const clone = await pickedStory(2).create(sandbox, { name: "clone" });
  await clone.git(["fetch", "-q", "--depth=2", `file://${repository.path}`, `+${refname}:${refname}`]);
  const { findings } = await verified(clone);
  expect(findings[0]).toMatchObject({ code: "missing-object", seq: null });
});
