// What people say of symbol alarms is remembered: they are right, or the line does without.
import { recordSymbolJudgements, type SymbolJudgement } from "../../apply/symbol-judgements.ts";
import { AppError } from "../../error.ts";
import { openRepository } from "../../git/repository.ts";
import type { Plan } from "../../wire/plan.ts";
import type { Deps } from "../workspace.ts";

export interface AlarmJudgement {
  /** The name that alarms are about. */
  readonly name: string;
  readonly verdict: SymbolJudgement["verdict"];
  readonly reason: string;
}

/** Remembers judgements of a plan's alarms, and gives the plan with them. Throws `usage` for a name without an alarm. */
export async function judgeAlarms(deps: Deps, plan: Plan, judgements: readonly AlarmJudgement[]): Promise<Plan> {
  if (judgements.length === 0) return plan;
  const repository = await openRepository(deps.cwd, deps.environment);
  const said = new Map(judgements.map((judgement) => [judgement.name, judgement]));
  const recorded: SymbolJudgement[] = [];
  const lines = plan.lines.map((line) => ({
    ...line,
    picks: line.picks.map((pick) => {
      if (pick.symbols === null) return pick;
      const alarms = pick.symbols.alarms.map((alarm) => {
        const judgement = said.get(alarm.name);
        if (judgement === undefined) return alarm;
        const { verdict, reason } = judgement;
        const { rule, name } = alarm;
        recorded.push({ source: pick.from, rule, name, path: alarm.use.path, verdict, reason, at: deps.now });
        return { ...alarm, judged: verdict };
      });
      return { ...pick, symbols: { ...pick.symbols, alarms } };
    }),
  }));
  const unknown = judgements.find(({ name }) => !recorded.some((one) => one.name === name));
  if (unknown !== undefined)
    throw new AppError("usage", `There is no alarm about '${unknown.name}' to judge`, {
      hint: "name it as the plan shows it",
    });
  recordSymbolJudgements(repository, recorded);
  return { ...plan, lines };
}
