// What stopped and was not finished, line by line, so that `morello resolve LINE` knows what was asked.
import type { Repository } from "../git/repository.ts";
import type { ApplyOutcome } from "../wire/outcome.ts";
import type { Plan, PlannedLine } from "../wire/plan.ts";
import { listState, removeState, statePath, STATE_SCHEMA, writeState } from "./state.ts";

/** A line on which a pick stopped, with the plan that it was part of; the plan's other lines are left out. */
export interface Pending {
  readonly schema: string;
  readonly kind: "pending";
  readonly line: PlannedLine;
  readonly plan: Omit<Plan, "lines">;
}

const pathOf = (repository: Repository, line: string): string =>
  statePath(repository, "pending", `${encodeURIComponent(line)}.json`);

/** Remembers the lines that stopped, and forgets those that went through. Other lines' memories stay. */
export function savePending(repository: Repository, outcome: ApplyOutcome): void {
  if (outcome.kind !== "stopped" && outcome.kind !== "applied") return;
  const { lines, ...plan } = outcome.plan;
  for (const line of lines) {
    if (line.firstFailure === null) forgetPending(repository, line.line.name);
    else
      writeState(pathOf(repository, line.line.name), {
        schema: STATE_SCHEMA,
        kind: "pending",
        line,
        plan,
      } satisfies Pending);
  }
}

/** In the order of the lines' names. */
export function listPending(repository: Repository): Pending[] {
  return listState<Pending>(statePath(repository, "pending"));
}

export function forgetPending(repository: Repository, line: string): void {
  removeState(pathOf(repository, line));
}
