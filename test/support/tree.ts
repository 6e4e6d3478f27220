// Trees of files as plain maps: what a test says a commit holds, before git has seen it.
import { createHash } from "node:crypto";

/** A string is UTF-8 text; bytes that are not, come as bytes. */
export type Bytes = string | Uint8Array;

/** What can stand at a path. A submodule is a full object ID, or any other text that one is made from. */
export type Entry =
  Bytes | { readonly executable: Bytes } | { readonly symlink: Bytes } | { readonly submodule: string };

export type ObjectFormat = "sha1" | "sha256";
export type Mode = "100644" | "100755" | "120000" | "160000";

/** Paths are bytes with one char each (latin1), so that any path can be a key. */
export type FileTree = Map<string, Entry>;

export function toBuffer(bytes: Bytes): Buffer {
  return typeof bytes === "string" ? Buffer.from(bytes, "utf8") : Buffer.from(bytes);
}

/** Bytes from text with one char a byte: `latin1("caf\xe9")`. */
export function latin1(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

export function pathKey(path: Bytes): string {
  return toBuffer(path).toString("latin1");
}

export function modeOf(entry: Entry): Mode {
  if (typeof entry === "string" || entry instanceof Uint8Array) return "100644";
  if ("executable" in entry) return "100755";
  return "symlink" in entry ? "120000" : "160000";
}

/** Content of a file, target of a symlink; null for a submodule. */
export function contentOf(entry: Entry): Bytes | null {
  if (typeof entry === "string" || entry instanceof Uint8Array) return entry;
  if ("executable" in entry) return entry.executable;
  return "symlink" in entry ? entry.symlink : null;
}

/** The same entry with other content; a submodule stays what it is. */
export function withContent(entry: Entry, content: Bytes): Entry {
  if (typeof entry === "string" || entry instanceof Uint8Array) return content;
  if ("executable" in entry) return { executable: content };
  return "symlink" in entry ? { symlink: content } : entry;
}

/** The commit a submodule entry points at. Nothing needs to exist there. */
export function submoduleCommit(name: string, format: ObjectFormat): string {
  const width = format === "sha1" ? 40 : 64;
  if (new RegExp(`^[0-9a-f]{${width}}$`).test(name)) return name;
  return createHash(format).update(name).digest("hex");
}

/** Puts an entry at a path. As in git, a file gives way to a directory of its name, and the other way round. */
export function put(tree: FileTree, path: string, entry: Entry): void {
  if (!tree.has(path)) removeAll(tree, path);
  for (const directory of directoriesOf(path)) tree.delete(directory);
  tree.set(path, entry);
}

/** `put` for many: it need not search the tree for each. Null removes, and a path that is not there is given back. */
export function putAll(tree: FileTree, entries: Iterable<readonly [path: string, entry: Entry | null]>): string[] {
  const directories = new Set([...tree.keys()].flatMap((path) => directoriesOf(path)));
  const missing: string[] = [];
  for (const [path, entry] of entries) {
    const found = (directories.has(path) || entry === null) && removeAll(tree, path);
    if (entry === null) {
      if (!found) missing.push(path);
      continue;
    }
    for (const directory of directoriesOf(path)) {
      directories.add(directory);
      tree.delete(directory);
    }
    tree.set(path, entry);
  }
  return missing;
}

/** `a/b/c` gives `a`, `a/b`. */
function directoriesOf(path: string): string[] {
  const found: string[] = [];
  for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1))
    found.push(path.slice(0, slash));
  return found;
}

/** Removes the file, or every file of the directory, and tells whether there was one. */
export function removeAll(tree: FileTree, path: string): boolean {
  const below = pathsAt(tree, path);
  for (const key of below) tree.delete(key);
  return below.length > 0;
}

/** Moves the file, or every file of the directory. */
export function move(tree: FileTree, from: string, to: string): boolean {
  const moved = pathsAt(tree, from).map((path) => [`${to}${path.slice(from.length)}`, tree.get(path)] as const);
  removeAll(tree, from);
  for (const [path, entry] of moved) if (entry !== undefined) put(tree, path, entry);
  return moved.length > 0;
}

/** The path itself if it is a file, else the files below it. */
export function pathsAt(tree: FileTree, path: string): string[] {
  return [...tree.keys()].filter((key) => key === path || key.startsWith(`${path}/`));
}

/** What turns one tree into the other: entries to put, null where one goes. Equal content is no difference. */
export function difference(from: FileTree, to: FileTree): Map<string, Entry | null> {
  const changes = new Map<string, Entry | null>();
  for (const path of from.keys()) if (!to.has(path)) changes.set(path, null);
  for (const [path, entry] of to) {
    const before = from.get(path);
    if (before === undefined || !sameEntry(before, entry)) changes.set(path, entry);
  }
  return changes;
}

export function sameEntry(a: Entry, b: Entry): boolean {
  if (a === b) return true;
  if (modeOf(a) !== modeOf(b)) return false;
  const [left, right] = [contentOf(a), contentOf(b)];
  if (left !== null && right !== null) return toBuffer(left).equals(toBuffer(right));
  return JSON.stringify(a) === JSON.stringify(b);
}
