// What main has that lines may want: its fixes, by what their messages say, with their standing on each line.
import { AppError } from "../error.ts";
import { resolveRevisions } from "../git/revisions.ts";
import type { CommitGraph } from "../index/graph.ts";
import { selectLines } from "../line/select.ts";
import { fixReason } from "../message/fix.ts";
import type { WantedOutcome } from "../wire/find.ts";
import type { Source } from "../wire/plan.ts";
import { onMain, withUnaffected } from "./find.ts";
import { sourceOf } from "./picks/find-sources.ts";
import { fetchAll } from "./fetch-all.ts";
import { standings } from "./standings/standing.ts";
import { historyOf, indexOf, linesOf, withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export interface WantedInput {
  /** Names and patterns; none: every maintained line. */
  readonly lines: readonly string[];
  /** A tag or revision; null: where the newest of the lines left main. */
  readonly since: string | null;
  /** The newest fixes, so many. */
  readonly limit: number;
  readonly fetch: boolean;
  /** Also tell apart what lines do not need, which asks git's blame for each fix. */
  readonly unaffected: boolean;
}

/** Throws `usage` without a main branch, `unknown-revision`, `unknown-line`, `no-lines`. */
export async function findWanted(deps: Deps, input: WantedInput): Promise<WantedOutcome> {
  if (input.fetch) await fetchAll(deps);
  return withWorkspace(deps, async (workspace) => {
    const { main } = workspace;
    if (main === null)
      throw new AppError("usage", "There is no main branch to look for fixes on", {
        hint: "main: NAME in morello.yaml",
      });
    const since = input.since === null ? null : await commitOf(workspace, input.since);
    const graph = await historyOf(workspace, since === null ? [] : [since]);
    const lines = selectLines(linesOf(workspace, graph), input.lines.length === 0 ? ["all"] : input.lines).selected;
    const from = graph.find(main.tip) ?? 0;
    const newest = lines.map(({ tip }) => graph.find(tip)).filter((tip) => tip !== null);
    const start = since === null ? (newest[0] ?? null) : graph.find(since);
    const numbers = graph.difference([from], start === null ? [] : [start]).filter((number) => !graph.isMerge(number));
    const fixes = await fixesOf(workspace, graph, numbers);
    const kept = fixes.slice(0, input.limit);
    const sources = await Promise.all(kept.map(({ number }) => sourceOf(workspace, graph.oid(number), 1)));
    const unreadable = new Set<string>();
    const found = await standings(workspace, graph, lines, sources, (commits) => {
      for (const commit of commits) unreadable.add(commit);
    });
    const answers: WantedOutcome["fixes"] = [];
    for (const [n, source] of sources.entries()) {
      const own = lines.flatMap((line) => found.get(line.name)?.get(source.commit) ?? []);
      const [standing, { revertedBy }] = await Promise.all([
        input.unaffected ? withUnaffected(workspace, graph, lines, source, own) : own,
        onMain(workspace, graph, graph.find(source.commit)),
      ]);
      answers.push({ source: bare(source), because: kept[n]?.reason ?? "", revertedBy, standings: standing });
    }
    return {
      kind: "wanted",
      main: main.name,
      since: input.since ?? sharedWith(graph, from, start) ?? main.tip,
      lines: lines.map(({ name }) => name),
      fixes: answers,
      more: fixes.length - kept.length,
      unreadable: [...unreadable],
    };
  });
}

/** Newest first, by the date of the commit. */
async function fixesOf(
  workspace: Workspace,
  graph: CommitGraph,
  numbers: readonly number[],
): Promise<{ readonly number: number; readonly reason: string }[]> {
  const index = indexOf(workspace, graph);
  await index.prepare(numbers, (done, total) =>
    workspace.onProgress?.({ step: "reading what commits do", done, total }),
  );
  return numbers
    .flatMap((number) => {
      const reason = fixReason(index.facts(number)?.message ?? "", workspace.config.fixes);
      return reason === null ? [] : [{ number, reason }];
    })
    .sort((a, b) => graph.time(b.number) - graph.time(a.number) || b.number - a.number);
}

async function commitOf({ repository }: Workspace, revision: string): Promise<string> {
  const [resolved] = await resolveRevisions(repository, [revision]);
  const [commit] = resolved ?? [];
  if (commit !== undefined) return commit;
  throw new AppError("unknown-revision", `Revision '${revision}' names no commit of this repository`, {
    hint: "--since takes a tag, a branch or a commit",
    data: { revision },
  });
}

/** The newest commit that both reach. */
function sharedWith(graph: CommitGraph, main: number, line: number | null): string | null {
  if (line === null) return null;
  const marks = graph.mark([[main], [line]]);
  for (let n = marks.length - 1; n >= 0; n--) if (marks[n] === 3) return graph.oid(n);
  return null;
}

function bare({ commit, subject, author, date }: Source): WantedOutcome["fixes"][number]["source"] {
  return { commit, subject, author, date };
}
