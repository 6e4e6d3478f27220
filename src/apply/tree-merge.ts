// What a merge of trees is asked and answers.
import type { Mode } from "../object/tree.ts";
import type { BytePath } from "../object/path.ts";
import { isAppError } from "../error.ts";
import type { Decision, Sides } from "./decide.ts";
import type { Touched } from "./touched.ts";

export interface Stage {
  readonly mode: Mode;
  readonly oid: string;
  readonly path: BytePath;
}

export interface Conflict {
  readonly path: BytePath;
  /** git's short types of the messages about this path, without `Auto-merging`. */
  readonly types: readonly string[];
  readonly base: Stage | null;
  readonly ours: Stage | null;
  readonly theirs: Stage | null;
}

export type TreeMerge =
  | { readonly kind: "clean"; readonly tree: string; readonly touched: readonly Touched[]; readonly whole: boolean }
  | {
      readonly kind: "conflict";
      /** The merged tree with conflict markers in files, as git makes it; what a resolution starts from. */
      readonly tree: string;
      readonly touched: readonly Touched[];
      /** Whether git merged the whole trees, renames and all. */
      readonly whole: boolean;
      readonly conflicts: readonly Conflict[];
    }
  /** Objects that the merge needs are not in the repository. */
  | { readonly kind: "missing"; readonly objects: readonly string[]; readonly detail: string };

export interface Task {
  readonly sides: Sides;
  readonly touched: readonly Touched[];
  readonly decision: Decision;
}

/** An object that is missing concerns this merge alone: it is its answer. */
export async function orMissing<T>(work: Promise<T>): Promise<T | Extract<TreeMerge, { kind: "missing" }>> {
  try {
    return await work;
  } catch (error) {
    if (!isAppError(error, "object-missing")) throw error;
    return { kind: "missing", objects: [String(error.data["object"])], detail: error.message };
  }
}
