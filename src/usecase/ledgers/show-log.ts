// `morello ledger log` and `ledger show`: records as they stand, newest first. Whether they hold is for `ledger verify`.
import { AppError } from "../../error.ts";
import { resolveRevisions } from "../../git/revisions.ts";
import type { Entry } from "../../ledger/entry.ts";
import { openLog, type Log } from "../../ledger/log.ts";
import type { LedgerLogOutcome, LedgerShowOutcome } from "../../wire/ledger.ts";
import { ledgerContext, namedLines, recordedLines, shownEntry } from "./open-ledgers.ts";
import { withWorkspace, type Deps, type Workspace } from "../workspace.ts";

export interface LedgerLogInput {
  /** Names or patterns; empty: every line that has a ledger. */
  readonly lines: readonly string[];
  /** Only what is about this commit: as source, as pick, as carried from. A revision. */
  readonly fix: string | null;
  /** Newest so many of each line. */
  readonly limit: number;
}

/** Throws `unknown-line`, `unknown-revision`, `ledger-broken`. */
export function ledgerLog(deps: Deps, { lines, fix, limit }: LedgerLogInput): Promise<LedgerLogOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const context = ledgerContext(workspace);
    const commit = fix === null ? null : await commitOf(workspace, fix);
    const names = await namedLines(workspace, context, lines);
    const logs = await Promise.all(names.map((name) => openLog(context, name, workspace.config.ledger.publish)));
    return {
      kind: "ledger-log",
      lines: await Promise.all(
        logs.map(async (log) => ({
          line: log.line,
          refname: log.refname,
          fetch: log.fetch,
          entries: (await log.entries())
            .filter((entry) => commit === null || isAbout(entry, commit))
            .slice(-limit)
            .reverse()
            .map(shownEntry),
        })),
      ),
    };
  });
}

/** Records by their key, or what begins it; by log commit; by the commit they are about. Throws `unknown-revision`. */
export function ledgerShow(deps: Deps, { name }: { readonly name: string }): Promise<LedgerShowOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const context = ledgerContext(workspace);
    const { publish } = workspace.config.ledger;
    const lines = ["", ...(await recordedLines(context))];
    const logs = await Promise.all(lines.map((line) => openLog(context, line, publish)));
    const [commit = null] = (await resolveRevisions(workspace.repository, [name]))[0] ?? [];
    const entries = (await Promise.all(logs.map((log) => matching(log, name, commit)))).flat();
    if (entries.length === 0)
      throw new AppError("unknown-revision", `No record has the key ${name}, and none is about such a commit`, {
        hint: "morello ledger log",
      });
    return {
      kind: "ledger-show",
      entries: entries.map((entry) => ({ ...shownEntry(entry), envelope: entry.envelope })),
    };
  });
}

async function matching(log: Log, name: string, commit: string | null): Promise<Entry[]> {
  if (/^[0-9a-f]{64}$/.test(name)) {
    const found = await log.find(name);
    if (found !== null) return [found];
  }
  const byKey = /^[0-9a-f]{7,}$/.test(name);
  return (await log.entries()).filter(
    (entry) =>
      (byKey && entry.record.key.startsWith(name)) ||
      (commit !== null && (entry.commit === commit || isAbout(entry, commit))),
  );
}

function isAbout({ record }: Entry, commit: string): boolean {
  const landed = "commit" in record && record.commit === commit;
  return landed || record.sources.includes(commit) || (record.kind === "landed" && record.from === commit);
}

async function commitOf({ repository }: Workspace, revision: string): Promise<string> {
  const [commit, ...others] = (await resolveRevisions(repository, [revision]))[0] ?? [];
  if (commit !== undefined && others.length === 0) return commit;
  throw new AppError("unknown-revision", `${revision} does not name one commit`, { hint: "git log --oneline" });
}
