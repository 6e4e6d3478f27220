// A series of picks on one line, on its way through resolutions.
import type { ResolutionState } from "../../apply/resolution.ts";
import type { Line } from "../../wire/line.ts";
import type { Plan, Source } from "../../wire/plan.ts";

/** A series with what it has landed, before it is known whether more conflicts come. */
export interface Series {
  readonly line: Line;
  readonly target: ResolutionState["target"];
  readonly sources: readonly Source[];
  readonly plan: Pick<Plan, "committer" | "options">;
  readonly landed: ResolutionState["landed"];
  readonly tip: string;
  /** Position of the next commit to pick. */
  readonly next: number;
}
