// What people said of symbol alarms, kept with Morello's state: how often the rules are right is then known, and nobody
// is asked twice.
import type { Repository } from "../git/repository.ts";
import { readState, statePath, STATE_SCHEMA, writeState } from "./state.ts";

export interface SymbolJudgement {
  /** The source commit of the pick. */
  readonly source: string;
  readonly rule: string;
  readonly name: string;
  /** Quoted, as in the alarm. */
  readonly path: string;
  /** `accepted`: the alarm is right. `overridden`: it was picked all the same. */
  readonly verdict: "accepted" | "overridden";
  readonly reason: string;
  /** Unix seconds. */
  readonly at: number;
}

interface Stored {
  readonly schema: string;
  readonly judgements: readonly SymbolJudgement[];
}

const pathOf = (repository: Repository): string => statePath(repository, "symbol-judgements.json");

/** Oldest first. Throws `state-invalid`. */
export function readSymbolJudgements(repository: Repository): readonly SymbolJudgement[] {
  return readState<Stored>(pathOf(repository))?.judgements ?? [];
}

/** Adds judgements; a later one of the same alarm replaces an earlier one. Throws what `writeState` throws. */
export function recordSymbolJudgements(repository: Repository, added: readonly SymbolJudgement[]): void {
  const keyed = new Map([...readSymbolJudgements(repository), ...added].map((one) => [judgementKey(one), one]));
  writeState(pathOf(repository), { schema: STATE_SCHEMA, judgements: [...keyed.values()] } satisfies Stored);
}

/** Names an alarm, whatever line the pick goes to. */
export function judgementKey({ source, rule, name, path }: Omit<SymbolJudgement, "verdict" | "reason" | "at">): string {
  return [source, rule, name, path].join("\0");
}
