// Trees to and from bytes.
import { AppError } from "../error.ts";
import { hexLength, type ObjectFormat } from "./hash.ts";
import type { BytePath } from "./path.ts";

/** An entry's mode as git writes it in a tree: `100644`, `100755`, `120000`, `160000`, `40000`. */
export type Mode = string;

export interface TreeEntry {
  readonly mode: Mode;
  readonly oid: string;
}

export const MODE_TREE = "40000";
export const MODE_GITLINK = "160000";

/** True for files, executable or not; false for symlinks, directories and submodules. */
export function isRegular(mode: Mode): boolean {
  return mode.startsWith("100");
}

/**
 * The mode git works with: old trees hold `100664` or `040000`, which every rewritten directory loses.
 * Source: git's `canon_mode` (cache.h).
 */
export function canonicalMode(mode: string): Mode {
  const bits = Number.parseInt(mode, 8);
  switch (bits & 0o170000) {
    case 0o100000:
      return bits & 0o100 ? "100755" : "100644";
    case 0o120000:
      return "120000";
    case 0o040000:
      return MODE_TREE;
    default:
      return MODE_GITLINK;
  }
}

/** One directory: names (bytes) to entries, in git's own order. */
export type Tree = ReadonlyMap<BytePath, TreeEntry>;

export function parseTree(body: Buffer, format: ObjectFormat): Tree {
  const width = hexLength(format) / 2;
  const tree = new Map<BytePath, TreeEntry>();
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const nul = body.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + width >= body.length)
      throw new AppError("git-failed", "A tree object is damaged");
    const name = body.toString("latin1", space + 1, nul) as BytePath;
    tree.set(name, {
      mode: canonicalMode(body.toString("latin1", at, space)),
      oid: body.toString("hex", nul + 1, nul + 1 + width),
    });
    at = nul + 1 + width;
  }
  return tree;
}

/** Serialises entries in any order; git sorts a directory as if its name ended in `/`. */
export function serialiseTree(tree: Tree): Buffer {
  const sorted = [...tree].map(([name, entry]) => ({ name, entry, key: entry.mode === MODE_TREE ? `${name}/` : name }));
  sorted.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const parts: Buffer[] = [];
  for (const { name, entry } of sorted) {
    parts.push(Buffer.from(`${entry.mode} ${name}\0`, "latin1"), Buffer.from(entry.oid, "hex"));
  }
  return Buffer.concat(parts);
}
