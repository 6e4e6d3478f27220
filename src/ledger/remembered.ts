// The tips of logs that were seen to hold: a log that is behind them later was rolled back.
import { readState, statePath, STATE_SCHEMA, writeState } from "../apply/state.ts";
import type { Repository } from "../git/repository.ts";

interface Remembered {
  readonly schema: string;
  /** Line to log commit; "" is the trust log. */
  readonly tips: Readonly<Record<string, string>>;
}

const pathOf = (repository: Repository): string => statePath(repository, "ledger-tips.json");

export function rememberedTips(repository: Repository): Readonly<Record<string, string>> {
  return readState<Remembered>(pathOf(repository))?.tips ?? {};
}

/** Call it with tips that were verified; those of other lines stay. */
export function rememberTips(repository: Repository, tips: Readonly<Record<string, string>>): void {
  const known = rememberedTips(repository);
  if (Object.entries(tips).every(([line, tip]) => known[line] === tip)) return;
  writeState(pathOf(repository), { schema: STATE_SCHEMA, tips: { ...known, ...tips } });
}
