// `morello apply PLAN`: executes exactly what a plan file says, or says why it cannot.
import { reconcile } from "../apply/advance.ts";
import { savePending } from "../apply/pending.ts";
import type { ApplyOutcome } from "../wire/outcome.ts";
import type { Plan, PickOutcome } from "../wire/plan.ts";
import { computeLines } from "./compute-picks.ts";
import { execute, type ExecuteOptions } from "./execute.ts";
import { settledStandings } from "./standing.ts";
import { historyOf, linesOf, withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export interface ApplyInput extends ExecuteOptions {
  readonly plan: Plan;
  readonly confirm: (plan: Plan) => Promise<boolean>;
}

export function applyPlan(deps: Deps, input: ApplyInput): Promise<ApplyOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const { plan } = input;
    await reconcile(workspace.repository);
    const moved = await movedTips(workspace, plan);
    if (moved.length > 0) return { kind: "stale", plan, moved };
    const lines = await computeLines(workspace, {
      lines: plan.lines.map(({ line }) => line),
      sources: plan.sources,
      standing: settledStandings(plan),
      newer: plan.lines.map(({ line }) => line),
      committer: plan.committer,
      options: plan.options,
    });
    const differences = plan.lines.flatMap((planned, n) =>
      planned.picks.flatMap(({ source, outcome }, k) => {
        const found = lines[n]?.picks[k]?.outcome;
        return found !== undefined && same(outcome, found) ? [] : [{ line: planned.line.name, source, planned: brief(outcome), found: found === undefined ? "nothing" : brief(found) }];
      }),
    );
    if (differences.length > 0) return { kind: "unconfirmed", plan, differences };
    if (!(await input.confirm(plan))) return { kind: "declined", plan };
    const outcome = await execute(workspace, plan, input);
    savePending(workspace.repository, outcome);
    return outcome;
  });
}

type Moved = Extract<ApplyOutcome, { kind: "stale" }>["moved"];

/** Lines whose target, or whose tip planned on, is no longer where the plan saw it. */
async function movedTips(workspace: Workspace, plan: Plan): Promise<Moved> {
  const graph = await historyOf(workspace, []);
  const now = new Map(linesOf(workspace, graph).map((line) => [line.name, line]));
  return plan.lines.flatMap(({ line, onto, target }) => {
    const current = now.get(line.name);
    const found = workspace.refs.find(({ refname }) => refname === target.refname)?.oid ?? null;
    if (plan.options.toBranch === null && found !== target.expected) return [{ line: line.name, refname: target.refname, expected: target.expected, found }];
    if (current?.tip === onto) return [];
    return [{ line: line.name, refname: line.remoteRefname ?? line.refname, expected: onto, found: current?.tip ?? null }];
  });
}

function same(planned: PickOutcome, found: PickOutcome): boolean {
  if (planned.kind !== found.kind) return false;
  if (planned.kind !== "clean" || found.kind !== "clean") return true;
  return planned.commit === found.commit;
}

function brief(outcome: PickOutcome): string {
  return outcome.kind === "clean" ? `tree ${outcome.tree}` : outcome.kind;
}
