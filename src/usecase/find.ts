// `morello find`: where commits stand on every release line and on main, and what later commits say of them.
import type { CommitGraph } from "../index/graph.ts";
import { revertOf, sayingsOf } from "../index/sayings.ts";
import type { Unaffected } from "../line/affected.ts";
import { selectLines } from "../line/select.ts";
import { claimsOf } from "../message/claims.ts";
import { quotePath } from "../object/path.ts";
import type { FindOutcome, FollowUp, FoundFix, LineStanding } from "../wire/find.ts";
import type { Line } from "../wire/line.ts";
import type { Source } from "../wire/plan.ts";
import { findEquivalents } from "./equivalents/find-equivalents.ts";
import { findSources, sourceOf } from "./picks/find-sources.ts";
import type { Said } from "./judge.ts";
import { fetchAll } from "./fetch-all.ts";
import { unaffectedLines } from "./standings/repair.ts";
import { isThere, standings, summaryOf, type Standings } from "./standings/standing.ts";
import { indexOf, linesOf, withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export interface FindInput {
  readonly revisions: readonly string[];
  /** Names and patterns; none: every line. */
  readonly lines: readonly string[];
  readonly mainline: number | null;
  readonly fetch: boolean;
  /** What a person says of other commits; remembered. */
  readonly said: Said;
}

/** Throws `unknown-revision`, `unknown-line`, `no-lines`, `usage`, `identity-missing`. */
export async function find(deps: Deps, input: FindInput): Promise<FindOutcome> {
  if (input.fetch) await fetchAll(deps);
  return withWorkspace(deps, async (workspace) => {
    const { sources, graph } = await findSources(workspace, input.revisions, input.mainline ?? 1);
    const judged = await record(workspace, sources, input.said);
    const all = linesOf(workspace, graph);
    const lines = input.lines.length === 0 ? all : selectLines(all, input.lines).selected;
    const unreadable = new Set<string>();
    const found = await standings(workspace, graph, lines, sources, (commits) => {
      for (const commit of commits) unreadable.add(commit);
    });
    const fixes: FoundFix[] = [];
    for (const source of sources) fixes.push(await describe(workspace, graph, lines, source, found));
    return { kind: "find", judged, fixes, unreadable: [...unreadable] };
  });
}

/** What writes is loaded only where there is something to write. */
async function record(workspace: Workspace, sources: readonly Source[], said: Said): Promise<FindOutcome["judged"]> {
  if (said.same.length + said.different.length + said.forget.length === 0) return [];
  const { recordSaid } = await import("./judge.ts");
  return recordSaid(workspace, sources, said);
}

async function describe(
  workspace: Workspace,
  graph: CommitGraph,
  lines: readonly Line[],
  source: Source,
  found: Standings,
): Promise<FoundFix> {
  const own = lines.flatMap((line) => found.get(line.name)?.get(source.commit) ?? []);
  const number = await numberOnMain(workspace, graph, source);
  const [standing, main, followUps] = await Promise.all([
    withUnaffected(workspace, graph, lines, source, own),
    onMain(workspace, graph, number),
    followUpsOf(workspace, graph, lines, number, own),
  ]);
  const { commit, subject, author, date } = source;
  return { source: { commit, subject, author, date }, main, lines: standing, followUps };
}

/** Absent where it is not needed is told apart. */
export async function withUnaffected(
  workspace: Workspace,
  graph: CommitGraph,
  lines: readonly Line[],
  source: Source,
  found: readonly LineStanding[],
): Promise<LineStanding[]> {
  const absent = new Set(found.filter(({ standing }) => standing === "absent").map(({ line }) => line));
  if (absent.size === 0) return [...found];
  const asked = lines.filter(({ name }) => absent.has(name));
  const commit = await workspace.scratch.reader.commit(source.commit);
  const named = claimsOf(commit?.message ?? "").fixes.flatMap((id) => graph.findAbbreviated(id));
  const why = await unaffectedLines(
    workspace,
    graph,
    source,
    named.map((number) => graph.oid(number)),
    asked,
  );
  const causes = [...new Set([...why.values()].flatMap(({ introduced }) => introduced))];
  const there =
    why.size === 0
      ? null
      : await causesOn(
          workspace,
          graph,
          asked.filter(({ name }) => why.has(name)),
          causes,
        );
  return Promise.all(
    found.map(async (standing) => {
      const reason = why.get(standing.line);
      if (reason === undefined || reason.introduced.some((cause) => there?.get(standing.line)?.has(cause) === true))
        return standing;
      return { ...standing, standing: "not affected", notAffected: await told(workspace, reason) };
    }),
  );
}

/** Which causes lines have by equivalents: a feature that was carried to a line brings its defects along. */
async function causesOn(
  workspace: Workspace,
  graph: CommitGraph,
  lines: readonly Line[],
  causes: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const sources = await Promise.all(causes.map((oid) => sourceOf(workspace, oid, 1)));
  const found = await standings(workspace, graph, lines, sources);
  return new Map(
    [...found].map(([line, standing]) => [
      line,
      new Set([...standing].flatMap(([cause, { standing: kind }]) => (kind === "absent" ? [] : [cause]))),
    ]),
  );
}

async function told(workspace: Workspace, { by, introduced, paths }: Unaffected): Promise<LineStanding["notAffected"]> {
  return {
    by,
    introduced: await Promise.all(introduced.map((oid) => summaryOf(workspace, oid))),
    paths: paths.map(quotePath),
  };
}

/** The number of the commit on main that is the fix: itself, or what it is a backport of. Null if main has neither. */
async function numberOnMain(workspace: Workspace, graph: CommitGraph, { commit }: Source): Promise<number | null> {
  const { main } = workspace;
  const [tip, number] = [main === null ? null : graph.find(main.tip), graph.find(commit)];
  if (main === null || tip === null || number === null) return null;
  if (graph.isAncestor(number, tip)) return number;
  const found = await findEquivalents(workspace, graph, { sources: [commit], lines: [main] });
  const [first] = found.get(main.name)?.get(commit) ?? [];
  return first?.band === "same" ? graph.find(first.commit) : null;
}

/** Where it stands on main: there, and whether main has taken it back. `number`: see `numberOnMain`. */
export async function onMain(
  workspace: Workspace,
  graph: CommitGraph,
  number: number | null,
): Promise<FoundFix["main"]> {
  const name = workspace.main?.name ?? null;
  const tip = workspace.main === null ? null : graph.find(workspace.main.tip);
  if (number === null || tip === null) return { name, has: false, revertedBy: null };
  const index = indexOf(workspace, graph);
  const revert = revertOf(index, number, (other) => graph.isAncestor(other, tip));
  return { name, has: true, revertedBy: revert === null ? null : await summaryOf(workspace, graph.oid(revert)) };
}

/** Later commits of main that are followed up, newest first. */
const MOST = 20;

/** What later commits of main say of a fix, and which of the lines that have it lack them. */
export async function followUpsOf(
  workspace: Workspace,
  graph: CommitGraph,
  lines: readonly Line[],
  number: number | null,
  own: readonly LineStanding[],
): Promise<FollowUp[]> {
  const tip = workspace.main === null ? null : graph.find(workspace.main.tip);
  if (tip === null || number === null) return [];
  const index = indexOf(workspace, graph);
  const said = sayingsOf(index, number)
    .filter((one) => one.number > number && graph.isAncestor(one.number, tip))
    .slice(0, MOST);
  if (said.length === 0) return [];
  const sources = await Promise.all(said.map((one) => sourceOf(workspace, graph.oid(one.number), 1)));
  const having = lines.filter(({ name }) => own.some((standing) => standing.line === name && isThere(standing)));
  const found = having.length === 0 ? null : await standings(workspace, graph, having, sources);
  return said.flatMap(({ how }, n): FollowUp[] => {
    const follow = sources[n];
    if (follow === undefined) return [];
    const { commit, subject, author, date } = follow;
    const missingOn = having
      .filter(({ name }) => found?.get(name)?.get(commit)?.standing === "absent")
      .map(({ name }) => name);
    return [{ commit: { commit, subject, author, date }, how, missingOn }];
  });
}
