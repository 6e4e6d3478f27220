// Tells a line that never had the code from one where the code is in conflict.
import type { BytePath } from "../object/path.ts";
import type { TreeMerge } from "./tree-merge.ts";
import { lookUp, type TreeSource } from "./touched.ts";

/**
 * The files that a patch changes and the line does not have, if that is all of them: then there is nothing to apply it
 * to. Null if at least one is there, under its own name or another, or if the patch only adds files.
 */
export async function isNotApplicable(
  trees: TreeSource,
  sides: { readonly ours: string },
  merge: Extract<TreeMerge, { kind: "conflict" }>,
): Promise<BytePath[] | null> {
  const changed = merge.touched.filter(({ before }) => before !== null).map(({ path }) => path);
  if (changed.length === 0 || merge.conflicts.some(({ ours }) => ours !== null)) return null;
  const found = await Promise.all(changed.map((path) => lookUp(trees, sides.ours, path)));
  return found.every((entry) => entry === null) ? changed : null;
}
