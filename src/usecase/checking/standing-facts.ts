// How the fixes of commits stand: on the line before, on main, on newer lines.
import { revertOf } from "../../index/sayings.ts";
import { compareNumbers } from "../../line/version.ts";
import { FIX_WORDS, fixReason } from "../../message/fix.ts";
import { pickedFrom } from "../../policy/picked.ts";
import type { CommitFacts, Need } from "../../policy/rule.ts";
import type { Line } from "../../wire/line.ts";
import { findEquivalents } from "../equivalents/find-equivalents.ts";
import { withUnaffected } from "../find.ts";
import { sourceOf } from "../picks/find-sources.ts";
import { isThere, standings } from "../standings/standing.ts";
import { historyOf, indexOf, linesOf } from "../workspace.ts";
import type { Checking, Looked } from "./looked.ts";

type StandingFacts = Pick<CommitFacts, "duplicateOf" | "sourceRevertedBy" | "missingOn">;

const NONE: StandingFacts = { duplicateOf: null, sourceRevertedBy: null, missingOn: [] };

/** By object ID, for commits that carry a fix: picks, and fixes made on the line. Nothing is compared unless needed. */
export async function standingFacts(
  given: Checking,
  commits: readonly Looked[],
  needs: ReadonlySet<Need>,
): Promise<ReadonlyMap<string, StandingFacts>> {
  if (!OF_STANDING.some((need) => needs.has(need))) return new Map();
  const checking = await withSources(given, commits);
  const { graph } = checking;
  const fixes = commits.flatMap((looked) => {
    const fix = fixOf(looked);
    return fix === null || graph.find(fix) === null ? [] : [{ looked, fix }];
  });
  if (fixes.length === 0) return new Map();
  const picks = fixes.filter(({ looked }) => pickedFrom(looked.classed) !== null);
  const found = new Map<string, StandingFacts>(fixes.map(({ looked }) => [looked.classed.commit, NONE]));
  const set = (commit: string, facts: Partial<StandingFacts>): void =>
    void found.set(commit, { ...(found.get(commit) ?? NONE), ...facts });
  if (needs.has("duplicateOf") || needs.has("sourceRevertedBy")) {
    const duplicates = await duplicatesOf(checking, picks);
    for (const { looked, fix } of picks) {
      const duplicateOf = needs.has("duplicateOf") ? (duplicates.get(looked.classed.commit) ?? null) : null;
      const sourceRevertedBy = needs.has("sourceRevertedBy") ? revertedOnMain(checking, fix) : null;
      set(looked.classed.commit, { duplicateOf, sourceRevertedBy });
    }
  }
  if (needs.has("missingOn")) {
    const missing = await missingOf(checking, fixes);
    for (const { looked, fix } of fixes) set(looked.classed.commit, { missingOn: missing.get(fix) ?? [] });
  }
  return found;
}

const OF_STANDING: readonly Need[] = ["duplicateOf", "sourceRevertedBy", "missingOn"];

/** Sources may lie on branches that nobody asked about, which the graph lacks then. */
async function withSources(checking: Checking, commits: readonly Looked[]): Promise<Checking> {
  const { workspace, graph } = checking;
  const sources = commits.flatMap(({ classed: { source } }) =>
    source === null || source.reach === "missing" ? [] : source.commit,
  );
  if (sources.every((source) => graph.find(source) !== null)) return checking;
  return {
    ...checking,
    graph: await historyOf(workspace, [...sources, ...commits.map(({ classed }) => classed.commit)]),
  };
}

interface Fix {
  readonly looked: Looked;
  /** The source, or the commit itself. */
  readonly fix: string;
}

function fixOf({ classed, commit }: Looked): string | null {
  if (classed.merge) return null;
  const source = pickedFrom(classed);
  if (source !== null) return source.commit;
  return fixReason(commit.message, FIX_WORDS) === null ? null : classed.commit;
}

/** Landed commit -> the one before it on the line that carries the same source, where it was not taken out since. */
async function duplicatesOf(checking: Checking, picks: readonly Fix[]): Promise<Map<string, string>> {
  const { workspace, graph, line } = checking;
  const sources = [...new Set(picks.map(({ fix }) => fix))];
  const equivalents = (await findEquivalents(workspace, graph, { sources, lines: [line] })).get(line.name);
  const found = new Map<string, string>();
  for (const { looked, fix } of picks) {
    const before = beforeOf(checking, looked);
    const matches = equivalents?.get(fix) ?? [];
    const earlier = matches.find(({ band, commit }) => {
      const number = graph.find(commit);
      return band === "same" && number !== null && commit !== looked.classed.commit && graph.isAncestor(number, before);
    });
    if (earlier === undefined) continue;
    const source = await sourceOf(workspace, fix, 1);
    const then: Line = { ...line, tip: graph.oid(before) };
    const standing = (await standings(workspace, graph, [then], [source])).get(line.name)?.get(fix);
    if (standing !== undefined && isThere(standing)) found.set(looked.classed.commit, earlier.commit);
  }
  return found;
}

/** The line as it was before the commit; for one that would land, as it is. */
function beforeOf({ graph, line }: Checking, { commit }: Looked): number {
  const [parent] = commit.parents;
  return (parent === undefined ? null : graph.find(parent)) ?? graph.find(line.tip) ?? 0;
}

function revertedOnMain({ workspace, graph }: Checking, source: string): string | null {
  const main = workspace.main === null ? null : graph.find(workspace.main.tip);
  const number = graph.find(source);
  if (main === null || number === null || !graph.isAncestor(number, main)) return null;
  const by = revertOf(indexOf(workspace, graph), number, (other) => graph.isAncestor(other, main));
  return by === null ? null : graph.oid(by);
}

/** Fix -> newer maintained lines that want it and have it not, newest first. */
async function missingOf({ workspace, graph, line }: Checking, fixes: readonly Fix[]): Promise<Map<string, string[]>> {
  const newer = linesOf(workspace, graph).filter(
    ({ version, maintenance }) =>
      maintenance.maintained && line.version.length > 0 && compareNumbers(version, line.version) > 0,
  );
  if (newer.length === 0) return new Map();
  const wanted = [...new Set(fixes.map(({ fix }) => fix))];
  const sources = await Promise.all(wanted.map((fix) => sourceOf(workspace, fix, 1)));
  const found = await standings(workspace, graph, newer, sources);
  const missing = new Map<string, string[]>();
  for (const source of sources) {
    const own = newer.flatMap(({ name }) => found.get(name)?.get(source.commit) ?? []);
    const told = await withUnaffected(workspace, graph, newer, source, own);
    missing.set(
      source.commit,
      told
        .filter((standing) => standing.standing !== "not affected" && !isThere(standing))
        .map(({ line: name }) => name),
    );
  }
  return missing;
}
