// What a layer's tar holds: one file, directory or link, as values, and the one order that they stand in.
import type { BytePath } from "../object/path.ts";

export type EntryType = "file" | "directory" | "symlink" | "hardlink" | "character" | "block" | "fifo";

export interface TarHeader {
  /** Below the root: no slash at either end, no `.` or `..` component; "" is the root itself. */
  readonly path: BytePath;
  readonly type: EntryType;
  /** The twelve permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Unix seconds; fractions are dropped. */
  readonly mtime: number;
  /** Bytes of content; 0 for everything but files. */
  readonly size: number;
  /** A symlink's target as it is written; a hardlink's as a path below the root; "" for the rest. */
  readonly link: BytePath;
  /** Only of character and block devices. */
  readonly device: { readonly major: number; readonly minor: number } | null;
  /** Extended attributes by name, values with one char a byte. */
  readonly xattrs: ReadonlyMap<string, string>;
}

export interface TarEntry extends TarHeader {
  readonly content: Uint8Array;
}

/** As it is read or streamed: `content` goes once through, and may be left alone. */
export interface TarStreamEntry extends TarHeader {
  readonly content: AsyncIterable<Uint8Array>;
}

export const NO_XATTRS: ReadonlyMap<string, string> = new Map();

/** A deleted name, and a directory whose lower contents are all gone. Source: OCI image-spec, layer.md, "Whiteouts". */
export const WHITEOUT = ".wh.";
export const OPAQUE = ".wh..wh..opq";

export function baseName(path: BytePath): BytePath {
  return path.slice(path.lastIndexOf("/") + 1) as BytePath;
}

/**
 * Sorts by the bytes of each component: a directory stands before what is in it, and what is in it before its next
 * sibling. Whiteouts stand first in their directory, for engines that carry them out as they read.
 */
function orderKey(path: BytePath): string {
  return path
    .split("/")
    .map((name) => (name.startsWith(WHITEOUT) ? `\x01${name}` : `\x02${name}`))
    .join("\0");
}

export function inOrder<T extends { readonly path: BytePath }>(entries: readonly T[]): T[] {
  const keyed = entries.map((entry) => ({ entry, key: orderKey(entry.path) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ entry }) => entry);
}
