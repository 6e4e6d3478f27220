// Plans picks: for every (commit, line) what would happen, without writing anything to the user's repository.
import { planningTip, relationOf } from "../../line/planning-tip.ts";
import { selectLines } from "../../line/select.ts";
import type { CommitGraph } from "../../index/graph.ts";
import { parentsFirst } from "../../plan/order.ts";
import type { Identity } from "../../wire/basic.ts";
import type { Line } from "../../wire/line.ts";
import type { PickOptions, Plan, PlannedLine, PlanNote, Source } from "../../wire/plan.ts";
import { computeLines } from "./compute-picks.ts";
import { findSources, sourceOf } from "./find-sources.ts";
import type { There } from "./computation.ts";
import { settled, standings, type Standings } from "../standings/standing.ts";
import { linesOf, type Workspace } from "../workspace.ts";

export interface PlanRequest {
  readonly revisions: readonly string[];
  /** Names and patterns of lines, or `all`. */
  readonly onto: readonly string[];
  readonly committer: Identity;
  readonly options: PickOptions;
  /** The plan is looked at and not executed in this process. */
  readonly lookOnly: boolean;
  /** By a line's name: commits that are picked there too, because what was asked for needs them. */
  readonly also?: ReadonlyMap<string, readonly Needed[]>;
}

export interface Needed {
  readonly commit: string;
  readonly neededBy: string;
}

/** Plans from what people typed. Throws `unknown-revision`, `unknown-line`, `no-lines`, `usage`. */
export async function planPicks(workspace: Workspace, request: PlanRequest): Promise<Plan> {
  const { sources: asked, notes, graph } = await findSources(workspace, request.revisions, request.options.mainline);
  const all = linesOf(workspace, graph);
  const { selected, leftOut } = selectLines(all, request.onto);
  const { sources, only } = await withNeeded(workspace, graph, asked, selected, request.also ?? new Map());
  const left = leftOut.map(({ line, reason }): PlanNote => ({ kind: "line-left-out", line: line.name, reason }));
  // Sources that wait on a newer line's pick need the standing there, planned or not.
  const known = request.options.via === "nearest" ? all : selected;
  const asking = standings(workspace, graph, known, sources);
  const compute = (there: There): Promise<PlannedLine[]> =>
    computeLines(workspace, { lines: selected, sources, only, there, newer: all, ...request });
  // A single commit is merged everywhere while the standing is found out: the machine has more than one processor.
  const alone = sources.length === 1 && request.options.via === "source";
  const [standing, made] = alone
    ? await Promise.all([asking, compute(new Map())]).then(
        ([found, early]) => [found, withThere(early, settled(found))] as const,
      )
    : await asking.then(async (found) => [found, await compute(settled(found))] as const);
  const lines = withStanding(made, standing);
  return {
    schema: "morello.plan/1",
    git: workspace.repository.capabilities.versionText,
    committer: request.committer,
    revisions: [...request.revisions],
    options: request.options,
    sources: [...sources],
    lines,
    notes: [...notes, ...left, ...selected.flatMap(differenceNote)],
  };
}

/** Prerequisites before what needs them, and the source commits of each line that has some of its own. */
async function withNeeded(
  workspace: Workspace,
  graph: CommitGraph,
  asked: readonly Source[],
  lines: readonly Line[],
  also: ReadonlyMap<string, readonly Needed[]>,
): Promise<{ readonly sources: readonly Source[]; readonly only: ReadonlyMap<string, ReadonlySet<string>> }> {
  const needed = [...also.values()].flat();
  const neededBy = (commit: string): string[] => [
    ...new Set(needed.filter((need) => need.commit === commit).map((need) => need.neededBy)),
  ];
  const own = new Set(asked.map(({ commit }) => commit));
  const fresh = [...new Set(needed.map(({ commit }) => commit))].filter((commit) => !own.has(commit));
  const more = await Promise.all(
    fresh.map(async (commit) => ({ ...(await sourceOf(workspace, commit, 1)), neededBy: neededBy(commit) })),
  );
  const all = new Map([...more, ...asked].map((source) => [source.commit, source]));
  const { commits } = parentsFirst([...all.keys()], (a, b) => {
    const [from, to] = [graph.find(a), graph.find(b)];
    return from !== null && to !== null && from !== to && graph.isAncestor(from, to);
  });
  const only = lines.map(
    ({ name }) => [name, new Set([...own, ...(also.get(name) ?? []).map(({ commit }) => commit)])] as const,
  );
  return { sources: commits.flatMap((commit) => all.get(commit) ?? []), only: new Map(only) };
}

/** Lines of a single pick, with what is there already in place of the merge that was made too early. */
function withThere(lines: readonly PlannedLine[], there: There): PlannedLine[] {
  return lines.map((line) => {
    const already = there.get(line.line.name)?.values().next().value;
    if (already === undefined) return line;
    const picks = line.picks.map((pick) => ({ ...pick, from: pick.source, outcome: already }));
    return { ...line, picks, result: line.onto, firstFailure: null };
  });
}

function withStanding(lines: readonly PlannedLine[], standing: Standings): PlannedLine[] {
  return lines.map((line) => ({
    ...line,
    picks: line.picks.map((pick) => {
      const found = standing.get(line.line.name)?.get(pick.source) ?? null;
      return { ...pick, standing: found?.standing === "absent" ? null : found };
    }),
  }));
}

function differenceNote(line: Line): PlanNote[] {
  if (line.difference === null) return [];
  const { upstream, localTip, upstreamTip, ahead, behind } = line.difference;
  const { plannedOn } = planningTip(localTip, upstreamTip, relationOf(ahead, behind));
  return [{ kind: "upstream-differs", line: line.name, upstream, ahead, behind, plannedOn }];
}
