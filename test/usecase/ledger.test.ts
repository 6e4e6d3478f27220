import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ledgerExport } from "../../src/usecase/ledgers/export-ledgers.ts";
import { ledgerLog, ledgerShow } from "../../src/usecase/ledgers/show-log.ts";
import { ledgerTrust, type LedgerTrustInput } from "../../src/usecase/ledgers/change-trust.ts";
import { ledgerVerify } from "../../src/usecase/ledgers/verify-ledgers.ts";
import { CLOCK } from "../support/environment.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { makeKey, type SshKey } from "../support/ssh.ts";
import { approval, contextOf, landed, LINE, pickedStory, write } from "../ledger/setting.ts";
import { nodeSigner } from "../support/ssh.ts";
import { tagPath } from "../../src/ledger/place.ts";
import { depsOf, failure } from "./setting.ts";

const NOTHING: LedgerTrustInput = { add: null, revoke: null, threshold: null, reason: null, out: null, sign: null };
const ALL = ["root", "writer", "approver"] as const;

async function signsWith(repository: TestRepository, key: SshKey): Promise<void> {
  await repository.git(["config", "gpg.format", "ssh"]);
  await repository.git(["config", "user.signingKey", key.file]);
}

/** Two recorded picks and one that nobody recorded, of which a release was made. */
async function released(): Promise<TestRepository> {
  const repository = await pickedStory(3).create(makeSandbox());
  await repository.git(["tag", "-a", "-m", "v2.7.1", "v2.7.1", LINE]);
  const tag = await repository.git(["rev-parse", "v2.7.1"]);
  const { stdout: bytes } = await repository.gitRun(["cat-file", "tag", tag]);
  const boss = await makeKey(repository.sandbox, "boss");
  const approved = await write(await contextOf(repository), repository, [
    await approval(repository, 1, nodeSigner(boss)),
  ]);
  const approvals = [approved.entries[1]!.record.key];
  const target = "refs/tags/v2.7.1";
  await write(await contextOf(repository), repository, [
    await landed(repository, 1, { approvals }),
    await landed(repository, 3, { class: "resolved" }),
    {
      kind: "release",
      target,
      sources: [],
      body: { version: "v2.7.1", tag, commit: repository.oid("pick 3"), previousTag: null, landed: [] },
      parents: [],
      blobs: [{ path: tagPath(target), bytes }],
    },
  ]);
  return repository;
}

test("the log tells records newest first, of one fix where it is asked for", async () => {
  const repository = await released();
  const all = await ledgerLog(depsOf(repository), { lines: [], fix: null, limit: 50 });
  const kinds = all.lines.map(({ line, entries }) => [line, entries.map(({ record }) => record.kind)]);
  expect(kinds).toEqual([[LINE, ["release", "landed", "landed", "approval", "checkpoint"]]]);
  const about = async (fix: string): Promise<number[] | undefined> => {
    const { lines } = await ledgerLog(depsOf(repository), { lines: ["2.7"], fix, limit: 50 });
    return lines[0]?.entries.map(({ record }) => record.seq);
  };
  expect(await about(repository.oid("fix 1"))).toEqual([2, 1]);
  expect(await about(`${repository.oid("pick 1")}^{commit}`)).toEqual([2]);
  const unknown = await failure(ledgerLog(depsOf(repository), { lines: ["9.9"], fix: null, limit: 1 }));
  expect(unknown.code).toBe("unknown-line");
});

test("a record is shown by its key, by its log commit and by what it is about", async () => {
  const repository = await released();
  const { lines } = await ledgerLog(depsOf(repository), { lines: [], fix: null, limit: 50 });
  const wanted = lines[0]!.entries.find(({ record }) => record.seq === 3)!;
  const { key } = wanted.record;
  for (const name of [key, key.slice(0, 9), wanted.commit, repository.oid("fix 3")]) {
    const { entries } = await ledgerShow(depsOf(repository), { name });
    expect(
      entries.map(({ record }) => record.key),
      name,
    ).toEqual([key]);
  }
  expect((await failure(ledgerShow(depsOf(repository), { name: "0".repeat(64) }))).code).toBe("unknown-revision");
});

test("from a tag every commit of the version is told, also one that has no record", async () => {
  const repository = await released();
  const { ok, from } = await ledgerVerify(depsOf(repository), { lines: [], from: "v2.7.1" });
  expect(ok).toBe(true);
  expect(from).toMatchObject({ tag: "v2.7.1", line: LINE });
  const told = from!.picks.map((pick) => [pick.pick.subject, pick.source?.subject, pick.class, pick.approvals.length]);
  expect(told).toEqual([
    ["pick 1", "fix 1", "exact", 1],
    ["pick 2", undefined, null, 0],
    ["pick 3", "fix 3", "resolved", 0],
  ]);
  const unknown = await failure(ledgerVerify(depsOf(repository), { lines: [], from: "v9.9.9" }));
  expect(unknown.code).toBe("unknown-revision");
});

test("where there is no ledger nothing is proved, and the command that brings one is named", async () => {
  const repository = await pickedStory(1).create(makeSandbox());
  expect(await ledgerVerify(depsOf(repository), { lines: [], from: null })).toMatchObject({ ok: false, lines: [] });
  await repository.git(["remote", "add", "origin", "nowhere"]);
  const { ok, lines } = await ledgerVerify(depsOf(repository), { lines: [LINE], from: null });
  expect(ok).toBe(false);
  expect(lines[0]).toMatchObject({ tip: null, fetch: expect.stringContaining("git fetch origin ") as string });
});

test("a published ledger that was fetched is read, and the command that was named brings it", async () => {
  const repository = await released();
  await repository.git(["branch", `morello-ledger/${LINE}`, `refs/morello/ledger/${LINE}`]);
  const clone = await pickedStory(3).create(repository.sandbox, { name: "clone" });
  await clone.git(["remote", "add", "origin", repository.path]);
  const { lines } = await ledgerVerify(depsOf(clone), { lines: [LINE], from: null });
  await clone.git(["config", "alias.run", `!${lines[0]!.fetch!}`]);
  await clone.git(["run"]);
  await clone.git(["fetch", "-q", "origin", "tag", "v2.7.1"]);
  expect(await ledgerVerify(depsOf(clone), { lines: [], from: "v2.7.1" })).toMatchObject({ ok: true });
});

test("what held is remembered, and a ledger that is rolled back is found", async () => {
  const repository = await released();
  expect(await ledgerVerify(depsOf(repository), { lines: [], from: null })).toMatchObject({ ok: true });
  const refname = `refs/morello/ledger/${LINE}`;
  await repository.git(["update-ref", refname, `${refname}~1`]);
  const { ok, lines } = await ledgerVerify(depsOf(repository), { lines: [], from: null });
  expect([ok, lines[0]?.findings.map(({ code }) => code)]).toEqual([false, ["rolled-back"]]);
});

describe("trust", () => {
  async function keyed(): Promise<{ repository: TestRepository; ada: SshKey; bob: SshKey }> {
    const repository = await pickedStory(1).create(makeSandbox());
    const [ada, bob] = await Promise.all(["ada", "bob"].map((name) => makeKey(repository.sandbox, name)));
    await signsWith(repository, ada!);
    const add = { file: `${ada!.file}.pub`, principal: "ada@example.com", roles: ALL };
    await ledgerTrust(depsOf(repository), { ...NOTHING, add });
    return { repository, ada: ada!, bob: bob! };
  }
  const addBob = (bob: SshKey): LedgerTrustInput["add"] => ({
    file: `${bob.file}.pub`,
    principal: "bob@example.com",
    roles: ["root", "writer"],
  });

  test("begins with the first key that is added, which signs for itself", async () => {
    const { repository, ada } = await keyed();
    const { trust, changed } = await ledgerTrust(depsOf(repository), NOTHING);
    expect(changed).toBe(false);
    expect(trust).toMatchObject({ threshold: 1, roots: [ada.fingerprint], pinned: "remembered" });
  });

  test("is changed by two root keys, one after the other, where two are needed", async () => {
    const { repository, ada, bob } = await keyed();
    await ledgerTrust(depsOf(repository), { ...NOTHING, add: addBob(bob), threshold: 2 });
    const revoke = { ...NOTHING, revoke: bob.fingerprint, threshold: 1 };
    expect((await failure(ledgerTrust(depsOf(repository), revoke))).code).toBe("unknown-key");
    const out = repository.sandbox.path("change.json");
    const proposed = await ledgerTrust(depsOf(repository), { ...revoke, out });
    expect(proposed.pending).toEqual({ file: out, have: 1, needed: 2 });
    const again = await ledgerTrust(depsOf(repository), { ...NOTHING, sign: out });
    expect(again.pending).toMatchObject({ have: 1 }); // the same key once more
    await signsWith(repository, bob);
    const done = await ledgerTrust(depsOf(repository), { ...NOTHING, sign: out });
    expect(done).toMatchObject({ changed: true, pending: null, trust: { threshold: 1 } });
    expect(done.trust?.keys.map(({ fingerprint, revoked }) => [fingerprint, revoked])).toEqual([
      [ada.fingerprint, false],
      [bob.fingerprint, true],
    ]);
  });

  test("is not changed by a key that is no root, nor so that nobody could change it", async () => {
    const { repository, ada, bob } = await keyed();
    const last = await failure(ledgerTrust(depsOf(repository), { ...NOTHING, revoke: ada.fingerprint }));
    expect(last.code).toBe("usage");
    await signsWith(repository, bob);
    const other = await failure(ledgerTrust(depsOf(repository), { ...NOTHING, add: addBob(bob) }));
    expect([other.code, other.message]).toEqual(["unknown-key", expect.stringContaining("no root key")]);
  });

  test("a change that was proposed before another one came is refused", async () => {
    const { repository, bob } = await keyed();
    await ledgerTrust(depsOf(repository), { ...NOTHING, add: addBob(bob), threshold: 2 });
    const out = repository.sandbox.path("change.json");
    const late = repository.sandbox.path("late.json");
    for (const file of [out, late]) await ledgerTrust(depsOf(repository), { ...NOTHING, threshold: 1, out: file });
    await signsWith(repository, bob);
    await ledgerTrust(depsOf(repository), { ...NOTHING, sign: out });
    expect((await failure(ledgerTrust(depsOf(repository), { ...NOTHING, sign: late }))).code).toBe("ledger-broken");
  });
});

test("the export holds every record with what was signed", async () => {
  const repository = await released();
  const directory = repository.sandbox.path("bundle");
  const done = await ledgerExport(depsOf(repository, { now: CLOCK }), { lines: [], directory });
  expect(done).toMatchObject({ records: 5, signed: 0 });
  const folder = join(directory, LINE.replace("/", "-"));
  expect(readdirSync(folder)).toContain("000002-landed.json");
  const { lines } = await ledgerLog(depsOf(repository), { lines: [], fix: repository.oid("fix 1"), limit: 1 });
  const { record } = lines[0]!.entries[0]!;
  expect(readFileSync(join(folder, "000002-landed.pae"), "utf8")).toContain(`"key":"${record.key}"`);
  const again = await failure(ledgerExport(depsOf(repository), { lines: [], directory }));
  expect(again.code).toBe("usage");
});
