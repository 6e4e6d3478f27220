// Sets and removes entries in a tree, giving the ID of the new root. Only the directories on the way are rewritten.
import { MODE_TREE, type Tree, type TreeEntry } from "../object/tree.ts";
import type { BytePath } from "../object/path.ts";
import { needTree, type TreeSource } from "./touched.ts";

/** Stores a directory and gives its ID. */
export type TreeSink = (tree: Tree) => string;

/**
 * The root tree with those edits. A directory that becomes empty disappears, as in git; the empty root stays.
 * Expects that no edit's parent is a file that stays: a removal of the file among the edits is fine.
 */
export async function splice(
  trees: TreeSource,
  write: TreeSink,
  root: string,
  edits: ReadonlyMap<BytePath, TreeEntry | null>,
): Promise<string> {
  if (edits.size === 0) return root;
  return write(await directory(trees, write, root, edits));
}

async function directory(
  trees: TreeSource,
  write: TreeSink,
  oid: string | null,
  edits: ReadonlyMap<string, TreeEntry | null>,
): Promise<Tree> {
  const result = new Map(oid === null ? [] : await needTree(trees, oid));
  const below = new Map<BytePath, Map<string, TreeEntry | null>>();
  for (const [path, entry] of edits) {
    const slash = path.indexOf("/");
    if (slash >= 0) {
      const name = path.slice(0, slash) as BytePath;
      const inner = below.get(name) ?? new Map<string, TreeEntry | null>();
      below.set(name, inner.set(path.slice(slash + 1), entry));
    } else if (entry === null) {
      if (result.get(path as BytePath)?.mode !== MODE_TREE) result.delete(path as BytePath);
    } else {
      result.set(path as BytePath, entry);
    }
  }
  for (const [name, inner] of below) {
    const old = result.get(name);
    const before = old?.mode === MODE_TREE ? old.oid : null;
    if (old !== undefined && before === null && [...inner.values()].every((entry) => entry === null)) continue; // a file took its place
    const tree = await directory(trees, write, before, inner);
    if (tree.size === 0) result.delete(name);
    else result.set(name, { mode: MODE_TREE, oid: write(tree) });
  }
  return result;
}
