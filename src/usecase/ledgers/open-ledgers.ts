// What the verbs of the ledger begin with: which lines have one, what people named, entries as outcomes show them.
import { run } from "../../git/run.ts";
import type { Entry } from "../../ledger/entry.ts";
import { openLog, type LedgerContext } from "../../ledger/log.ts";
import { lineOfLog, LOG_PATTERNS, remoteLogRefname } from "../../ledger/place.ts";
import { signaturesOf } from "../../ledger/verifying/signed.ts";
import { parseLineName } from "../../line/name.ts";
import { remoteOrder } from "../../line/ref.ts";
import { selectLines } from "../../line/select.ts";
import type { LedgerEntry } from "../../wire/ledger.ts";
import type { Workspace } from "../workspace.ts";

/** A workspace as the ledger reads it: its remotes in the order of preference. */
export function ledgerContext({ repository, scratch, remotes, config }: Workspace): LedgerContext {
  return { repository, scratch, remotes: [...remotes].sort(remoteOrder(config.remotes)) };
}

/** Lines that have a log here, wherever it is kept, by name; the trust log is not among them. */
export async function recordedLines({ repository, remotes }: LedgerContext): Promise<string[]> {
  const fetched = remotes.map((remote) => remoteLogRefname("x", remote).replace(/\/x$/, ""));
  const listed = await run(repository, ["for-each-ref", "--format=%(refname)", ...LOG_PATTERNS, ...fetched]);
  const lines = listed.stdout
    .toString("utf8")
    .split("\n")
    .map((refname) => lineOfLog(remotes.reduce((name, remote) => asLocal(name, remote), refname)))
    .filter((line) => line !== null && line !== "");
  return [...new Set(lines as string[])].sort();
}

/** Line to the tip of its log: what was there when a key state began. */
export async function logTips(context: LedgerContext, published: boolean): Promise<Record<string, string>> {
  const lines = await recordedLines(context);
  const logs = await Promise.all(lines.map((line) => openLog(context, line, published)));
  return Object.fromEntries(logs.flatMap(({ line, tip }) => (tip === null ? [] : [[line, tip]])));
}

function asLocal(refname: string, remote: string): string {
  const prefix = `refs/remotes/${remote}/`;
  return refname.startsWith(prefix) ? `refs/heads/${refname.slice(prefix.length)}` : refname;
}

/**
 * Lines that people named, as they name them everywhere; without any, those that have a ledger. A line whose branch is
 * gone is known by its ledger. Throws `unknown-line`, `no-lines`.
 */
export async function namedLines(
  { detected }: Workspace,
  context: LedgerContext,
  patterns: readonly string[],
): Promise<string[]> {
  const recorded = await recordedLines(context);
  if (patterns.length === 0) return recorded;
  const names = new Set([...detected.map(({ name }) => name), ...recorded]);
  const lines = [...names].map((name) => ({
    name,
    refname: `refs/heads/${name}`,
    remoteRefname: null,
    version: parseLineName(name)?.numbers ?? [],
    maintenance: { maintained: true, reason: "configured" as const },
  }));
  return selectLines(lines, patterns).selected.map(({ name }) => name);
}

export function shownEntry(entry: Entry): LedgerEntry {
  const { commit, digest, record } = entry;
  const signedBy = signaturesOf(entry).flatMap((each) => (each.kind === "good" ? [each.fingerprint] : []));
  return { commit, digest, signedBy, record };
}
