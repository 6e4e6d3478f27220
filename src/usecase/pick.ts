// `morello pick`: plan, show, ask, apply.
import { savePending } from "../apply/pending.ts";
import { patchBetween } from "../git/diff.ts";
import { inUtf8, readable } from "../object/text.ts";
import type { ApplyOutcome } from "../wire/outcome.ts";
import type { Plan, PlannedPick, Source } from "../wire/plan.ts";
import { computeLines } from "./picks/compute-picks.ts";
import { execute, forbiddenLines, type ExecuteOptions } from "./landing/execute.ts";
import { fetchAll } from "./fetch-all.ts";
import { makePlan, type PlanInput } from "./plan.ts";
import { computationOf } from "./picks/recompute.ts";
import { withReconciled } from "./reconciled.ts";
import type { Deps, Workspace } from "./workspace.ts";

export interface PickQuestion {
  readonly line: string;
  readonly pick: PlannedPick;
  readonly source: Source;
  /** git's diff of what the pick changes on the line. */
  readonly diff: string;
}

export type Answer = "yes" | "no" | "quit";

export interface PickInput extends PlanInput, ExecuteOptions {
  /** Shows the plan; false stops. `forbidden` names the lines that policy refuses, where somebody is to be asked. */
  readonly confirm: (plan: Plan, forbidden: () => Promise<readonly string[]>) => Promise<boolean>;
  /** Ask for each commit on every line, not only where a line's configuration says so. */
  readonly each: boolean;
  /** Null: never asked (`--yes`). */
  readonly confirmPick: ((question: PickQuestion) => Promise<Answer>) | null;
  /** Gives the message that is to be used instead; null keeps the source's. */
  readonly edit: ((message: string) => Promise<string>) | null;
}

export async function pick(deps: Deps, input: PickInput): Promise<ApplyOutcome> {
  if (input.fetch) await fetchAll(deps);
  const outcome = await withReconciled(deps, (workspace) => pickOnce(workspace, input));
  if (outcome.kind !== "stale") return outcome;
  // Somebody was quicker: if it was the same pick, all is well.
  const again = await withReconciled(deps, (workspace) =>
    makePlan(workspace, { ...input, options: outcome.plan.options, lookOnly: true }),
  );
  const isThere = again.lines.every(({ firstFailure, result, onto }) => firstFailure === null && result === onto);
  if (!isThere) return outcome;
  return withReconciled(deps, (workspace) => execute(workspace, again, { ...input, push: false }));
}

async function pickOnce(workspace: Workspace, input: PickInput): Promise<ApplyOutcome> {
  let plan = await makePlan(workspace, { ...input, lookOnly: false });
  if (input.edit !== null) {
    const messages = await editMessages(workspace, plan, input.edit);
    plan = await makePlan(workspace, { ...input, lookOnly: false, options: { ...input.options, messages } });
  }
  if (!(await input.confirm(plan, () => forbiddenLines(workspace, plan, input)))) return { kind: "declined", plan };
  const some = plan.sources.some(({ neededBy }) => neededBy.length > 0);
  if (input.confirmPick !== null && (some || plan.lines.some(({ line }) => input.each || line.confirm === "each"))) {
    const asked = await askEach(workspace, plan, input.each, input.confirmPick);
    if (asked === null) return { kind: "declined", plan };
    plan = asked;
  }
  const outcome = await execute(workspace, plan, input);
  savePending(workspace.repository, outcome);
  return outcome;
}

/** Opens each message that will be used, once. */
async function editMessages(
  { scratch }: Workspace,
  plan: Plan,
  edit: (message: string) => Promise<string>,
): Promise<Record<string, string>> {
  const messages: Record<string, string> = {};
  for (const { commit } of plan.sources) {
    const used = plan.lines.some(({ picks }) =>
      picks.some(({ source, outcome }) => source === commit && outcome.kind === "clean"),
    );
    const stored = used ? await scratch.reader.commit(commit) : null;
    if (stored !== null) messages[commit] = await edit(readable(inUtf8(stored).message));
  }
  return messages;
}

/** Computes the plan once more, asking for each pick; those declined are left out. Null: the person quit. */
async function askEach(
  workspace: Workspace,
  plan: Plan,
  each: boolean,
  confirmPick: (question: PickQuestion) => Promise<Answer>,
): Promise<Plan | null> {
  let quit = false;
  const lines = await computeLines(workspace, {
    ...computationOf(plan),
    approve: async (line, pick, before, after) => {
      if (quit) return false;
      const source = plan.sources.find(({ commit }) => commit === pick.source);
      if (source === undefined || (!each && line.confirm !== "each" && source.neededBy.length === 0)) return true;
      const answer = await confirmPick({
        line: line.name,
        pick,
        source,
        diff: await patchBetween(workspace.scratch, before, after),
      });
      quit = answer === "quit";
      return answer === "yes";
    },
  });
  return quit ? null : { ...plan, lines };
}
