// A patch as paths: which entries differ between two trees. Directories with equal IDs are never opened.
import { AppError } from "../error.ts";
import { MODE_TREE, type Tree, type TreeEntry } from "../object/tree.ts";
import type { BytePath } from "../object/path.ts";

/** Gives a directory by its ID, or null if the repository lacks it. */
export type TreeSource = (oid: string) => Promise<Tree | null>;

export interface Touched {
  readonly path: BytePath;
  /** Null: not there. Never a directory. */
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
}

const EMPTY: Tree = new Map();

/** Reads a directory that must be there. Throws `object-missing`. */
export async function needTree(trees: TreeSource, oid: string): Promise<Tree> {
  const tree = await trees(oid);
  if (tree !== null) return tree;
  throw new AppError("object-missing", `Tree ${oid} is missing from the repository`, {
    hint: "git fsck --full, or fetch from a complete clone",
    data: { object: oid },
  });
}

/** The entries that differ from tree `before` to tree `after`, in git's path order within each directory. */
export async function touchedPaths(trees: TreeSource, before: string, after: string): Promise<Touched[]> {
  if (before === after) return [];
  return compare(trees, "", before, after);
}

async function compare(
  trees: TreeSource,
  prefix: string,
  before: string | null,
  after: string | null,
): Promise<Touched[]> {
  const [old, now] = await Promise.all([
    before === null ? EMPTY : needTree(trees, before),
    after === null ? EMPTY : needTree(trees, after),
  ]);
  const parts: Promise<Touched[]>[] = [];
  const visit = (name: BytePath, from: TreeEntry | null, to: TreeEntry | null): void => {
    if (from !== null && to !== null && from.oid === to.oid && from.mode === to.mode) return;
    const path = `${prefix}${name}` as BytePath;
    const [leafFrom, treeFrom] = split(from);
    const [leafTo, treeTo] = split(to);
    if (leafFrom !== null || leafTo !== null) parts.push(Promise.resolve([{ path, before: leafFrom, after: leafTo }]));
    if (treeFrom !== null || treeTo !== null) parts.push(compare(trees, `${path}/`, treeFrom, treeTo));
  };
  for (const [name, from] of old) visit(name, from, now.get(name) ?? null);
  for (const [name, to] of now) if (!old.has(name)) visit(name, null, to);
  return (await Promise.all(parts)).flat();
}

function split(entry: TreeEntry | null): [leaf: TreeEntry | null, tree: string | null] {
  return entry?.mode === MODE_TREE ? [null, entry.oid] : [entry, null];
}

/** What a tree holds at a path: an entry (directories too), or null. */
export async function lookUp(trees: TreeSource, root: string, path: string): Promise<TreeEntry | null> {
  let entry: TreeEntry = { mode: MODE_TREE, oid: root };
  if (path === "") return entry;
  for (const name of path.split("/")) {
    if (entry.mode !== MODE_TREE) return null;
    const found: TreeEntry | undefined = (await needTree(trees, entry.oid)).get(name as BytePath);
    if (found === undefined) return null;
    entry = found;
  }
  return entry;
}
