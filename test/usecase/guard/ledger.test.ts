import { expect, test } from "vitest";
import { append, firstRecord, type Draft, type Writer } from "../../../src/ledger/append.ts";
import { openLog, logAt } from "../../../src/ledger/log.ts";
import { openRecordSigner, type RecordSigner } from "../../../src/ledger/signer.ts";
import type { Trust } from "../../../src/wire/record.ts";
import type { TestRepository } from "../../support/repository.ts";
import { makeSandbox } from "../../support/sandbox.ts";
import { keyPair } from "../../support/ssh-keys.ts";
import { contextOf, landed, LINE, pickedStory, TARGET, write, writerOf } from "../../ledger/setting.ts";
import { refusing } from "./setting.ts";

const LOG = `refs/morello/ledger/${LINE}`;
const TRUST = "refs/morello/trust";

/** A server whose line has two picks of three; what is pushed is the third, and what the ledger says. */
async function served(): Promise<TestRepository> {
  const repository = await pickedStory(3).create(makeSandbox(), { bare: true, head: "main" });
  await repository.git(["update-ref", TARGET, repository.oid("pick 2")]);
  return repository;
}

/** Appends to what the refs hold, and gives the log commit without moving them. */
async function record(
  repository: TestRepository,
  drafts: readonly Draft[],
  wish: Partial<Writer> & { line?: string; onto?: string } = {},
): Promise<string> {
  const { line = LINE, onto, ...writer } = wish;
  const context = await contextOf(repository);
  const opened = await openLog(context, line, false);
  const log = onto === undefined ? opened : logAt(context, { ...opened, tip: onto });
  const first = line === "" ? [] : [firstRecord(`refs/heads/${line}`, repository.oid("base"))];
  const begun = log.tip === null ? [...first, ...drafts] : drafts;
  const appended = await append(context.scratch, log, begun, await writerOf(context, repository, writer));
  await context.scratch.transfer([appended.update.to], []);
  return appended.update.to;
}

async function keyOf(repository: TestRepository, name: string): Promise<RecordSigner> {
  const { file } = await keyPair(repository.sandbox, name);
  await repository.git(["config", "gpg.format", "ssh"]);
  await repository.git(["config", "user.signingkey", file]);
  const signer = await openRecordSigner((await contextOf(repository)).repository);
  if (signer === null) throw new Error("there is no signer");
  return signer;
}

function trusting(keys: readonly { signer: RecordSigner; who: string }[]): Draft {
  const state: Trust = {
    keys: keys.map(({ signer, who }) => ({
      principal: `${who}@example.com`,
      key: signer.key,
      roles: ["root", "writer", "approver"],
      validAfter: null,
      validBefore: null,
    })),
    revoked: [],
    threshold: 1,
  };
  return { kind: "trust", target: "", sources: [], body: { state, reason: "test", tips: {} }, parents: [] };
}

/** A server with a log of keys that knows one. */
async function keyed(): Promise<{ repository: TestRepository; known: RecordSigner; trust: string | null }> {
  const repository = await served();
  const known = await keyOf(repository, "known");
  const tip = await record(repository, [trusting([{ signer: known, who: "known" }])], { line: "", signer: known });
  await repository.git(["update-ref", TRUST, tip]);
  const { readTrust } = await import("../../../src/ledger/trust.ts");
  const trust = (await readTrust(await contextOf(repository)))?.states.at(-1)?.digest ?? null;
  return { repository, known, trust };
}

test("a pick and its record go through together", async () => {
  const repository = await served();
  const log = await record(repository, [await landed(repository, 3)]);
  expect(await refusing(repository, { [TARGET]: repository.oid("pick 3"), [LOG]: log })).toEqual([]);
});

test("a record of what the line has already goes through alone", async () => {
  const repository = await served();
  const log = await record(repository, [await landed(repository, 1)]);
  expect(await refusing(repository, { [LOG]: log })).toEqual([]);
});

test("records go on from what the server has", async () => {
  const repository = await served();
  await write(await contextOf(repository), repository, [await landed(repository, 1)]);
  const log = await record(repository, [await landed(repository, 3)]);
  expect(await refusing(repository, { [TARGET]: repository.oid("pick 3"), [LOG]: log })).toEqual([]);
});

test("a record of a commit that is neither on the line nor in the push is refused", async () => {
  const repository = await served();
  const log = await record(repository, [await landed(repository, 3)]);
  expect(await refusing(repository, { [LOG]: log })).toEqual(["ledger-off-line"]);
});

test("a record that was made on an older ledger is refused", async () => {
  const repository = await served();
  const { update } = await write(await contextOf(repository), repository, []);
  await write(await contextOf(repository), repository, [await landed(repository, 1)]);
  const stale = await record(repository, [await landed(repository, 3)], { onto: update.to });
  expect(await refusing(repository, { [TARGET]: repository.oid("pick 3"), [LOG]: stale })).toEqual(["log-rewound"]);
});

test("a ledger begun anew that holds the old one as mere evidence is refused", async () => {
  const repository = await served();
  const fresh = await record(repository, [await landed(repository, 3)]);
  await write(await contextOf(repository), repository, [await landed(repository, 1)]);
  const old = await repository.git(["rev-parse", LOG]);
  const forged = await record(
    repository,
    [{ ...(await landed(repository, 2)), parents: [repository.oid("pick 2"), repository.oid("fix 2"), old] }],
    { onto: fresh },
  );
  expect(await repository.git(["merge-base", old, forged])).toBe(old); // git takes it for a fast-forward
  expect(await refusing(repository, { [TARGET]: repository.oid("pick 3"), [LOG]: forged })).toEqual(["log-rewound"]);
});

test("a log of keys begun anew that holds the old one as mere evidence is refused", async () => {
  const { repository } = await keyed();
  const old = await repository.git(["rev-parse", TRUST]);
  const other = await keyOf(repository, "other");
  await repository.git(["update-ref", "-d", TRUST]);
  const draft = trusting([{ signer: other, who: "other" }]);
  const first = await record(repository, [draft], { line: "", signer: other });
  const taken = await record(repository, [{ ...draft, parents: [old] }], {
    line: "",
    signer: other,
    onto: first,
  });
  await repository.git(["update-ref", TRUST, old]);
  expect(await repository.git(["merge-base", old, taken])).toBe(old);
  expect(await refusing(repository, { [TRUST]: taken })).toEqual(["log-rewound"]);
});

test("a release stays what the ledger says that it was, even where its tag was taken away", async () => {
  const repository = await served();
  const at = repository.oid("pick 1");
  const tagged = async (message: string): Promise<string> => {
    await repository.git(["tag", "-f", "-a", "-m", message, "v2.7.0", at]);
    return repository.git(["rev-parse", "refs/tags/v2.7.0"]);
  };
  const [evil, good] = [await tagged("evil"), await tagged("good")];
  await repository.git(["update-ref", "-d", "refs/tags/v2.7.0"]);
  const bytes = (await repository.gitRun(["cat-file", "tag", good])).stdout;
  const body = { version: "2.7.0", tag: good, commit: at, previousTag: null, landed: [] };
  const draft: Draft = {
    kind: "release",
    target: "refs/tags/v2.7.0",
    sources: [],
    body,
    parents: [at],
    blobs: [{ path: "tags/v2.7.0", bytes }],
  };
  const log = await record(repository, [draft]);
  expect(await refusing(repository, { [LOG]: log, "refs/tags/v2.7.0": good })).toEqual([]);
  await repository.git(["update-ref", LOG, log]);
  expect(await refusing(repository, { "refs/tags/v2.7.0": good })).toEqual([]);
  expect(await refusing(repository, { "refs/tags/v2.7.0": evil })).toEqual(["release-moved"]);
  expect(await refusing(repository, { "refs/tags/v2.7.0": at })).toEqual(["release-moved"]);
});

test("a second ledger beside the one that is there is refused", async () => {
  const repository = await served();
  const fresh = await record(repository, [await landed(repository, 1)]);
  await write(await contextOf(repository), repository, [await landed(repository, 2)]);
  expect(await refusing(repository, { [`refs/heads/morello-ledger/${LINE}`]: fresh })).toEqual(["log-forked"]);
});

test("a ledger of another line is refused", async () => {
  const repository = await served();
  await repository.git(["update-ref", "refs/heads/release/v2.8", repository.oid("base")]);
  const log = await record(repository, [await landed(repository, 1)]);
  expect(await refusing(repository, { "refs/morello/ledger/release/v2.8": log })).toContain("ledger-foreign");
});

test("a ledger of a line that is not there is refused", async () => {
  const repository = await served();
  const log = await record(repository, [], { line: "release/v9.9" });
  expect(await refusing(repository, { "refs/morello/ledger/release/v9.9": log })).toEqual(["log-without-line"]);
});

test("what is no log at all is refused", async () => {
  const repository = await served();
  expect(await refusing(repository, { [LOG]: repository.oid("pick 1") })).toEqual(["ledger-unreadable"]);
});

test.each<[string, Parameters<typeof landed>[2], string]>([
  ["says that an exact pick was adapted", { class: "adapted" }, "record-forged"],
  ["gives another tree", { tree: "0".repeat(39) + "1" }, "ledger-landed"],
  ["gives another base", { base: "0".repeat(39) + "1" }, "ledger-landed"],
])("a record that %s is refused", async (_, wish, rule) => {
  const repository = await served();
  const log = await record(repository, [await landed(repository, 3, wish)]);
  expect(await refusing(repository, { [TARGET]: repository.oid("pick 3"), [LOG]: log })).toContain(rule);
});

test("a record that calls an evil pick exact is refused", async () => {
  const repository = await served();
  await repository.extend((story) =>
    story.branch("evil", "pick 2").commit("evil", { files: { "3.txt": "3\n", "extra.txt": "more\n" } }),
  );
  await repository.git(["update-ref", TARGET, repository.oid("pick 2")]);
  const evil = repository.oid("evil");
  const [base = "", tree = ""] = (await repository.git(["show", "-s", "--format=%P %T", evil])).split(" ");
  const honest = await landed(repository, 3);
  const log = await record(repository, [
    { ...honest, parents: [evil, ...honest.sources], body: { ...honest.body, commit: evil, base, tree } } as Draft,
  ]);
  expect(await refusing(repository, { [TARGET]: evil, [LOG]: log })).toEqual(["record-forged"]);
});

test("a record that names another source than the pick's is refused", async () => {
  const repository = await served();
  const other = repository.oid("fix 1");
  const honest = await landed(repository, 3, { from: other });
  const log = await record(repository, [{ ...honest, sources: [other], parents: [repository.oid("pick 3"), other] }]);
  expect(await refusing(repository, { [TARGET]: repository.oid("pick 3"), [LOG]: log })).toEqual(["record-forged"]);
});

test("a record that names a source which is nowhere is refused", async () => {
  const repository = await served();
  const honest = await landed(repository, 3);
  const loose = await repository.git([
    "commit-tree",
    "-m",
    "loose",
    "-p",
    repository.oid("base"),
    `${repository.oid("fix 3")}^{tree}`,
  ]);
  const log = await record(repository, [
    {
      ...honest,
      sources: [loose],
      parents: [repository.oid("pick 3")],
      body: { ...honest.body, from: loose },
    } as Draft,
  ]);
  expect(await refusing(repository, { [TARGET]: repository.oid("pick 3"), [LOG]: log })).toEqual([
    "record-unreachable",
  ]);
});

test("where there is a log of keys: a record signed by a key of it goes through", async () => {
  const { repository, known, trust } = await keyed();
  const log = await record(repository, [await landed(repository, 3)], { signer: known, trust });
  expect(await refusing(repository, { [TARGET]: repository.oid("pick 3"), [LOG]: log })).toEqual([]);
});

test("where there is a log of keys: an unsigned record is refused", async () => {
  const { repository, trust } = await keyed();
  const log = await record(repository, [await landed(repository, 3)], { trust });
  expect(await refusing(repository, { [TARGET]: repository.oid("pick 3"), [LOG]: log })).toEqual(["ledger-unsigned"]);
});

test("where there is a log of keys: a record signed by another key is refused", async () => {
  const { repository, trust } = await keyed();
  const log = await record(repository, [await landed(repository, 3)], {
    signer: await keyOf(repository, "other"),
    trust,
  });
  expect(await refusing(repository, { [TARGET]: repository.oid("pick 3"), [LOG]: log })).toEqual([
    "ledger-unknown-key",
  ]);
});

test("a signature that was made over something else is refused", async () => {
  const { repository, known, trust } = await keyed();
  const swapped: RecordSigner = { ...known, sign: (namespace) => known.sign(namespace, Buffer.from("another")) };
  const log = await record(repository, [await landed(repository, 3)], { signer: swapped, trust });
  expect(await refusing(repository, { [TARGET]: repository.oid("pick 3"), [LOG]: log })).toContain(
    "ledger-bad-signature",
  );
});

test("the first log of keys is trusted, unless the server was told of another root key", async () => {
  const repository = await served();
  const known = await keyOf(repository, "known");
  const trust = await record(repository, [trusting([{ signer: known, who: "known" }])], { line: "", signer: known });
  expect(await refusing(repository, { [TRUST]: trust })).toEqual([]);
  await repository.git(["config", "morello.rootKey", "SHA256:another"]);
  expect(await refusing(repository, { [TRUST]: trust })).toEqual(["ledger-root-key"]);
});

test("the first log of keys begins with a key that the server knows, where it knows any", async () => {
  const repository = await served();
  const { sandbox } = repository;
  const known = await keyOf(repository, "known");
  const trust = await record(repository, [trusting([{ signer: known, who: "known" }])], { line: "", signer: known });
  const other = await keyPair(sandbox, "stranger");
  const file = sandbox.write("signers", `ada@example.com ${other.text}\n`);
  await repository.git(["config", "gpg.ssh.allowedSignersFile", file]);
  expect(await refusing(repository, { [TRUST]: trust })).toEqual(["ledger-root-key"]);
  sandbox.write("signers", `ada@example.com ${other.text}\nknown@example.com ${known.key}\n`);
  expect(await refusing(repository, { [TRUST]: trust })).toEqual([]);
});

test("a change of keys that no root key signed is refused", async () => {
  const { repository } = await keyed();
  const other = await keyOf(repository, "other");
  const taken = await record(repository, [trusting([{ signer: other, who: "other" }])], { line: "", signer: other });
  expect(await refusing(repository, { [TRUST]: taken })).toEqual(["ledger-threshold"]);
});

test("another log of keys in the other place is refused", async () => {
  const repository = await served();
  const [known, other] = [await keyOf(repository, "known"), await keyOf(repository, "other")];
  const theirs = await record(repository, [trusting([{ signer: other, who: "other" }])], { line: "", signer: other });
  const ours = await record(repository, [trusting([{ signer: known, who: "known" }])], { line: "", signer: known });
  await repository.git(["update-ref", TRUST, ours]);
  expect(await refusing(repository, { "refs/heads/morello-trust": theirs })).toEqual(["log-forked"]);
});

test("where policy wants signed records: a pick without one is refused, and one with one goes through", async () => {
  const { repository, known, trust } = await keyed();
  await repository.extend((story) =>
    story.checkout("main").commit("policy", { files: { "morello.yaml": "policy:\n  signed: true\n" } }),
  );
  await repository.git(["update-ref", TARGET, repository.oid("pick 2")]);
  const pick = repository.oid("pick 3");
  expect(await refusing(repository, { [TARGET]: pick })).toEqual(["signed"]);
  const log = await record(repository, [await landed(repository, 3)], { signer: known, trust });
  expect(await refusing(repository, { [TARGET]: pick, [LOG]: log })).toEqual([]);
});
