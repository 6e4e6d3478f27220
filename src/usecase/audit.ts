// `morello audit`: what happened to recorded fixes since they landed: taken back on main, followed up, moved, or joined
// by commits that nobody recorded.
import { isAncestor, readRef } from "../git/refs.ts";
import type { CommitGraph } from "../index/graph.ts";
import { openLog } from "../ledger/log.ts";
import { selectLines } from "../line/select.ts";
import type { AuditedLine, AuditOutcome } from "../wire/audit.ts";
import type { Line } from "../wire/line.ts";
import type { LedgerRecord, RecordOf } from "../wire/record.ts";
import { prepare } from "./equivalents/scope.ts";
import { followUpsOf, onMain } from "./find.ts";
import { sourceOf } from "./picks/find-sources.ts";
import { fetchAll } from "./fetch-all.ts";
import { knownTip } from "./recording/known-tip.ts";
import { linesWithLedger } from "./recording/recorded-picks.ts";
import { standings, summaryOf } from "./standings/standing.ts";
import { between } from "./checking/select-commits.ts";
import { historyOf, linesOf, withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export interface AuditInput {
  /** Names and patterns; empty: every line with a ledger. */
  readonly lines: readonly string[];
  readonly fetch: boolean;
}

/** Throws `unknown-line`, `ledger-broken`. */
export async function audit(deps: Deps, { lines: patterns, fetch }: AuditInput): Promise<AuditOutcome> {
  if (fetch) await fetchAll(deps);
  return withWorkspace(deps, async (workspace) => {
    const known = await linesWithLedger(workspace);
    const first = linesOf(workspace, await historyOf(workspace, []));
    const wanted = patterns.length === 0 ? first : selectLines(first, patterns).selected;
    const recorded = wanted.filter(({ name }) => known.has(name));
    const audited: AuditedLine[] = [];
    for (const line of recorded) audited.push(await auditLine(workspace, line));
    const without = wanted.filter(({ name }) => !known.has(name)).map(({ name }) => name);
    return { kind: "audit", lines: audited, without, ok: audited.every(isQuiet) };
  });
}

function isQuiet({ fixes, unrecorded, backwards, movedTags }: AuditedLine): boolean {
  return fixes.length === 0 && unrecorded.length === 0 && backwards === null && movedTags.length === 0;
}

async function auditLine(workspace: Workspace, line: Line): Promise<AuditedLine> {
  const { scratch, repository, config } = workspace;
  const log = await openLog(workspace, line.name, config.ledger.publish);
  const records = (await log.entries()).map(({ record }) => record);
  const landed = standingLandings(records);
  const sources = [...new Set(landed.flatMap((record) => record.sources))];
  const tip = await knownTip(scratch.reader, log);
  const graph = await historyOf(workspace, [...sources, ...(tip === null ? [] : [tip])]);
  const isBehind = tip !== null && !(await isAncestor(repository, tip, line.tip));
  const known = new Set(records.flatMap((record) => (record.kind === "landed" ? [record.commit] : [])));
  const since = tip === null || isBehind ? [] : between(graph, tip, line.tip);
  const unrecorded = since.filter((commit) => !known.has(commit));
  return {
    line: line.name,
    recorded: landed.length,
    fixes: await auditFixes(workspace, graph, line, landed),
    unrecorded: await Promise.all(unrecorded.map((commit) => summaryOf(workspace, commit))),
    backwards: isBehind ? { from: tip, to: line.tip } : null,
    movedTags: await movedTags(workspace, records),
  };
}

/** Landings that no later record takes back, oldest first. */
function standingLandings(records: readonly LedgerRecord[]): RecordOf<"landed">[] {
  const gone = new Set(records.flatMap((record) => (record.kind === "reverted" ? [record.commit] : [])));
  return records.flatMap((record) => (record.kind === "landed" && !gone.has(record.commit) ? [record] : []));
}

async function auditFixes(
  workspace: Workspace,
  graph: CommitGraph,
  line: Line,
  landed: readonly RecordOf<"landed">[],
): Promise<AuditedLine["fixes"]> {
  const numbers = landed.flatMap(({ sources: [source = ""] }) => graph.find(source) ?? []);
  const main = workspace.main === null ? null : graph.find(workspace.main.tip);
  const tips = [graph.find(line.tip)].filter((number) => number !== null);
  await prepare(workspace, graph, { sources: numbers, main, tips });
  const fixes: AuditedLine["fixes"] = [];
  for (const {
    sources: [oid = ""],
    commit,
  } of landed) {
    const number = graph.find(oid);
    const onMainNumber = number !== null && main !== null && graph.isAncestor(number, main) ? number : null;
    const source = await sourceOf(workspace, oid, 1);
    const own = [...(await standings(workspace, graph, [line], [source])).values()].flatMap((of) => [...of.values()]);
    const [{ revertedBy }, followUps] = await Promise.all([
      onMain(workspace, graph, onMainNumber),
      followUpsOf(workspace, graph, [line], onMainNumber, own),
    ]);
    const missing = followUps.filter(({ how, missingOn }) => missingOn.length > 0 && how !== "same issue");
    const reverts = own.some(({ standing }) => standing === "reverted") ? null : revertedBy;
    if (reverts === null && missing.length === 0) continue;
    fixes.push({ source: await summaryOf(workspace, oid), landed: commit, revertedBy: reverts, followUps: missing });
  }
  return fixes;
}

/** Tags whose refs hold other objects than were released; absent ones too. */
async function movedTags(
  { repository }: Workspace,
  records: readonly LedgerRecord[],
): Promise<AuditedLine["movedTags"]> {
  const gone = new Set(
    records.flatMap((record) =>
      record.kind === "reverted" && record.target.startsWith("refs/tags/") ? [record.target] : [],
    ),
  );
  const releases = records.flatMap((record) => (record.kind === "release" && !gone.has(record.target) ? [record] : []));
  const found = await Promise.all(releases.map(({ target }) => readRef(repository, target)));
  return releases.flatMap(({ target, tag: released }, n) =>
    found[n] === released ? [] : [{ tag: target.replace("refs/tags/", ""), released, found: found[n] ?? null }],
  );
}
