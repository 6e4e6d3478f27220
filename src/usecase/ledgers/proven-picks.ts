// From a version tag to every commit that the version brought: its source, its class, who approved it.
import { AppError } from "../../error.ts";
import { run } from "../../git/run.ts";
import { openApproval } from "../../ledger/approval.ts";
import type { Entry } from "../../ledger/entry.ts";
import { openLog, type LedgerContext } from "../../ledger/log.ts";
import { fingerprintOfKey, type TrustLog } from "../../ledger/trust.ts";
import { isoDate } from "../../object/text.ts";
import type { CommitSummary } from "../../wire/basic.ts";
import type { ProvenPick } from "../../wire/ledger.ts";
import type { RecordOf } from "../../wire/record.ts";
import { summary } from "../picks/find-sources.ts";
import type { Workspace } from "../workspace.ts";
import { recordedLines } from "./open-ledgers.ts";

export interface Proven {
  readonly tag: string;
  readonly line: string;
  /** Oldest first: commits on the line since the tag before, or since the ledger began. */
  readonly picks: ProvenPick[];
}

/** Throws `unknown-revision` if no ledger here holds a release of that name. */
export async function provenPicks(
  workspace: Workspace,
  context: LedgerContext,
  trust: TrustLog | null,
  tag: string,
): Promise<Proven> {
  const target = `refs/tags/${tag.replace(/^refs\/tags\//, "")}`;
  for (const line of await recordedLines(context)) {
    const entries = await (await openLog(context, line, workspace.config.ledger.publish)).entries();
    const release = entries.findLast(({ record }) => record.kind === "release" && record.target === target)?.record;
    if (release?.kind !== "release") continue;
    const commits = await broughtBy(context, entries, release);
    const picks = await Promise.all(commits.map((commit) => proven(context, entries, trust, release, commit)));
    return { tag: target.slice("refs/tags/".length), line, picks };
  }
  throw new AppError("unknown-revision", `No ledger here holds a release ${tag}`, {
    hint: "morello ledger log, or fetch the ledgers: git fetch REMOTE '+refs/heads/morello-*:refs/remotes/REMOTE/morello-*'",
    data: { tag },
  });
}

/** First parents alone: what a merge brought is told by the merge. */
async function broughtBy(
  { scratch }: LedgerContext,
  entries: readonly Entry[],
  release: RecordOf<"release">,
): Promise<string[]> {
  const [first] = entries;
  const baseline = first?.record.kind === "checkpoint" ? first.record.baseline : null;
  const before = entries.findLast(
    ({ record }) => record.kind === "release" && record.seq < release.seq && record.target !== release.target,
  )?.record;
  const from = before?.kind === "release" ? before.commit : baseline;
  const known = from !== null && (await scratch.reader.info(from)) !== null;
  const range = [release.commit, ...(known ? [`^${from}`] : [])];
  const listed = await run(scratch, ["rev-list", "--first-parent", "--reverse", ...range]);
  return listed.stdout
    .toString("latin1")
    .split("\n")
    .filter((oid) => oid !== "");
}

async function proven(
  context: LedgerContext,
  entries: readonly Entry[],
  trust: TrustLog | null,
  release: RecordOf<"release">,
  commit: string,
): Promise<ProvenPick> {
  const record = entries.findLast(({ record: each }) => each.kind === "landed" && each.commit === commit)?.record;
  const pick = await summaryOf(context, commit);
  if (record?.kind !== "landed") {
    // The commit that sets the version is the release's own; any other was found when it was there already.
    const isOwn = commit === release.commit && !isGap(entries, commit);
    const key = isOwn ? release.key : null;
    return { pick, source: null, class: key === null ? null : "native", approvals: [], key };
  }
  const [source] = record.sources;
  return {
    pick,
    source: source === undefined ? null : await summaryOf(context, source),
    class: record.class,
    approvals: record.approvals.map((key) => approver(entries, trust, key)),
    key: record.key,
  };
}

function isGap(entries: readonly Entry[], commit: string): boolean {
  return entries.some(({ record }) => record.kind === "gap" && record.commits.some((one) => one.commit === commit));
}

function approver(entries: readonly Entry[], trust: TrustLog | null, key: string): string {
  const record = entries.find(({ record: each }) => each.key === key)?.record;
  if (record?.kind !== "approval") return "missing";
  const opened = openApproval(record.approval);
  if (opened.kind === "void") return "void";
  const [signature] = opened.signatures;
  const keys = trust?.states.at(-1)?.trust.keys ?? [];
  const known = keys.find(({ key: trusted }) => fingerprintOfKey(trusted) === signature?.fingerprint);
  return known?.principal ?? signature?.fingerprint ?? "void";
}

async function summaryOf({ scratch }: LedgerContext, oid: string): Promise<CommitSummary> {
  const commit = await scratch.reader.commit(oid);
  return commit === null
    ? { commit: oid, subject: "(not here)", author: "", date: isoDate(0, "+0000") }
    : summary(oid, commit);
}
