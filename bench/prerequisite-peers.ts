// What peers say a pick needs, without trying it: blame of the touched lines (git-deps), and every commit on the
// conflicted files that the line lacks (the backport tool's hint).
import type { Conflict } from "../src/apply/tree-merge.ts";
import { touchedPaths } from "../src/apply/touched.ts";
import type { MergeEngine } from "../src/apply/merge.ts";
import { fileHunks } from "../src/git/file-hunks.ts";
import { isRegular } from "../src/object/tree.ts";
import type { Ground } from "../src/usecase/needs/propose-prerequisites.ts";

/**
 * git-deps' method: blame of the lines that the commit removes and of one line of context around each of its hunks.
 * Only commits that the line lacks are named.
 */
export async function byBlameAlone(engine: MergeEngine, ground: Ground, source: string): Promise<string[]> {
  const { reader } = engine.scratch;
  const commit = await reader.commit(source);
  const parent = commit?.parents[0] ?? "";
  const base = await reader.commit(parent);
  if (commit === null || base === null) return [];
  const files = (await touchedPaths(engine.tree, base.tree, commit.tree)).flatMap(({ path, before, after }) =>
    before !== null && after !== null && isRegular(before.mode) && isRegular(after.mode)
      ? [{ path, before, after }]
      : [],
  );
  const hunks = await fileHunks(
    engine.scratch,
    files.map(({ before, after }) => [before, after] as const),
  );
  const lines = await Promise.all(
    files.map(({ path }, n) => {
      const ranges = (hunks[n] ?? []).map(({ start, removed }) => ({
        start: Math.max(0, start - 1),
        end: start + removed.length + 1,
      }));
      return ground.history.blame(parent, path, ranges);
    }),
  );
  return [...new Set(lines.flat().map((one) => one.commit))].filter(ground.lacks);
}

/** Every commit that changed a conflicted file and that the line lacks. */
export async function bySameFile(ground: Ground, conflicts: readonly Conflict[]): Promise<string[]> {
  const changes = await ground.history.changes(conflicts.map(({ path }) => path));
  return [...new Set(changes.map(({ commit }) => commit))].filter(ground.lacks);
}
