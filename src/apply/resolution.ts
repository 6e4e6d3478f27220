// The state of a resolution: one line's series, stopped at a conflict that a person is resolving.
import type { Repository } from "../git/repository.ts";
import type { Identity } from "../wire/basic.ts";
import type { Line } from "../wire/line.ts";
import type { ConflictKind, PickOptions, Source } from "../wire/plan.ts";
import { listState, readState, removeState, statePath, STATE_SCHEMA, writeState } from "./state.ts";

export interface ResolutionStage {
  readonly mode: string;
  readonly oid: string;
}

export interface ResolutionPath {
  /** As `quotePath` gives it. */
  readonly path: string;
  readonly kind: ConflictKind;
  readonly base: ResolutionStage | null;
  readonly ours: ResolutionStage | null;
  readonly theirs: ResolutionStage | null;
}

export interface ResolutionState {
  readonly schema: string;
  readonly kind: "resolution";
  readonly line: Line;
  readonly target: { readonly refname: string; readonly expected: string | null };
  readonly sources: readonly Source[];
  readonly options: PickOptions;
  readonly committer: Identity;
  /** Position in `sources` of the commit in conflict. */
  readonly at: number;
  /** The commit whose patch it is: the source, or a pick of it on a newer line. */
  readonly from: string;
  /** Picks made so far, and the tip they end in. */
  readonly landed: readonly { readonly source: string; readonly commit: string }[];
  readonly tip: string;
  readonly worktree: string;
  /** False while the work tree is being filled: what is in it then is nobody's. */
  readonly laid: boolean;
  /** The merged tree that was laid out, with markers. */
  readonly tree: string;
  readonly paths: readonly ResolutionPath[];
}

const pathOf = (repository: Repository, line: string): string =>
  statePath(repository, "resolutions", `${encodeURIComponent(line)}.json`);

/** A plus sign stands for a slash: no other name gives the same directory. */
export function worktreeOf(repository: Repository, line: string): string {
  return statePath(repository, "worktrees", encodeURIComponent(line).replaceAll("%2F", "+"));
}

export function saveResolution(
  repository: Repository,
  state: Omit<ResolutionState, "schema" | "kind">,
): ResolutionState {
  const whole: ResolutionState = { schema: STATE_SCHEMA, kind: "resolution", ...state };
  writeState(pathOf(repository, state.line.name), whole);
  return whole;
}

export function readResolution(repository: Repository, line: string): ResolutionState | null {
  return readState<ResolutionState>(pathOf(repository, line));
}

export function listResolutions(repository: Repository): ResolutionState[] {
  return listState<ResolutionState>(statePath(repository, "resolutions"));
}

export function removeResolution(repository: Repository, line: string): void {
  removeState(pathOf(repository, line));
}
