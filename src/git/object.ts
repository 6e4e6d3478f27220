// git's object formats, to and from bytes: hashing, trees, commits. Nothing here touches a disk.
import { createHash } from "node:crypto";
import { AppError } from "../error.ts";
import type { BytePath } from "./path.ts";

export type ObjectFormat = "sha1" | "sha256";
export type ObjectType = "blob" | "tree" | "commit" | "tag";

export function hashObject(format: ObjectFormat, type: ObjectType, body: Uint8Array): string {
  return createHash(format).update(`${type} ${body.length}\0`).update(body).digest("hex");
}

export function hexLength(format: ObjectFormat): number {
  return format === "sha1" ? 40 : 64;
}

export function emptyTree(format: ObjectFormat): string {
  return hashObject(format, "tree", Buffer.alloc(0));
}

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
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(0x20, at);
    const nul = body.indexOf(0, space);
    if (space < 0 || nul < 0 || nul + width >= body.length + 1) throw new AppError("git-failed", "A tree object is damaged");
    const name = body.toString("latin1", space + 1, nul) as BytePath;
    tree.set(name, { mode: canonicalMode(body.toString("latin1", at, space)), oid: body.toString("hex", nul + 1, nul + 1 + width) });
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

/** A commit as bytes cut at its seams: header values and message are undecoded (latin1). */
export interface Commit {
  readonly tree: string;
  readonly parents: readonly string[];
  /** `Name <email> seconds zone`, bytes as latin1. */
  readonly author: string;
  readonly committer: string;
  /** The `encoding` header, if there is one. */
  readonly encoding: string | null;
  /** Message bytes as latin1. */
  readonly message: string;
}

export function parseCommit(body: Buffer): Commit {
  const raw = body.toString("latin1");
  const end = raw.indexOf("\n\n");
  const head = end < 0 ? raw : raw.slice(0, end);
  const parents: string[] = [];
  const found: Record<string, string> = {};
  for (const line of head.split("\n")) {
    if (line.startsWith(" ")) continue; // continuation of a signature or merge tag
    const space = line.indexOf(" ");
    const key = line.slice(0, space);
    const value = line.slice(space + 1);
    if (key === "parent") parents.push(value);
    else found[key] ??= value;
  }
  const { tree, author, committer, encoding } = found as Partial<Record<string, string>>;
  if (tree === undefined || author === undefined || committer === undefined) {
    throw new AppError("git-failed", "A commit object is damaged: it has no tree, author or committer");
  }
  return { tree, parents, author, committer, encoding: encoding ?? null, message: end < 0 ? "" : raw.slice(end + 2) };
}

/** Serialises a commit without `encoding` header and without signature. Strings are bytes as latin1. */
export function serialiseCommit(commit: Omit<Commit, "encoding">): Buffer {
  const head = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${commit.author}`,
    `committer ${commit.committer}`,
  ];
  return Buffer.from(`${head.join("\n")}\n\n${commit.message}`, "latin1");
}
