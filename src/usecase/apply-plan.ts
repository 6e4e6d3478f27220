// `morello apply PLAN`: executes exactly what a plan file says, or says why it cannot.
import { transactions } from "../apply/journal.ts";
import { savePending } from "../apply/pending.ts";
import type { Line } from "../wire/line.ts";
import type { ApplyOutcome, LineResult } from "../wire/outcome.ts";
import type { Plan, PickOutcome, PlannedLine } from "../wire/plan.ts";
import { computeLines } from "./picks/compute-picks.ts";
import { execute, forbiddenLines, type ExecuteOptions } from "./landing/execute.ts";
import { withReconciled } from "./reconciled.ts";
import { computationOf } from "./picks/recompute.ts";
import { historyOf, linesOf, type Deps, type Workspace } from "./workspace.ts";

export interface ApplyInput extends ExecuteOptions {
  readonly plan: Plan;
  /** Shows the plan; false stops. `forbidden` names the lines that policy refuses, where somebody is to be asked. */
  readonly confirm: (plan: Plan, forbidden: () => Promise<readonly string[]>) => Promise<boolean>;
}

/** What is executed is computed anew: the file is a request and a promise, and nothing of it is taken on trust. */
export function applyPlan(deps: Deps, input: ApplyInput): Promise<ApplyOutcome> {
  return withReconciled(deps, async (workspace) => {
    const current = new Map(linesOf(workspace, await historyOf(workspace, [])).map((line) => [line.name, line]));
    const toLines = input.plan.options.toBranch === null; // branches are looked at when they are met
    const done = new Map(toLines ? input.plan.lines.flatMap((planned) => landedBefore(workspace, planned)) : []);
    const plan = { ...input.plan, lines: input.plan.lines.filter(({ line }) => !done.has(line.name)) };
    const moved = movedTips(workspace, plan, current);
    if (moved.length > 0) return { kind: "stale", plan: input.plan, moved };
    const lines = await computeLines(
      workspace,
      computationOf(plan, ({ line }) => current.get(line.name) ?? line),
    );
    const differences = plan.lines.flatMap((planned, n) => compare(planned, lines[n]));
    if (differences.length > 0) return { kind: "unconfirmed", plan: input.plan, differences };
    const confirmed = { ...plan, lines };
    if (!(await input.confirm(confirmed, () => forbiddenLines(workspace, confirmed, input))))
      return { kind: "declined", plan: confirmed };
    const outcome = await execute(workspace, confirmed, input);
    savePending(workspace.repository, outcome);
    return withLanded(outcome, input.plan, done);
  });
}

type Moved = Extract<ApplyOutcome, { kind: "stale" }>["moved"];
type Difference = Extract<ApplyOutcome, { kind: "unconfirmed" }>["differences"][number];

/** Lines whose target, or whose tip planned on, is no longer where the plan saw it. */
function movedTips({ refs }: Workspace, plan: Plan, now: ReadonlyMap<string, Line>): Moved {
  return plan.lines.flatMap(({ line, onto, target }) => {
    const current = now.get(line.name);
    const found = refs.find(({ refname }) => refname === target.refname)?.oid ?? null;
    if (plan.options.toBranch === null && found !== target.expected) {
      return [{ line: line.name, refname: target.refname, expected: target.expected, found }];
    }
    if (current?.tip === onto) return [];
    const refname = line.remoteRefname ?? line.refname;
    return [{ line: line.name, refname, expected: onto, found: current?.tip ?? null }];
  });
}

/** The result of a line that a run has brought to this very end before: the same plan twice is one effect. */
function landedBefore(
  workspace: Workspace,
  { line, onto, target, picks, result }: PlannedLine,
): [string, LineResult][] {
  const found = workspace.refs.find(({ refname }) => refname === target.refname)?.oid;
  if (result === onto || found === undefined || found === target.expected) return [];
  const run = transactions(workspace.repository).find(
    ({ state, updates }) =>
      state === "done" &&
      updates.some(
        ({ refname, expected, to }) => refname === target.refname && expected === target.expected && to === found,
      ),
  );
  const landed = new Map(
    (run?.picks ?? []).flatMap((pick) =>
      pick.refname === target.refname ? [[pick.source, pick.commit] as const] : [],
    ),
  );
  if (run === undefined || picks.some(({ source, outcome }) => outcome.kind === "clean" && !landed.has(source)))
    return [];
  const shown = picks.map((pick) => ({ ...pick, landed: landed.get(pick.source) ?? null }));
  const common = { line: line.name, refname: target.refname, from: found, to: found };
  return [
    [
      line.name,
      { ...common, kind: "unchanged", picks: shown, verify: null, violations: [], worktrees: [], next: null },
    ],
  ];
}

function withLanded(outcome: ApplyOutcome, plan: Plan, done: ReadonlyMap<string, LineResult>): ApplyOutcome {
  if (outcome.kind !== "applied" && outcome.kind !== "stopped") return outcome;
  const results = new Map([...done, ...outcome.lines.map((result) => [result.line, result] as const)]);
  return { ...outcome, plan, lines: plan.lines.flatMap(({ line }) => results.get(line.name) ?? []) };
}

/** What the computation says otherwise than the file. */
function compare(planned: PlannedLine, found: PlannedLine | undefined): Difference[] {
  const line = planned.line.name;
  const differences = planned.picks.flatMap(({ source, from, outcome }, n): Difference[] => {
    const other = found?.picks[n];
    if (other?.source === source && other.from === from && same(outcome, other.outcome)) return [];
    return [{ line, source, planned: brief(outcome), found: other === undefined ? "nothing" : brief(other.outcome) }];
  });
  if (differences.length > 0 || found === undefined) return differences;
  const whole = ({ target, result, firstFailure, picks }: PlannedLine): string =>
    `${picks.length} picks to ${result} on ${target.refname}${firstFailure === null ? "" : `, stopped at ${firstFailure}`}`;
  if (whole(planned) === whole(found)) return [];
  const source = found.picks[0]?.source ?? planned.onto;
  return [{ line, source, planned: whole(planned), found: whole(found) }];
}

function same(planned: PickOutcome, found: PickOutcome): boolean {
  if (planned.kind !== found.kind) return false;
  if (planned.kind !== "clean" || found.kind !== "clean") return true;
  return planned.commit === found.commit && planned.tree === found.tree;
}

function brief(outcome: PickOutcome): string {
  return outcome.kind === "clean" ? `commit ${outcome.commit}, tree ${outcome.tree}` : outcome.kind;
}
