import { beforeAll, expect, test } from "vitest";
import type { Draft, DraftOf } from "../../src/ledger/append.ts";
import type { LedgerContext } from "../../src/ledger/log.ts";
import type { RecordSigner } from "../../src/ledger/signer.ts";
import type { VerifyOptions } from "../../src/ledger/verify.ts";
import type { LedgerFinding } from "../../src/wire/ledger.ts";
import type { Approval, RecordOf } from "../../src/wire/record.ts";
import { CLOCK, COMMITTER } from "../support/environment.ts";
import type { TestRepository } from "../support/repository.ts";
import { fileSandbox, makeSandbox } from "../support/sandbox.ts";
import { makeKey, nodeSigner, type SshKey } from "../support/ssh.ts";
import { approval, contextOf, landed, pickedStory, trust, trusted, verified, write } from "./setting.ts";

const sandbox = fileSandbox();
const names = ["writer", "boss", "other"] as const;
let keys: Record<(typeof names)[number], SshKey>;
let signers: Record<(typeof names)[number], RecordSigner>;

beforeAll(async () => {
  const made = await Promise.all(names.map(async (name) => [name, await makeKey(sandbox, name)] as const));
  keys = Object.fromEntries(made) as typeof keys;
  signers = Object.fromEntries(made.map(([name, key]) => [name, nodeSigner(key)])) as typeof signers;
});

interface Story {
  readonly context: LedgerContext;
  readonly repository: TestRepository;
  readonly digest: string;
}

/** A line with three picks, and keys: of a writer, of an approver, of somebody else. */
async function story(): Promise<Story> {
  const repository = await pickedStory(3).create(makeSandbox());
  const context = await contextOf(repository);
  const state = {
    keys: [
      trusted(keys.writer, COMMITTER.email, { roles: ["root", "writer", "approver"] }),
      trusted(keys.boss, "boss@example.com", { roles: ["approver"] }),
      trusted(keys.other, "other@example.com", { roles: ["writer"] }),
    ],
  };
  return { context, repository, digest: await trust(context, repository, state, [signers.writer]) };
}

/** Records approvals and picks that rely on all of them, and says what does not hold. */
async function found(
  { context, repository, digest }: Story,
  approvals: readonly DraftOf<"approval">[],
  picks: readonly number[],
  options: Partial<VerifyOptions> = {},
): Promise<readonly LedgerFinding[]> {
  const wish = { trust: digest, signer: signers.writer };
  const { entries } = await write(context, repository, approvals, wish);
  const relied = entries.filter(({ record }) => record.kind === "approval").map(({ record }) => record.key);
  const drafts: Draft[] = [];
  for (const n of picks) drafts.push(await landed(repository, n, { approvals: relied }));
  await write(await contextOf(repository), repository, drafts, wish);
  return (await verified(repository, options)).findings;
}

test("an approval that covers what landed holds", async () => {
  const told = await story();
  expect(await found(told, [await approval(told.repository, 1, signers.boss)], [1])).toEqual([]);
});

test("an approval of several picks holds for all of them, in their order", async () => {
  const told = await story();
  const [first, last] = [await landed(told.repository, 1), await landed(told.repository, 3)];
  const covers = {
    base: (first.body as RecordOf<"landed">).base,
    sources: [1, 2, 3].map((n) => told.repository.oid(`fix ${n}`)),
    resultTree: (last.body as RecordOf<"landed">).tree,
  };
  expect(await found(told, [await approval(told.repository, 1, signers.boss, covers)], [1, 2, 3])).toEqual([]);
  const other = await story();
  const turned = { ...covers, sources: covers.sources.toReversed() };
  const refused = await found(other, [await approval(other.repository, 1, signers.boss, turned)], [1, 2, 3]);
  expect(refused.map(({ code }) => code)).toEqual(["approval", "approval", "approval"]);
});

const OTHER = "1".repeat(40);

test.each([
  ["another repository", { repository: OTHER }, "another repository"],
  ["another branch", { target: "refs/heads/release/v2.8" }, "another target"],
  ["another base", { base: OTHER }, "another base"],
  ["another source", { sources: [OTHER] }, "another sources"],
  ["further sources", { sources: [OTHER, OTHER] }, "another sources"],
  ["another result", { resultTree: OTHER }, "another result tree"],
  ["another policy", { policy: "2".repeat(64) }, "another policy"],
  ["a time that is over", { expires: CLOCK + 7200 }, "expired"],
  ["somebody else's name", { approver: "other@example.com" }, "signed it for"],
] as const)("an approval for %s is refused", async (_name, wish, words) => {
  const told = await story();
  const draft = await approval(told.repository, 1, signers.boss, wish as Partial<Approval>);
  const findings = await found(told, [draft], [1]);
  expect(findings).toMatchObject([{ code: "approval", seq: 2 }]);
  expect(findings[0]?.message).toContain(words);
});

test("an approval that is used for a second landing is refused", async () => {
  const told = await story();
  const { context, repository, digest } = told;
  const wish = { trust: digest, signer: signers.writer };
  const { entries } = await write(context, repository, [await approval(repository, 1, signers.boss)], wish);
  const pick = await landed(repository, 1, { approvals: [entries[1]!.record.key] });
  const body = { commit: repository.oid("pick 1"), revert: null, reason: "it broke" };
  const reverted = { kind: "reverted", target: pick.target, sources: pick.sources, body, parents: [] } as const;
  await write(await contextOf(repository), repository, [pick, reverted, pick], wish);
  const { findings } = await verified(repository);
  expect(findings).toMatchObject([{ code: "approval", seq: 4 }]);
  expect(findings[0]?.message).toContain("used before");
});

test("an approval that is recorded a second time is refused", async () => {
  const told = await story();
  const draft = await approval(told.repository, 1, signers.boss);
  const findings = await found(told, [draft, draft], []);
  expect(findings).toMatchObject([{ code: "approval", seq: 2, message: expect.stringContaining("nonce") as string }]);
});

test("an approval by a key that is no approver's is refused", async () => {
  const told = await story();
  const draft = await approval(told.repository, 1, signers.other, { approver: "other@example.com" });
  expect((await found(told, [draft], [1]))[0]?.message).toContain("may not sign as approver");
});

test("who lands a pick may approve it only where policy lets them", async () => {
  const own = { approver: COMMITTER.email };
  const told = await story();
  const draft = await approval(told.repository, 1, signers.writer, own);
  expect((await found(told, [draft], [1]))[0]?.message).toContain("landed themselves");
  expect((await verified(told.repository, { selfApproval: true })).findings).toEqual([]);
});

test("a pick that relies on an approval that is not in the ledger is found", async () => {
  const { context, repository, digest } = await story();
  const pick = await landed(repository, 1, { approvals: ["3".repeat(64)] });
  await write(context, repository, [pick], { trust: digest, signer: signers.writer });
  expect((await verified(repository)).findings).toMatchObject([{ code: "approval", seq: 1 }]);
});

test("an approval whose words were changed after it was signed is refused", async () => {
  const told = await story();
  const draft = await approval(told.repository, 1, signers.boss);
  const { payload, ...envelope } = draft.body.approval;
  const changed = Buffer.from(payload, "base64").toString().replace('"comment":null', '"comment":"ok"');
  const forged = { ...draft, body: { approval: { ...envelope, payload: Buffer.from(changed).toString("base64") } } };
  const findings = await found(told, [forged], [1]);
  expect(findings.map(({ code, seq }) => [code, seq])).toEqual([
    ["approval", 1],
    ["approval", 2],
  ]);
});
