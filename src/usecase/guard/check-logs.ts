// Ledgers in a push: whether what is pushed continues what is there, holds, and agrees with the lines as they will be.
import { readEntry, type Entry } from "../../ledger/entry.ts";
import { logAt, logCommits, openLog } from "../../ledger/log.ts";
import { readTrust, type TrustLog } from "../../ledger/trust.ts";
import { verifyLog } from "../../ledger/verify.ts";
import { HEADS } from "../../line/ref.ts";
import { policyOf } from "../../line/settings.ts";
import type { Refusal } from "../../wire/guard.ts";
import type { LedgerFinding } from "../../wire/ledger.ts";
import type { RecordOf } from "../../wire/record.ts";
import { NO_CONTEXT, recordsOf, type CheckContext } from "../checking/context.ts";
import type { Workspace } from "../workspace.ts";
import type { Push } from "./facts.ts";
import { isVouchedFor } from "./signatures.ts";
import type { Update } from "./updates.ts";

export interface PushedLog {
  readonly update: Update;
  /** Empty: the log of keys. */
  readonly line: string;
}

/** What a push adds to a line's ledger. */
export interface NewRecords {
  readonly refname: string;
  /** The log commit that the server has; null where it has none. */
  readonly before: string | null;
  readonly landed: readonly RecordOf<"landed">[];
  /** For the check of the commits that landed. */
  readonly context: CheckContext;
}

export interface LogsChecked {
  readonly refusals: readonly Refusal[];
  /** By line. */
  readonly added: ReadonlyMap<string, NewRecords>;
}

/** Who may sign what once the push is through; null where nothing says so. */
export function trustDuring(workspace: Workspace, logs: readonly PushedLog[]): Promise<TrustLog | null> {
  const to = logs.find(({ line }) => line === "")?.update.to ?? undefined;
  return readTrust(workspace, workspace.config.ledger.publish, to);
}

/** Deletions are refused before this. */
export async function checkLogs({ workspace, tips, trusted }: Push, logs: readonly PushedLog[]): Promise<LogsChecked> {
  const refusals: Refusal[] = [];
  const added = new Map<string, NewRecords>();
  const trust = logs.length === 0 ? null : await trusted();
  for (const { update, line } of logs) {
    const { refname, from, to } = update;
    if (to === null) continue;
    const refuse = (rule: string, message: string, hint: string): void =>
      void refusals.push({ rule, refname, commit: null, subject: "", message, hint });
    const opened = await openLog(workspace, line, workspace.config.ledger.publish);
    const before = from ?? opened.tip;
    // Further parents of log commits are evidence: a log goes on from another only along the first ones.
    const commits = await logCommits(workspace.scratch, to);
    if (before !== null && !commits.includes(before)) {
      if (from === null) refuse("log-forked", "the push begins a second ledger beside the one that is there", FETCH);
      else refuse("log-rewound", "the push would take records out of the ledger", FETCH);
      continue;
    }
    if (line === "") {
      for (const { code, message, hint } of trust?.findings ?? []) refuse(`ledger-${code}`, message, hint);
      if (before === null && trust?.pinned === "first-use" && !(await isVouchedFor(workspace, trust)))
        refuse("ledger-root-key", "the server's allowed signers hold no key that the trust log begins with", PIN);
      continue;
    }
    const tip = tips.get(`${HEADS}${line}`);
    if (tip === undefined) {
      refuse("log-without-line", `there is no line ${line} that the ledger could be of`, "push the line first");
      continue;
    }
    const found = await holds(workspace, line, { commits, before, tip, trust });
    for (const { code, message, hint } of found.findings) refuse(`ledger-${code}`, message, hint);
    if (found.findings.length === 0)
      added.set(line, { refname, before, ...(await newRecords(workspace, found.entries, trust, { line, to })) });
  }
  return { refusals, added };
}

const PIN = "on the server: git config morello.rootKey FINGERPRINT";
const FETCH = "git fetch, then run the same morello command again";

interface Pushed {
  /** Of the log as it is pushed, oldest first. */
  readonly commits: readonly string[];
  /** What was there; null where there was no ledger. */
  readonly before: string | null;
  readonly tip: string;
  readonly trust: TrustLog | null;
}

async function holds(
  workspace: Workspace,
  line: string,
  { commits, before, tip, trust }: Pushed,
): Promise<{ findings: readonly LedgerFinding[]; entries: readonly Entry[] }> {
  const { scratch, config } = workspace;
  const fresh = commits.slice(before === null ? 0 : commits.indexOf(before) + 1);
  const read = await Promise.all(fresh.map((commit) => readEntry(scratch.reader, commit)));
  const entries = read.flatMap((one) => (one.kind === "entry" ? [one.entry] : []));
  const landed = entries.flatMap(({ record }) => (record.kind === "landed" ? [record] : []));
  // What an approval covers is looked for from the first record on; without any, what was there held when it came.
  const since = landed.some(({ approvals }) => approvals.length > 0) ? null : before;
  const { findings } = await verifyLog(workspace, line, {
    trust,
    published: config.ledger.publish,
    selfApproval: policyOf(config, line).selfApproval,
    tip: commits.at(-1) ?? "",
    since,
    branchTips: [tip],
  });
  const astray = landed.filter(({ target }) => target !== `${HEADS}${line}`);
  return {
    entries,
    findings: [
      ...findings,
      ...astray.map(({ seq, target }) => ({
        code: "foreign" as const,
        line,
        seq,
        message: `the record ${seq} is of ${target}, and this is the ledger of ${line}`,
        hint: FETCH,
      })),
    ],
  };
}

async function newRecords(
  workspace: Workspace,
  entries: readonly Entry[],
  trust: TrustLog | null,
  { line, to }: { readonly line: string; readonly to: string },
): Promise<Pick<NewRecords, "landed" | "context">> {
  const log = logAt(workspace, { line, refname: "", held: null, tip: to, forked: null, fetch: null });
  const landed = entries.flatMap(({ record }) => (record.kind === "landed" ? [record] : []));
  const keys = new Set(landed.flatMap(({ approvals, waivers }) => [...approvals, ...waivers]));
  const own = new Set(entries.map(({ record }) => record.key));
  const older = await Promise.all([...keys].filter((key) => !own.has(key)).map((key) => log.find(key)));
  const known = [...older.filter((entry) => entry !== null), ...entries];
  const said = recordsOf(known, trust?.states.at(-1)?.trust ?? null);
  // A pick of a pick is compared with the one that it was made from.
  const sources = landed.map(({ commit, from, sources: all }) => [commit, all.includes(from) ? all : [from]] as const);
  return { landed, context: { ...NO_CONTEXT, ...said, sources: new Map(sources) } };
}
