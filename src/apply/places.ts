// Whether a landed commit changes a file where the computed pick would change it, whatever either writes there.
import { fileHunks, type FileVersion } from "../git/file-hunks.ts";
import { isRegular } from "../object/tree.ts";
import type { Hunk } from "../prerequisite/hunk.ts";
import type { Landed } from "./class.ts";
import type { MergeEngine } from "./merge.ts";
import { touchedPaths, type Touched } from "./touched.ts";

/** Lines between two changes that still are one place: what git shows around a change. */
const NEAR = 3;

export async function meetsPlaces(engine: MergeEngine, { onto, tree }: Landed, computed: string): Promise<boolean> {
  const [wanted, made] = await Promise.all([
    touchedPaths(engine.tree, onto, computed),
    touchedPaths(engine.tree, onto, tree),
  ]);
  const pairs = wanted.flatMap((want) => {
    const make = made.find(({ path }) => path === want.path);
    return make === undefined ? [] : [{ want, make }];
  });
  const texts = pairs.map(({ want, make }) => [textOf(want), textOf(make)] as const);
  // A file that is added, deleted, binary or of another mode is one place.
  if (texts.some(([want, make]) => want === null || make === null)) return true;
  const versions = texts.flatMap(([want, make]) => (want === null || make === null ? [] : [want, make]));
  const hunks = await fileHunks(engine.scratch, versions);
  return pairs.some((_, n) => {
    const [want, make] = [hunks[2 * n] ?? [], hunks[2 * n + 1] ?? []];
    if (want.length === 0 || make.length === 0) return true;
    return want.some((one) => make.some((other) => areNear(one, other)));
  });
}

function textOf({ before, after }: Touched): readonly [FileVersion, FileVersion] | null {
  if (before === null || after === null || before.mode !== after.mode || !isRegular(before.mode)) return null;
  return [before, after];
}

function areNear(a: Hunk, b: Hunk): boolean {
  return a.start <= b.start + b.removed.length + NEAR && b.start <= a.start + a.removed.length + NEAR;
}
