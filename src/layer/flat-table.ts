// What a container sees, as a flat table, and such tables to text and back: one line an entry, in order of path, so that equal tables are equal bytes.
import { createHash } from "node:crypto";
import { z } from "zod";
import { AppError } from "../error.ts";
import type { BytePath } from "../object/path.ts";
import type { EntryType } from "./entry.ts";

export interface FlatEntry {
  readonly type: Exclude<EntryType, "hardlink">;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Unix seconds. */
  readonly mtime: number;
  readonly size: number;
  /** SHA-256 of a file's content in hexadecimal; "" for the rest. */
  readonly digest: string;
  /** A symlink's target; "" for the rest. */
  readonly link: BytePath;
  readonly device: { readonly major: number; readonly minor: number } | null;
  /** In order of name; values with one char a byte. */
  readonly xattrs: readonly (readonly [string, string])[];
}

/** By path below the root, in no order. The root itself is "" where a layer names it. */
export type FlatTable = ReadonlyMap<BytePath, FlatEntry>;

export function emptyTable(): FlatTable {
  return new Map();
}

const TITLE = "morello flat table 1";

/** A title, then JSON arrays: path, type, mode, uid, gid, mtime, size, digest, link, device, xattrs; bytes as chars. */
export function serialiseTable(table: FlatTable): string {
  const lines = [...table].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, entry]) => line(path, entry));
  return [TITLE, ...lines, ""].join("\n");
}

function line(path: BytePath, entry: FlatEntry): string {
  const { type, mode, uid, gid, mtime, size, digest, link, device, xattrs } = entry;
  const numbers = device === null ? null : [device.major, device.minor];
  return JSON.stringify([path, type, mode, uid, gid, mtime, size, digest, link, numbers, xattrs]);
}

const Line = z.tuple([
  z.string(),
  z.enum(["file", "directory", "symlink", "character", "block", "fifo"]),
  z.number(),
  z.number(),
  z.number(),
  z.number(),
  z.number(),
  z.string(),
  z.string(),
  z.tuple([z.number(), z.number()]).nullable(),
  z.array(z.tuple([z.string(), z.string()])),
]);

/** Throws `state-invalid` where the text is not what `serialiseTable` writes. */
export function parseTable(text: string): FlatTable {
  const [title, ...lines] = text.split("\n");
  if (title !== TITLE || lines.pop() !== "") throw unreadable(undefined);
  const table = new Map<BytePath, FlatEntry>();
  for (const written of lines) {
    const [path, type, mode, uid, gid, mtime, size, digest, link, numbers, xattrs] = parsed(written);
    const device = numbers === null ? null : { major: numbers[0], minor: numbers[1] };
    const target = link as BytePath;
    table.set(path as BytePath, { type, mode, uid, gid, mtime, size, digest, link: target, device, xattrs });
  }
  return table;
}

function parsed(written: string): z.infer<typeof Line> {
  try {
    return Line.parse(JSON.parse(written));
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause: unknown): AppError {
  return new AppError("state-invalid", "A kept table of an image's files cannot be read", { cause });
}

/** SHA-256 of the serialised table, as `sha256:…`: of what a container sees, however many layers carry it. */
export function tableDigest(table: FlatTable): string {
  return `sha256:${createHash("sha256").update(serialiseTable(table)).digest("hex")}`;
}
