// What the last run could not finish, so that `morello resolve LINE` knows what was asked.
import type { Repository } from "../git/repository.ts";
import type { ApplyOutcome } from "../wire/outcome.ts";
import type { Plan } from "../wire/plan.ts";
import { readState, removeState, statePath, STATE_SCHEMA, writeState } from "./state.ts";

interface Pending {
  readonly schema: string;
  readonly kind: "pending";
  readonly plan: Plan;
}

const pathOf = (repository: Repository): string => statePath(repository, "pending.json");

/** Remembers a stopped run; a run that went through takes the memory away. */
export function savePending(repository: Repository, outcome: ApplyOutcome): void {
  if (outcome.kind === "stopped") writeState(pathOf(repository), { schema: STATE_SCHEMA, kind: "pending", plan: outcome.plan } satisfies Pending);
  else if (outcome.kind === "applied") removeState(pathOf(repository));
}

export function readPending(repository: Repository): Plan | null {
  return readState<Pending>(pathOf(repository))?.plan ?? null;
}
