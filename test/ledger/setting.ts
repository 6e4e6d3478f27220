// What tests of the ledger begin with: a line with picks, records about them, a writer, keys made at run time.
import { onTestFinished } from "vitest";
import { append, firstRecord, type Appended, type Draft, type Writer } from "../../src/ledger/append.ts";
import { repositoryIdentity } from "../../src/ledger/identity.ts";
import { openLog, type LedgerContext, type Log } from "../../src/ledger/log.ts";
import { readTrust } from "../../src/ledger/trust.ts";
import { verifyLog, type VerifyOptions } from "../../src/ledger/verify.ts";
import type { LedgerReport } from "../../src/wire/ledger.ts";
import { updateRefs } from "../../src/git/refs.ts";
import { openRepository } from "../../src/git/repository.ts";
import { Scratch } from "../../src/git/scratch.ts";
import { CLOCK, COMMITTER, dateAt } from "../support/environment.ts";
import { history, type History } from "../support/history.ts";
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
export async function verified(
  repository: TestRepository,
  wish: Partial<VerifyOptions> = {},
  remotes: readonly string[] = [],
): Promise<LedgerReport> {
  const context = await contextOf(repository, remotes);
  const trust = await readTrust(context);
  return verifyLog(context, LINE, { trust, published: false, selfApproval: false, ...wish });
}

/** Codes of the findings, each once, in order. */
export function codes({ findings }: Pick<LedgerReport, "findings">): string[] {
  return [...new Set(findings.map(({ code }) => code))].sort();
}
