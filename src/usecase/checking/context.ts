// What a check is told beside the commits: what the ledger holds, and whether verify commands run.
import type { Waiver } from "../../policy/evaluate.ts";
import type { Problem, Recorded } from "../../policy/rule.ts";
import type { Line } from "../../wire/line.ts";
import type { Workspace } from "../workspace.ts";
import type { VerifyOptions } from "../verifying/verify-trees.ts";

export interface CheckContext {
  /** The line's tip before the ledger began; null without one. What was there is history. */
  readonly baseline: string | null;
  /** Landed commit to the sources that its record names. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  /** Landed commit to what else its record says. */
  readonly records: ReadonlyMap<string, Recorded>;
  /** Commit to the principals whose valid approvals cover its result. */
  readonly approvals: ReadonlyMap<string, readonly string[]>;
  readonly waivers: readonly Waiver[];
  /** Where the line's ledger does not hold. */
  readonly ledger: readonly Problem[];
  readonly movedTags: readonly Problem[];
  /** Null: nothing is run. */
  readonly verify: VerifyOptions | null;
}

/** What the ledger says of a line. */
export function contextOf(_workspace: Workspace, _line: Line, verify: VerifyOptions | null): Promise<CheckContext> {
  return Promise.resolve({ ...NO_CONTEXT, verify });
}

/** A repository without a ledger. */
export const NO_CONTEXT: CheckContext = {
  baseline: null,
  sources: new Map(),
  records: new Map(),
  approvals: new Map(),
  waivers: [],
  ledger: [],
  movedTags: [],
  verify: null,
};
