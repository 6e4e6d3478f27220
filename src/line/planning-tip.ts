// Where a line is planned on when the local branch and its upstream are not the same.
import { AppError } from "../error.ts";

/** How a local branch stands to its upstream. */
export type Relation = "equal" | "ahead" | "behind" | "diverged";

export interface PlanningTip {
  readonly tip: string;
  readonly plannedOn: "local" | "upstream";
  /**
   * What becomes of commits that only the local branch has: there are none, they stay below the picks, or they are not
   * part of the plan. Left out, the local branch cannot be advanced without losing them.
   */
  readonly localCommits: "none" | "kept" | "left-out";
}

/** Names the relation from the counts of `git rev-list --left-right --count local...upstream`. */
export function relationOf(ahead: number, behind: number): Relation {
  if (ahead === 0) return behind === 0 ? "equal" : "behind";
  return behind === 0 ? "ahead" : "diverged";
}

/**
 * Chooses the commit to plan on. A branch ahead holds unpushed picks or a person's commits, on top of everything the
 * upstream has: they must not be lost, and a second run must find its own picks, so the local tip is taken. Behind or
 * diverged, what others published counts, and the upstream's tip is taken. With one side only, that side.
 */
export function planningTip(local: string | null, upstream: string | null, relation: Relation): PlanningTip {
  if (local !== null && (upstream === null || relation === "equal" || relation === "ahead")) {
    return {
      tip: local,
      plannedOn: "local",
      localCommits: upstream !== null && relation === "ahead" ? "kept" : "none",
    };
  }
  if (upstream === null) throw new AppError("internal", "A line has neither a local branch nor a remote-tracking ref");
  return {
    tip: upstream,
    plannedOn: "upstream",
    localCommits: local !== null && relation === "diverged" ? "left-out" : "none",
  };
}
