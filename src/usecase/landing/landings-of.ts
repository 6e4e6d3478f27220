// The lines of a plan as they will land -> what policy is asked about and the ledger is told.
import type { PlannedLine, Plan } from "../../wire/plan.ts";
import type { VerifyResult } from "../../wire/verify.ts";
import type { LandedPick, Landing } from "../recording/landing.ts";
import type { CheckedLanding } from "./check-landing.ts";

interface Landed {
  readonly planned: PlannedLine;
  /** Landed commits by source commit. */
  readonly landed: ReadonlyMap<string, string>;
  readonly tip: string;
}

/** What lands on lines. Branches of `--to-branch` are proposals: nothing lands yet. */
export function landingsOf(plan: Plan, lines: readonly Landed[]): Landing[] {
  if (plan.options.toBranch !== null) return [];
  return lines.map(({ planned, landed, tip }) => {
    let base = planned.onto;
    let resultTree = "";
    const picks = planned.picks.flatMap(({ source, from, outcome, standing }): LandedPick[] => {
      const commit = landed.get(source);
      if (outcome.kind !== "clean" || commit === undefined) return [];
      const pick = { source, from, base, commit, tree: outcome.tree };
      base = commit;
      resultTree = outcome.tree;
      const reason = plan.options.trailers.find(({ key }) => key === "Reason")?.value ?? null;
      const revertedBy = standing?.revertedBy?.commit ?? null;
      return [{ ...pick, class: "exact", conflicted: [], reason, reach: "trusted", revertedBy }];
    });
    const common = { line: planned.line.name, target: planned.target.refname, base: planned.onto, result: tip };
    return { ...common, resultTree, picks, approvals: [], waivers: [], verify: null };
  });
}

/** A landing with what was found out about it while it was unsigned. */
export function withVerdict(
  landing: Landing,
  checked: ReadonlyMap<string, CheckedLanding>,
  verdicts: ReadonlyMap<string, VerifyResult>,
): Landing {
  const found = checked.get(landing.line)?.landing;
  const verdict = verdicts.get(landing.line);
  return {
    ...landing,
    picks: landing.picks.map((pick, n) => ({ ...pick, reach: found?.picks[n]?.reach ?? pick.reach })),
    approvals: found?.approvals ?? [],
    waivers: found?.waivers ?? [],
    verify: verdict === undefined ? null : { command: verdict.command, kind: verdict.kind },
  };
}
