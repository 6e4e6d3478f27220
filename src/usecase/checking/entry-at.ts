// What a commit holds at a path, whatever bytes the path is made of.
import { lookUp } from "../../apply/touched.ts";
import { parseQuotedPath } from "../../object/path.ts";
import type { TreeEntry } from "../../object/tree.ts";
import type { Workspace } from "../workspace.ts";

/** `path` as git quotes it. Null: nothing is there. */
export async function entryAt({ scratch, engine }: Workspace, commit: string, path: string): Promise<TreeEntry | null> {
  const tree = (await scratch.reader.commit(commit))?.tree;
  return tree === undefined ? null : lookUp(engine.tree, tree, parseQuotedPath(path));
}
