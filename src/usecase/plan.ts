// `morello plan`: what a pick would do, and what stands in its way.
import { checkBranchName } from "../git/refs.ts";
import type { Identity } from "../wire/basic.ts";
import type { PlanOutcome } from "../wire/outcome.ts";
import type { PickOptions, Plan, PlannedPick } from "../wire/plan.ts";
import { fetchAll } from "./fetch-all.ts";
import { needsOf } from "./needs/explain-needs.ts";
import { committerOf } from "./identity.ts";
import { planPicks, type Needed, type PlanRequest } from "./picks/plan-picks.ts";
import { historyOf, withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export interface PlanInput {
  readonly revisions: readonly string[];
  readonly onto: readonly string[];
  readonly options: PickOptions;
  /** Refresh remote-tracking refs first. */
  readonly fetch: boolean;
  /** Take in what picks need first, where a set of commits is proved to make them clean. */
  readonly withPrerequisites?: boolean;
}

/** Plans without writing anything; `causes` of conflicts are null, see `explainConflicts`. */
export async function plan(deps: Deps, input: PlanInput): Promise<PlanOutcome> {
  if (input.fetch) await fetchAll(deps);
  return withWorkspace(deps, async (workspace) => ({
    kind: "plan",
    plan: await makePlan(workspace, { ...input, lookOnly: true }),
    written: null,
    verify: [],
  }));
}

export async function makePlan(
  workspace: Workspace,
  {
    revisions,
    onto,
    options,
    lookOnly,
    withPrerequisites = false,
  }: Omit<PlanInput, "fetch"> & { readonly lookOnly: boolean },
): Promise<Plan> {
  if (options.toBranch !== null) await checkBranchName(workspace.repository, `morello/${options.toBranch}/line`);
  const identity = await committerOf(workspace.repository);
  const request = { revisions, onto, options, lookOnly, committer: identity ?? nobody(workspace) };
  const made = withPrerequisites ? await planWithNeeds(workspace, request) : await planPicks(workspace, request);
  return identity === null ? { ...made, notes: [...made.notes, { kind: "no-identity" }] } : made;
}

/** Of a series, each commit that stops may need others: so many times the plan is made anew. */
const ROUNDS = 8;

async function planWithNeeds(workspace: Workspace, request: PlanRequest): Promise<Plan> {
  const also = new Map<string, readonly Needed[]>();
  let made = await planPicks(workspace, request);
  for (let round = 0; round < ROUNDS; round++) {
    const graph = await historyOf(
      workspace,
      made.sources.map(({ commit }) => commit),
    );
    made = await needsOf(workspace, graph, made);
    const fresh = made.lines.map(({ line, picks }) => ({
      line: line.name,
      needs: needsIn(picks, also.get(line.name) ?? []),
    }));
    if (fresh.every(({ needs }) => needs.length === 0)) break;
    for (const { line, needs } of fresh) also.set(line, [...(also.get(line) ?? []), ...needs]);
    made = await planPicks(workspace, { ...request, also });
  }
  return made;
}

/** Proved prerequisites that are not taken in yet. */
function needsIn(picks: readonly PlannedPick[], taken: readonly Needed[]): Needed[] {
  return picks.flatMap(({ source, prerequisites, symbols }) => {
    const textual = prerequisites?.kind === "proven" ? prerequisites.picks.map(({ from }) => from) : [];
    const named = symbols?.needs.proven === true ? symbols.needs.commits.map(({ commit }) => commit) : [];
    return [...textual, ...named]
      .filter((from) => !taken.some(({ commit }) => commit === from))
      .map((commit) => ({ commit, neededBy: source }));
  });
}

function nobody({ now }: Workspace): Identity {
  return { name: "nobody", email: "nobody@localhost", date: `${now} +0000` };
}

export { explainConflicts } from "./needs/explain-conflicts.ts";
export { explainNeeds } from "./needs/explain-needs.ts";
