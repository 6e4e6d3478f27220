// Which renames git followed to make a whole-tree merge clean.
import { renames } from "../git/diff.ts";
import type { Scratch } from "../git/scratch.ts";
import type { BytePath } from "../object/path.ts";
import type { MergeEngine } from "./merge.ts";
import type { Touched } from "./touched.ts";

export interface Rename {
  readonly from: BytePath;
  readonly to: BytePath;
}

/**
 * Paths that the patch names otherwise than the line, as `from` (in the patch) and `to` (on the line). Rename detection
 * runs only if the merge changed a path that the patch does not name.
 */
export async function followedRenames(
  scratch: Scratch,
  engine: MergeEngine,
  sides: { readonly base: string; readonly ours: string; readonly theirs: string },
  touched: readonly Touched[],
  changed: readonly Touched[],
): Promise<Rename[]> {
  const named = new Set(touched.map(({ path }) => path));
  const unnamed = new Set(changed.map(({ path }) => path).filter((path) => !named.has(path)));
  if (unnamed.size === 0) return [];
  engine.publish(sides.ours);
  const found = await renames(scratch, sides.base, sides.ours);
  return found.filter(({ from, to }) => named.has(from) && unnamed.has(to));
}
