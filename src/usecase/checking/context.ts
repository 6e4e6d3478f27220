// What a check is told beside the commits: what the ledger holds, and whether verify commands run.
import { openLog } from "../../ledger/log.ts";
import { verifyLog } from "../../ledger/verify.ts";
import { readTrust, standingOf } from "../../ledger/trust.ts";
import type { Entry } from "../../ledger/entry.ts";
import { signaturesOf } from "../../ledger/verifying/signed.ts";
import { policyOf } from "../../line/settings.ts";
import type { Waiver } from "../../policy/evaluate.ts";
import type { Problem, Recorded } from "../../policy/rule.ts";
import type { LedgerFinding } from "../../wire/ledger.ts";
import type { Line } from "../../wire/line.ts";
import type { Role, Trust } from "../../wire/record.ts";
import { approvalsOf } from "../recording/approvals.ts";
import type { Workspace } from "../workspace.ts";
import type { VerifyOptions } from "../verifying/verify-trees.ts";

export interface CheckContext {
  /** The line's tip before the ledger began; null without one. What was there is history. */
  readonly baseline: string | null;
  /** Landed commit to the sources that its record names. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** Landed commit to what else its record says. */
  readonly records: ReadonlyMap<string, Recorded>;
  /** Commit to the principals whose valid approvals cover its result. */
  readonly approvals: ReadonlyMap<string, readonly string[]>;
  readonly waivers: readonly Waiver[];
  /** Where the line's ledger does not hold. */
  readonly ledger: readonly Problem[];
  readonly movedTags: readonly Problem[];
  /** Null: nothing is run. */
  readonly verify: VerifyOptions | null;
}

/** A repository without a ledger. */
export const NO_CONTEXT: CheckContext = {
  baseline: null,
  sources: new Map(),
  records: new Map(),
  approvals: new Map(),
  waivers: [],
  ledger: [],
  movedTags: [],
  verify: null,
};

/** What the ledger says of a line, and whether it holds. */
export async function contextOf(workspace: Workspace, line: Line, verify: VerifyOptions | null): Promise<CheckContext> {
  const { config } = workspace;
  const published = config.ledger.publish;
  const log = await openLog(workspace, line.name, published);
  if (log.tip === null) return { ...NO_CONTEXT, verify };
  const trust = await readTrust(workspace, published);
  const { selfApproval } = policyOf(config, line.name);
  const report = await verifyLog(workspace, line.name, { trust, published, selfApproval });
  const ledger = report.findings.filter(({ code }) => code !== "moved-tag").map(problemOf);
  const movedTags = report.findings.filter(({ code }) => code === "moved-tag").map(problemOf);
  if (report.findings.some(({ code }) => code === "unreadable")) return { ...NO_CONTEXT, ledger, movedTags, verify };
  const state = trust?.states.at(-1)?.trust ?? null;
  return { ...recordsOf(await log.entries(), state), ledger, movedTags, verify };
}

function problemOf({ message, hint }: LedgerFinding): Problem {
  return { message, hint };
}

/** What records say, whether or not the log holds. */
export function recordsOf(
  entries: readonly Entry[],
  trust: Trust | null,
): Pick<CheckContext, "baseline" | "sources" | "records" | "approvals" | "waivers"> {
  const sources = new Map<string, readonly string[]>();
  const records = new Map<string, Recorded>();
  const approvals = new Map<string, readonly string[]>();
  const waivers: Waiver[] = [];
  const gaps = new Set<string>();
  const approved = approvalsOf(entries, trust);
  let baseline: string | null = null;
  for (const entry of entries) {
    const { record } = entry;
    if (record.kind === "checkpoint" && record.seq === 0) ({ baseline } = record);
    if (record.kind === "landed") {
      sources.set(record.commit, [...(sources.get(record.commit) ?? []), ...record.sources]);
      records.set(record.commit, {
        signed: isSigned(entry, trust, "writer"),
        reason: record.reason,
        conflicted: record.conflicted,
      });
      approvals.set(
        record.commit,
        record.approvals.flatMap((key) => approved.get(key)?.approvers ?? []),
      );
    }
    if (record.kind === "gap") for (const { commit } of record.commits) gaps.add(commit);
    // The commit that sets a release's version has no other record.
    if (record.kind === "release" && !records.has(record.commit) && !gaps.has(record.commit))
      records.set(record.commit, { signed: isSigned(entry, trust, "writer"), reason: null, conflicted: [] });
    // Who may approve may let pass; without keys anybody's word is as good as another's.
    if (record.kind === "waiver" && (trust === null || isSigned(entry, trust, "approver"))) {
      const { rule, commit, reason, until, key } = record;
      waivers.push({ rule, commit, by: record.by.email, reason, until, key });
    }
  }
  return { baseline, sources, records, approvals, waivers };
}

function isSigned(entry: Entry, trust: Trust | null, role: Role): boolean {
  const { time } = entry.record;
  return signaturesOf(entry).some(
    (signature) =>
      signature.kind === "good" && trust !== null && standingOf(trust, signature, role, time).kind === "holds",
  );
}
