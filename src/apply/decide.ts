// Decides, path by path, how a patch lands on another tree, and when that question needs git's whole merge.
//
// The merge of trees base, ours, theirs touches only the paths of base..theirs, unless a rename or a directory rename
// is involved. Where these rules exclude every rename that could matter, the merge is: take theirs where ours equals
// base, keep ours where it equals theirs, merge contents where both sides changed a file. Everything else is
// `structural` and goes to git as whole trees. The rules follow merge-ort (git's merge-ort.c): a path can be the source
// of a rename only if it is gone on that side, and a directory only if it is gone on that side.
import { isRegular, MODE_TREE, type TreeEntry } from "../object/tree.ts";
import { ancestors, type BytePath } from "../object/path.ts";
import { lookUp, type Touched, type TreeSource } from "./touched.ts";

export interface ContentMerge {
  readonly path: BytePath;
  readonly base: TreeEntry;
  readonly ours: TreeEntry;
  readonly theirs: TreeEntry;
}

export type Decision =
  | {
      readonly kind: "by-path";
      /** Entries to set in ours; null removes the path. */
      readonly take: ReadonlyMap<BytePath, TreeEntry | null>;
      readonly merge: readonly ContentMerge[];
    }
  | { readonly kind: "structural" };

const STRUCTURAL: Decision = { kind: "structural" };

export interface Sides {
  /** Root trees. */
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

/** Decides for the paths touched from base to theirs. */
export async function decide(trees: TreeSource, sides: Sides, touched: readonly Touched[]): Promise<Decision> {
  const at = await Promise.all(touched.map(({ path }) => lookUp(trees, sides.ours, path)));
  const take = new Map<BytePath, TreeEntry | null>();
  const merge: ContentMerge[] = [];
  for (const [index, { path, before, after }] of touched.entries()) {
    const ours = at[index] ?? null;
    if (before === null) {
      if (same(ours, after)) continue; // both added the same
      if (ours !== null) return STRUCTURAL; // add/add, or a directory in the way
      take.set(path, after);
    } else if (ours === null) {
      return STRUCTURAL; // gone on our side: deleted or renamed
    } else if (same(ours, before)) {
      take.set(path, after);
    } else if (same(ours, after)) {
      continue;
    } else if (after !== null && [before, ours, after].every(({ mode }) => isRegular(mode))) {
      merge.push({ path, base: before, ours, theirs: after });
    } else {
      return STRUCTURAL; // modify/delete, symlinks, submodules, types
    }
  }
  const added = touched.filter(({ before }) => before === null);
  const deleted = touched.filter(({ after }) => after === null);
  const excluded = await Promise.all([
    ...added.map(({ path }) => directoryStands(trees, sides, path)),
    // Without an addition nothing on their side can be the target of a rename.
    ...(added.length === 0 ? [] : deleted.map(({ path }) => removedDirectoryIsUnchanged(trees, sides, path))),
  ]);
  return excluded.every(Boolean) ? { kind: "by-path", take, merge } : STRUCTURAL;
}

function same(a: TreeEntry | null, b: TreeEntry | null): boolean {
  return a === null || b === null ? a === b : a.oid === b.oid && a.mode === b.mode;
}

/** No directory above an added path was renamed or replaced by a file on our side. */
async function directoryStands(trees: TreeSource, { base, ours }: Sides, path: BytePath): Promise<boolean> {
  for (const directory of ancestors(path)) {
    const here = await lookUp(trees, ours, directory);
    if (here?.mode === MODE_TREE) continue;
    if (here !== null) return false;
    return (await lookUp(trees, base, directory)) === null; // new on their side, with all below it
  }
  return true;
}

/** A directory that theirs removed holds nothing of ours that a directory rename would carry along. */
async function removedDirectoryIsUnchanged(trees: TreeSource, sides: Sides, path: BytePath): Promise<boolean> {
  for (const directory of ancestors(path)) {
    const there = await lookUp(trees, sides.theirs, directory);
    if (there?.mode === MODE_TREE) continue;
    return same(await lookUp(trees, sides.ours, directory), await lookUp(trees, sides.base, directory));
  }
  return true;
}
