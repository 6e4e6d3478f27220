// Whether a person resolved conflicts where they were: in a text only inside the regions, elsewhere by taking one side.
// Conflicts and what landed at their paths in, a verdict for each path out.
import { isRegular, type TreeEntry } from "../object/tree.ts";
import { quotePath } from "../object/path.ts";
import type { AddedHunk } from "../wire/class.ts";
import type { Difference } from "./added-hunks.ts";
import { markerLines } from "./markers.ts";
import { insideRegions, mergedTexts, theirsTaken, type MergedText } from "./merged-text.ts";
import type { MergeEngine } from "./merge.ts";
import type { Conflict } from "./tree-merge.ts";

export interface LandedConflict {
  readonly conflict: Conflict;
  /** What the computed pick and the landed commit hold at the path. */
  readonly computed: TreeEntry | null;
  readonly landed: TreeEntry | null;
  readonly overwritten: boolean;
}

export interface Settled {
  /** Null: resolved as a conflict may be. */
  readonly difference: Difference | null;
  /** Lines in the regions that neither side holds, and those of the source that were dropped. */
  readonly inside: readonly AddedHunk[];
  /** A blob that may stand at another path too; null if there is none. */
  readonly elsewhere: string | null;
}

/** For each list of conflicts one of verdicts, in order. Texts are merged once more, all of them together. */
export async function settleConflicts(
  engine: MergeEngine,
  lists: readonly (readonly LandedConflict[])[],
): Promise<Settled[][]> {
  const all = lists.flat();
  const texts = all.filter(isAboutText);
  const merged = await mergedTexts(
    engine.scratch,
    texts.map(({ conflict }) => conflict),
  );
  const settled = await Promise.all(all.map((one) => settle(engine, one, merged[texts.indexOf(one)] ?? null)));
  let next = 0;
  return lists.map((list) => settled.slice(next, (next += list.length)));
}

function isAboutText({ conflict: { ours, theirs, types }, overwritten }: LandedConflict): boolean {
  if (overwritten || ours === null || theirs === null || types.some((type) => /binary/.test(type))) return false;
  return isRegular(ours.mode) && isRegular(theirs.mode);
}

async function settle(engine: MergeEngine, one: LandedConflict, merged: MergedText | null): Promise<Settled> {
  const { conflict, computed, landed, overwritten } = one;
  const { path, ours, theirs } = conflict;
  const fine: Settled = { difference: null, inside: [], elsewhere: null };
  const differs = (before: TreeEntry | null, own: Difference["own"] = null): Settled => ({
    ...fine,
    difference: { path, before, after: landed, own },
  });
  if (overwritten) return differs(computed);
  if (landed === null) {
    if (ours !== null && theirs !== null) return differs(computed);
    const moved = conflict.types.some((type) => /file location|directory rename/.test(type));
    return { ...fine, elsewhere: moved ? ((ours ?? theirs)?.oid ?? null) : null };
  }
  if (merged === null) {
    const sides = [ours, theirs].filter((stage) => stage !== null);
    const took = sides.some((stage) => stage.oid === landed.oid && stage.mode === landed.mode);
    if (took && !(await holdsMarkers(engine, landed, conflict))) return fine;
    return differs(sides.find(({ mode }) => mode === landed.mode) ?? sides[0] ?? computed);
  }
  const body = await bodyOf(engine, landed);
  const inside = body === null ? null : insideRegions(merged, body);
  const taken = theirsTaken(engine.scratch, merged, modesOf(conflict)[0] ?? landed.mode);
  if (inside === null || !modesOf(conflict).includes(landed.mode) || (await holdsMarkers(engine, landed, conflict)))
    return differs(taken.entry, { lines: merged.own, spans: taken.spans });
  return { ...fine, inside: inside.map((hunk) => ({ path: quotePath(path), ...hunk })) };
}

/** Modes that a resolution may have: git's own choice, or either side's where both changed it. */
function modesOf({ base, ours, theirs }: Conflict): string[] {
  const [before, left, right] = [base?.mode, ours?.mode ?? "", theirs?.mode ?? ""];
  if (left === right || right === before) return [left];
  return left === before ? [right] : [left, right];
}

async function holdsMarkers(engine: MergeEngine, landed: TreeEntry, conflict: Conflict): Promise<boolean> {
  if (!isRegular(landed.mode)) return false;
  const body = await bodyOf(engine, landed);
  if (body === null) return false;
  if (isNested(body)) return true;
  const stages = [conflict.base, conflict.ours, conflict.theirs].filter((stage) => stage !== null);
  const sides = await Promise.all(stages.map((stage) => bodyOf(engine, stage)));
  const known = sides.filter((side) => side !== null).filter((side) => !isNested(side));
  return markerLines(body, known).length > 0;
}

/** Where both sides moved a file, git merges into the stages: their markers, labelled with commits, excuse none.
 * They are longer than others. */
function isNested(side: Buffer): boolean {
  return /^[<>]{7,} [0-9a-f]{40,64}(?::|\r?$)/m.test(side.toString("latin1"));
}

async function bodyOf(engine: MergeEngine, { oid }: { readonly oid: string }): Promise<Buffer | null> {
  const found = await engine.scratch.reader.read(oid);
  return found?.type === "blob" ? found.body : null;
}
