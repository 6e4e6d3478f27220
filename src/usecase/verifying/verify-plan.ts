// Verifies what a plan would make of its lines: the trees of their last picks.
import type { Plan, PlannedLine } from "../../wire/plan.ts";
import type { VerifyResult } from "../../wire/verify.ts";
import { computeLines } from "../picks/compute-picks.ts";
import { computationOf } from "../picks/recompute.ts";
import { verifyTrees, type VerifyOptions } from "./verify-trees.ts";
import { withWorkspace, type Deps, type Workspace } from "../workspace.ts";

/** `morello plan --verify`: the picks are made once more, and their lines' commands run on them; no ref moves. */
export function verifyPlan(deps: Deps, plan: Plan, options: VerifyOptions): Promise<VerifyResult[]> {
  return withWorkspace(deps, async (workspace) => {
    const lines = await computeLines(workspace, computationOf(plan));
    return verifyPlanned(
      workspace,
      lines.filter(({ firstFailure }) => firstFailure === null),
      options,
    );
  });
}

/** Verifies lines whose picks were computed in this workspace; those without a clean pick have nothing to verify. */
export function verifyPlanned(
  workspace: Workspace,
  lines: readonly PlannedLine[],
  options: VerifyOptions,
): Promise<VerifyResult[]> {
  const subjects = lines.flatMap(({ line, picks }) => {
    const clean = picks.flatMap(({ source, outcome }) =>
      outcome.kind === "clean" ? [{ source, tree: outcome.tree }] : [],
    );
    const tree = clean.at(-1)?.tree;
    if (tree === undefined) return [];
    workspace.engine.publish(tree);
    return [{ line, tree, sources: clean.map(({ source }) => source) }];
  });
  return verifyTrees(workspace, subjects, options);
}
