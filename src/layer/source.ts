// A git tree's files to a layer: the whole tree, or what differs between two. The bytes depend on paths, modes, blobs and
// the place alone; no clock, no checkout, no engine.
import { createHash } from "node:crypto";
import { AppError } from "../error.ts";
import { OCI } from "../oci/media-type.ts";
import { ancestors, bytePathOf, pathBytes, quotePath, type BytePath } from "../object/path.ts";
import { MODE_GITLINK } from "../object/tree.ts";
import { baseName, inOrder, NO_XATTRS, WHITEOUT, type TarEntry } from "./entry.ts";
import { gzip } from "./gzip.ts";
import { writeTar } from "./tar.ts";

/** One entry of the tree, with its path from the repository's root. */
export interface SourceEntry {
  readonly path: BytePath;
  /** git's: `100644`, `100755`, `120000`; `160000` is refused. */
  readonly mode: string;
  /** The blob's object ID. */
  readonly oid: string;
}

export interface SourceFile extends SourceEntry {
  /** Contents; a symlink's are its target. */
  readonly bytes: Buffer;
}

/** Where the source stands in the image, and whose it is there. */
export interface Place {
  /** Absolute, without a slash at its end. */
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}

export interface Layer {
  readonly mediaType: string;
  /** Of `bytes`. */
  readonly digest: string;
  /** Bytes. */
  readonly size: number;
  /** Of the tar in it. */
  readonly diffId: string;
  /** The gzipped tar. */
  readonly bytes: Buffer;
}

/** The mtime of directories and symlinks, and the least of files: 2001-09-09T01:46:40Z. */
const SOURCE_EPOCH = 1_000_000_000;

/**
 * A file's mtime: the epoch and the first 28 bits of its blob's object ID. Python trusts a .pyc whose recorded mtime and
 * size are the source's, so a fix of equal size needs another mtime; one constant would run the old code.
 */
export function sourceMtime(oid: string): number {
  return SOURCE_EPOCH + Number.parseInt(oid.slice(0, 7), 16);
}

/** All files of a tree, with their directories and those above the place. Throws `image-refused`. */
export function fullLayer(files: readonly SourceFile[], place: Place): Layer {
  return layerOf(fullEntries(files, place));
}

/** The tar of `fullLayer`, for who only wants to know what would stand there. */
export function fullTar(files: readonly SourceFile[], place: Place): Buffer {
  return writeTar(inOrder(fullEntries(files, place)));
}

function fullEntries(files: readonly SourceFile[], place: Place): TarEntry[] {
  refuse(files);
  return [...directories(files, place), ...files.map((file) => fileEntry(file, file.bytes, place))];
}

/** What a diff layer carries. Both in the layer's order. */
export interface TreeDifference {
  /** Added, or with other contents or another mode. */
  readonly written: readonly SourceEntry[];
  /** Files that are gone, or the topmost directory whose files are all gone. */
  readonly removed: readonly BytePath[];
}

/** Compares modes and object IDs: no contents are needed. */
export function treeDifference(before: readonly SourceEntry[], after: readonly SourceEntry[]): TreeDifference {
  const old = new Map(before.map((entry) => [entry.path, entry]));
  const present = new Set<string>();
  for (const { path } of after) {
    present.add(path);
    for (const directory of ancestors(path)) present.add(directory);
  }
  const written = after.filter(({ path, mode, oid }) => {
    const was = old.get(path);
    return was === undefined || was.mode !== mode || was.oid !== oid;
  });
  const removed = new Map<BytePath, { readonly path: BytePath }>();
  const files = new Set<string>(after.map(({ path }) => path));
  for (const { path } of before) {
    const way = [...ancestors(path), path];
    // Below a directory that became a file nothing needs to be said: the file takes its whole place.
    if (way.slice(0, -1).some((directory) => files.has(directory))) continue;
    const gone = way.find((step) => !present.has(step));
    if (gone !== undefined) removed.set(gone, { path: gone });
  }
  return { written: inOrder(written), removed: inOrder([...removed.values()]).map(({ path }) => path) };
}

/**
 * What leads from one tree to the other; null: nothing differs. Contents are needed only of what `treeDifference` calls
 * written. Applied to `fullLayer(before)` it gives `fullLayer(after)`, attribute for attribute. Throws `image-refused`.
 */
export function diffLayer(
  before: readonly SourceEntry[],
  after: readonly (SourceEntry & { readonly bytes?: Buffer })[],
  place: Place,
): Layer | null {
  refuse(after);
  const { written, removed } = treeDifference(before, after);
  if (written.length === 0 && removed.length === 0) return null;
  const contents = new Map(after.map((file) => [file.path, file.bytes]));
  const files = written.map((entry) => {
    const bytes = contents.get(entry.path);
    if (bytes === undefined) throw new AppError("internal", `No contents of ${quotePath(entry.path)}`);
    return fileEntry(entry, bytes, place);
  });
  const whiteouts = removed.map((path): TarEntry => {
    const name = `${path.slice(0, path.length - baseName(path).length)}${WHITEOUT}${baseName(path)}` as BytePath;
    return { ...ROOT_OWNED, path: inPlace(name, place), type: "file", mode: 0o644, content: NOTHING };
  });
  const touched = [...written, ...removed.map((path) => ({ path }))];
  return layerOf([...directories(touched, place), ...files, ...whiteouts]);
}

const NOTHING = Buffer.alloc(0);

const ROOT_OWNED = {
  uid: 0,
  gid: 0,
  mtime: SOURCE_EPOCH,
  size: 0,
  link: "" as BytePath,
  device: null,
  xattrs: NO_XATTRS,
} as const;

/** Directories above the place: root's, as a base image has them. `placeProblem` tells where it has them otherwise. */
export const ABOVE_PLACE = { mode: 0o755, uid: 0, gid: 0 } as const;

/** The place below the root, in bytes. */
export function placePath(place: Place): BytePath {
  return bytePathOf(place.path.replace(/^\/+|\/+$/g, ""));
}

function inPlace(path: BytePath, place: Place): BytePath {
  return `${placePath(place)}/${path}` as BytePath;
}

function directories(entries: readonly { readonly path: BytePath }[], place: Place): TarEntry[] {
  const top = placePath(place);
  const directory = { ...ROOT_OWNED, type: "directory", content: NOTHING } as const;
  const above = ancestors(top).map((path): TarEntry => ({ ...directory, ...ABOVE_PLACE, path }));
  const owned = { uid: place.uid, gid: place.gid, mode: 0o755 };
  const inside = new Set(entries.flatMap(({ path }) => ancestors(path)));
  const below = [...inside].map((path): TarEntry => ({ ...directory, ...owned, path: inPlace(path, place) }));
  return [...above, { ...directory, ...owned, path: top }, ...below];
}

function fileEntry(entry: SourceEntry, bytes: Buffer, place: Place): TarEntry {
  const common = { ...ROOT_OWNED, uid: place.uid, gid: place.gid, path: inPlace(entry.path, place) };
  if (entry.mode === "120000")
    return { ...common, type: "symlink", mode: 0o777, link: bytes.toString("latin1") as BytePath, content: NOTHING };
  const mode = entry.mode === "100755" ? 0o755 : 0o644;
  return { ...common, type: "file", mode, mtime: sourceMtime(entry.oid), size: bytes.length, content: bytes };
}

function layerOf(entries: readonly TarEntry[]): Layer {
  const tar = writeTar(inOrder(entries));
  const bytes = gzip(tar);
  return { mediaType: OCI.layerGzip, digest: sha256(bytes), size: bytes.length, diffId: sha256(tar), bytes };
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Names that a layer cannot carry, or that would lead out of the place. */
function refuse(entries: readonly SourceEntry[]): void {
  const seen = new Set<string>();
  for (const { path, mode } of entries) {
    const problem = problemOf(path, mode) ?? (seen.has(path) ? "is there twice" : null);
    if (problem !== null)
      throw new AppError("image-refused", `${quotePath(path)} cannot go into an image: it ${problem}`, {
        hint: `add ${JSON.stringify(pathBytes(path).toString("utf8"))} to image.source.exclude in morello.yaml`,
        data: { path: quotePath(path) },
      });
    seen.add(path);
  }
  for (const { path } of entries) {
    const file = ancestors(path).find((directory) => seen.has(directory));
    if (file !== undefined) throw new AppError("image-refused", `${quotePath(file)} is a file and a directory at once`);
  }
}

function problemOf(path: BytePath, mode: string): string | null {
  if (mode === MODE_GITLINK) return "is a submodule, whose files are in another repository";
  const names = path.split("/");
  if (names.some((name) => name.startsWith(WHITEOUT)))
    return `has a name that starts with ${WHITEOUT}, by which image layers delete files`;
  if (path === "" || path.includes("\0") || names.some((name) => name === "" || name === "." || name === ".."))
    return "has a name that leads out of the source's directory";
  return null;
}

const LFS = Buffer.from("version https://git-lfs.github.com/spec/v1\n");

/** Files that only point to contents kept elsewhere by git-lfs: they go into the image as they are, three lines long. */
export function lfsPointers(files: readonly SourceFile[]): BytePath[] {
  return files.flatMap(({ path, mode, bytes }) =>
    mode !== "120000" && bytes.length < 1024 && bytes.subarray(0, LFS.length).equals(LFS) ? [path] : [],
  );
}
