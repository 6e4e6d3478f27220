// What a conflicted pick would give if every conflict were resolved in favour of the commit that is picked. A
// counterfactual to reason with; it never lands anywhere.
import { mergeForTheirs } from "../git/merge-file.ts";
import type { BytePath } from "../object/path.ts";
import { isRegular, type TreeEntry } from "../object/tree.ts";
import type { MergeEngine } from "./merge.ts";
import type { Conflict, TreeMerge } from "./tree-merge.ts";

/** Conflicted files that are merged once more; a pick with more of them is nobody's prerequisite. */
const MAX_PATHS = 40;

/** The tree, or null where there are too many conflicts. */
export async function settleForTheirs(
  engine: MergeEngine,
  { tree, conflicts }: Extract<TreeMerge, { kind: "conflict" }>,
): Promise<string | null> {
  if (conflicts.length > MAX_PATHS) return null;
  const settled = await Promise.all(conflicts.map((conflict) => settle(engine, conflict)));
  return engine.splice(tree, new Map(settled));
}

async function settle(engine: MergeEngine, conflict: Conflict): Promise<[BytePath, TreeEntry | null]> {
  const { path, base, ours, theirs } = conflict;
  if (theirs === null) return [path, base === null && ours !== null ? { mode: ours.mode, oid: ours.oid } : null];
  const taken: TreeEntry = { mode: theirs.mode, oid: theirs.oid };
  if (base === null || ours === null || ![base, ours, theirs].every(({ mode }) => isRegular(mode)))
    return [path, taken];
  const oid = await mergeForTheirs(engine.scratch, { base: base.oid, ours: ours.oid, theirs: theirs.oid });
  return [path, oid === null ? taken : { mode: theirs.mode, oid }];
}
