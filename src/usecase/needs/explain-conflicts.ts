// What caused a conflict: for each conflicted path the commits that touched it on either side since the merge base.
import { touchingCommits } from "../../git/diff.ts";
import type { CommitGraph, Marks } from "../../index/graph.ts";
import { parseQuotedPath, type BytePath } from "../../object/path.ts";
import type { CommitSummary } from "../../wire/basic.ts";
import type { ConflictedPath, Plan } from "../../wire/plan.ts";
import { summary } from "../picks/find-sources.ts";
import { historyOf, withWorkspace, type Deps, type Workspace } from "../workspace.ts";

/** Commits of one side shown for a path. */
const MAX_CAUSES = 10;
/** Commits looked at together, newest first: most conflicts have recent causes, and then the rest is never read. */
const CHUNK = 2_000;

interface Question {
  readonly line: string;
  readonly source: string;
  readonly path: ConflictedPath;
  /** Its names on all sides. */
  readonly names: ReadonlySet<BytePath>;
  /** Bit 0: only the line has the commit; bit 1: only the source's history has it. */
  readonly marks: Marks;
  readonly ours: string[];
  readonly theirs: string[];
}

/**
 * Fills in the causes of conflicts, newest first, at most ten a side. Calls `onPath` as each path is known. Merges are
 * not causes. Reads every commit at most once, however many lines and paths ask.
 */
export function explainConflicts(
  deps: Deps,
  plan: Plan,
  onPath?: (line: string, source: string, path: ConflictedPath) => void,
): Promise<Plan> {
  const hasConflict = plan.lines.some(({ picks }) => picks.some(({ outcome }) => outcome.kind === "conflict"));
  if (!hasConflict) return Promise.resolve(plan);
  return withWorkspace(deps, async (workspace) => {
    const graph = await historyOf(
      workspace,
      plan.sources.map(({ commit }) => commit),
    );
    const questions = ask(graph, plan);
    const explained = new Map<ConflictedPath, ConflictedPath>();
    const answer = async (question: Question): Promise<void> => {
      const [ours, theirs] = await Promise.all([
        summaries(workspace, question.ours),
        summaries(workspace, question.theirs),
      ]);
      const path = { ...question.path, causes: { ours, theirs } };
      explained.set(question.path, path);
      onPath?.(question.line, question.source, path);
    };
    let open = questions;
    const commits = candidates(graph, questions);
    for (let at = 0; at < commits.length && open.length > 0; at += CHUNK) {
      await look(workspace, graph, commits.slice(at, at + CHUNK), open);
      const full = open.filter(({ ours, theirs }) => ours.length === MAX_CAUSES && theirs.length === MAX_CAUSES);
      for (const question of full) await answer(question);
      open = open.filter((question) => !full.includes(question));
    }
    for (const question of open) await answer(question);
    return withPaths(plan, explained);
  });
}

function ask(graph: CommitGraph, plan: Plan): Question[] {
  return plan.lines.flatMap(({ line, onto, picks }) =>
    picks.flatMap(({ source, outcome }) => {
      const [tip, from] = [graph.find(onto), graph.find(source)];
      if (outcome.kind !== "conflict" || tip === null || from === null) return [];
      const marks = graph.mark([[tip], graph.parents(from)]);
      return outcome.paths.map((path): Question => {
        const quoted = [path.path, path.base?.path, path.ours?.path, path.theirs?.path].filter(
          (name) => name !== undefined,
        );
        return {
          line: line.name,
          source,
          path,
          names: new Set(quoted.map(parseQuotedPath)),
          marks,
          ours: [],
          theirs: [],
        };
      });
    }),
  );
}

/** Numbers of the commits that only one side of some conflict has, newest first. Merges touch nothing of their own. */
function candidates(graph: CommitGraph, questions: readonly Question[]): number[] {
  const all = [...new Set(questions.map(({ marks }) => marks))];
  const found: number[] = [];
  for (let n = 0; n < graph.size; n++) {
    if (!graph.isMerge(n) && all.some((marks) => marks[n] === 1 || marks[n] === 2)) found.push(n);
  }
  return found.sort((a, b) => graph.time(b) - graph.time(a) || b - a);
}

async function look(
  { scratch }: Workspace,
  graph: CommitGraph,
  numbers: readonly number[],
  questions: readonly Question[],
): Promise<void> {
  const names = [...new Set(questions.flatMap((question) => [...question.names]))];
  const touching = await touchingCommits(
    scratch,
    numbers.map((n) => graph.oid(n)),
    names,
  );
  for (const number of numbers) {
    const commit = graph.oid(number);
    const paths = touching.get(commit);
    if (paths === undefined) continue;
    for (const question of questions) {
      if (!paths.some((path) => question.names.has(path))) continue;
      const mark = question.marks[number];
      if (mark === 1 && question.ours.length < MAX_CAUSES) question.ours.push(commit);
      if (mark === 2 && question.theirs.length < MAX_CAUSES) question.theirs.push(commit);
    }
  }
}

async function summaries({ scratch }: Workspace, commits: readonly string[]): Promise<CommitSummary[]> {
  const found = await Promise.all(
    commits.map(async (oid) => {
      const commit = await scratch.reader.commit(oid);
      return commit === null ? null : summary(oid, commit);
    }),
  );
  return found.filter((commit) => commit !== null);
}

function withPaths(plan: Plan, explained: ReadonlyMap<ConflictedPath, ConflictedPath>): Plan {
  const lines = plan.lines.map((line) => ({
    ...line,
    picks: line.picks.map((pick) => {
      if (pick.outcome.kind !== "conflict") return pick;
      const paths = pick.outcome.paths.map((path) => explained.get(path) ?? path);
      return { ...pick, outcome: { ...pick.outcome, paths } };
    }),
  }));
  return { ...plan, lines };
}
