// What tests of the ledger begin with: a line with picks, records about them, a writer, keys made at run time.
import { onTestFinished } from "vitest";
import {
  append,
  appendEnvelope,
  firstRecord,
  propose,
  type Appended,
  type Draft,
  type DraftOf,
  type Writer,
} from "../../src/ledger/append.ts";
import { approvalBytes } from "../../src/ledger/approval.ts";
import { countersign, seal } from "../../src/ledger/dsse.ts";
import type { RecordSigner } from "../../src/ledger/signer.ts";
import { repositoryIdentity } from "../../src/ledger/identity.ts";
import { openLog, type LedgerContext, type Log } from "../../src/ledger/log.ts";
import { readTrust } from "../../src/ledger/trust.ts";
import { verifyLog, type VerifyOptions } from "../../src/ledger/verify.ts";
import {
  APPROVAL_NAMESPACE,
  RECORD_NAMESPACE,
  type Approval,
  type Trust,
  type TrustedKey,
} from "../../src/wire/record.ts";
import type { LedgerReport } from "../../src/wire/ledger.ts";
import { updateRefs } from "../../src/git/refs.ts";
import { openRepository } from "../../src/git/repository.ts";
import { Scratch } from "../../src/git/scratch.ts";
import { CLOCK, COMMITTER, dateAt } from "../support/environment.ts";
import { history, type History } from "../support/history.ts";
import type { SshKey } from "../support/ssh.ts";
import type { TestRepository } from "../support/repository.ts";
import type { ObjectFormat } from "../support/tree.ts";

export const LINE = "release/v2.7";
export const TARGET = `refs/heads/${LINE}`;

/** `main` with so many fixes (`fix 1` …) and a line with a pick of each (`pick 1` …). */
export function pickedStory(picks: number, objectFormat: ObjectFormat = "sha1"): History {
  const told = history({ objectFormat }).commit("base").branch(LINE).checkout("main");
  for (let n = 1; n <= picks; n++) told.commit(`fix ${n}`, { files: { [`${n}.txt`]: `${n}\n` } });
  told.checkout(LINE);
  for (let n = 1; n <= picks; n++) told.commit(`pick ${n}`, { files: { [`${n}.txt`]: `${n}\n` } });
  return told;
}

/** A view of a repository, closed with the test. */
export async function contextOf(repository: TestRepository, remotes: readonly string[] = []): Promise<LedgerContext> {
  const opened = await openRepository(repository.path, repository.sandbox.env);
  const scratch = new Scratch(opened);
  onTestFinished(() => scratch.close());
  return { repository: opened, scratch, remotes };
}

/** The same for what is done between tests, or hundreds of times in one. */
export async function withContext<T>(
  repository: TestRepository,
  use: (context: LedgerContext) => Promise<T>,
  remotes: readonly string[] = [],
): Promise<T> {
  const opened = await openRepository(repository.path, repository.sandbox.env);
  const scratch = new Scratch(opened);
  try {
    return await use({ repository: opened, scratch, remotes });
  } finally {
    scratch.close();
  }
}

/** The record that a pick landed. */
export async function landed(repository: TestRepository, n: number, wish: Partial<LandedBody> = {}): Promise<Draft> {
  const commit = repository.oid(`pick ${n}`);
  const source = repository.oid(`fix ${n}`);
  const [base = "", tree = ""] = (await repository.git(["show", "-s", "--format=%P %T", commit])).split(" ");
  const body: LandedBody = {
    base,
    commit,
    tree,
    from: source,
    class: "exact",
    conflicted: [],
    reason: null,
    reach: "trusted",
    approvals: [],
    waivers: [],
    verify: null,
    engine: { git: "2.39.5", settings: "1" },
    ...wish,
  };
  return { kind: "landed", target: TARGET, sources: [source], body, parents: [commit, source] };
}
type LandedBody = Extract<Draft, { kind: "landed" }>["body"];

export async function writerOf(
  context: LedgerContext,
  repository: TestRepository,
  wish: Partial<Writer> = {},
): Promise<Writer> {
  return {
    repository: await repositoryIdentity(context, [repository.oid("base")]),
    trust: null,
    policy: null,
    time: CLOCK + 7200,
    by: { ...COMMITTER, date: dateAt(7200) },
    signer: null,
    ...wish,
  };
}

/** Transfers what was appended and moves the log's ref, or says that another was quicker. */
export async function settle(context: LedgerContext, before: Log, appended: Appended): Promise<"moved" | "refused"> {
  await context.scratch.transfer([appended.update.to], before.tip === null ? [] : [before.tip]);
  return (await updateRefs(context.repository, [appended.update], "test: append")).kind;
}

/** Appends to the line's log, with its first record where it has none, and moves the ref. */
export async function write(
  context: LedgerContext,
  repository: TestRepository,
  drafts: readonly Draft[],
  wish: Partial<Writer> = {},
): Promise<Appended> {
  const log = await openLog(context, LINE, false);
  const begun = log.tip === null ? [firstRecord(TARGET, repository.oid("base")), ...drafts] : drafts;
  const appended = await append(context.scratch, log, begun, await writerOf(context, repository, wish));
  if ((await settle(context, log, appended)) === "refused") throw new Error(`${log.refname} was moved meanwhile`);
  return appended;
}

/** What `verifyLog` says of the line's log, seen with fresh eyes. */
export function verified(
  repository: TestRepository,
  wish: Partial<VerifyOptions> = {},
  remotes: readonly string[] = [],
): Promise<LedgerReport> {
  const look = async (context: LedgerContext): Promise<LedgerReport> =>
    verifyLog(context, LINE, { trust: await readTrust(context), published: false, selfApproval: false, ...wish });
  return withContext(repository, look, remotes);
}

/** Codes of the findings, each once, in order. */
export function codes({ findings }: Pick<LedgerReport, "findings">): string[] {
  return [...new Set(findings.map(({ code }) => code))].sort();
}

/** A key with what it may do; all of it, always, unless said otherwise. */
export function trusted(key: SshKey, principal: string, wish: Partial<TrustedKey> = {}): TrustedKey {
  return {
    principal,
    key: key.text,
    roles: ["root", "writer", "approver"],
    validAfter: null,
    validBefore: null,
    ...wish,
  };
}

/** Records a state of the keys in the trust log, signed by some; gives what records name. */
export async function trust(
  context: LedgerContext,
  repository: TestRepository,
  state: Partial<Trust>,
  signers: readonly RecordSigner[],
  tips: Readonly<Record<string, string>> = {},
): Promise<string> {
  const log = await openLog(context, "", false);
  const writer = await writerOf(context, repository, { signer: null });
  const body = { state: { keys: [], revoked: [], threshold: 1, ...state }, reason: "a test", tips: { ...tips } };
  const draft: Draft = { kind: "trust", target: "", sources: [], parents: [], body };
  let envelope = await propose(context.scratch, log, draft, writer);
  for (const signer of signers) envelope = await countersign(envelope, RECORD_NAMESPACE, signer);
  const appended = await appendEnvelope(context.scratch, log, envelope);
  await settle(context, log, appended);
  return appended.entries[0]!.digest;
}

/** Signs what covers a pick, but for what is said otherwise. */
export async function approval(
  repository: TestRepository,
  n: number,
  approver: RecordSigner,
  wish: Partial<Approval> = {},
): Promise<DraftOf<"approval">> {
  const pick = await landed(repository, n);
  if (pick.kind !== "landed") throw new Error(pick.kind);
  const says: Approval = {
    repository: repository.oid("base"),
    target: TARGET,
    base: pick.body.base,
    sources: [...pick.sources],
    resultTree: pick.body.tree,
    policy: null,
    expires: CLOCK + 86_400,
    nonce: `nonce of approval ${n}`,
    approver: "boss@example.com",
    comment: null,
    ...wish,
  };
  const envelope = await seal(approvalBytes(says), APPROVAL_NAMESPACE, approver);
  return { kind: "approval", target: TARGET, sources: pick.sources, body: { approval: envelope }, parents: [] };
}
