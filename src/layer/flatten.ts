// Layers, one on the other, to the flat table of what a container sees: path -> what stands there. Whiteouts, opaque
// directories and hardlinks are carried out; two images that give the same table are the same to whoever runs in them.
//
// Everything in `FlatEntry` counts in the table's digest: type, mode, owner, mtime in whole seconds, contents, target,
// device, extended attributes. Names of users and groups do not (only numbers reach a container's files), nor do
// atime, ctime, fractions of seconds, and which names share an inode: the next layer that writes one of them parts them.
import { createHash } from "node:crypto";
import { AppError } from "../error.ts";
import { ancestors, directoryOf, quotePath, type BytePath } from "../object/path.ts";
import { chunksOf } from "./bytes.ts";
import { baseName, OPAQUE, WHITEOUT } from "./entry.ts";
import type { FlatEntry, FlatTable } from "./flat-table.ts";
import { gunzip } from "./gunzip.ts";
import { ABOVE_PLACE, placePath, type Layer, type Place } from "./source.ts";
import { damagedTar } from "./header.ts";
import { readTar, type TarHeader, type TarStreamEntry } from "./tar.ts";

export { emptyTable, tableDigest, type FlatTable } from "./flat-table.ts";

/** Sees each file's content while a layer is applied; takes it or leaves it. */
export type ContentWatcher = (path: BytePath, content: Buffer) => void;

export interface ApplyOptions {
  /** Which contents are wanted, all in one piece; none unless set. */
  readonly wanted?: (path: BytePath, size: number) => boolean;
  readonly onContent?: ContentWatcher;
  /** Each entry as it comes, whiteouts too; `digest` is of a file's content, "" for the rest. */
  readonly onEntry?: (entry: TarHeader, digest: string) => void;
}

/**
 * The table with a layer on it; `chunks` are the layer's blob, gzipped or not. Directories that no layer names are
 * root's, 0755, at time 0. A symlink that a layer puts a directory at is replaced, as overlay engines do; nothing is
 * followed. Throws `image-damaged`.
 */
export async function applyLayer(
  table: FlatTable,
  chunks: AsyncIterable<Uint8Array>,
  options: ApplyOptions = {},
): Promise<FlatTable> {
  const target = new Target(table);
  for await (const entry of readTar(inflated(chunks))) {
    const name = baseName(entry.path);
    let digest = "";
    if (name === OPAQUE) target.clear(directoryOf(entry.path));
    else if (name.startsWith(WHITEOUT)) target.remove(whitedOut(entry.path, name));
    else digest = await put(target, entry, options);
    options.onEntry?.(entry, digest);
  }
  return target.entries;
}

function whitedOut(path: BytePath, name: BytePath): BytePath {
  const hidden = name.slice(WHITEOUT.length);
  if (hidden === "" || hidden === "." || hidden === "..") throw damagedTar(`${quotePath(path)} deletes nothing`);
  return `${path.slice(0, path.length - name.length)}${hidden}` as BytePath;
}

/** Gives the digest of the content that came with it. */
async function put(target: Target, entry: TarStreamEntry, options: ApplyOptions): Promise<string> {
  const { path, type, mode, uid, gid, mtime, device, link } = entry;
  if (type === "hardlink") {
    const same = target.entries.get(link);
    if (same === undefined || same.type === "directory")
      throw damagedTar(`${quotePath(path)} is a hardlink to ${quotePath(link)}, which is not there`);
    target.put(path, same);
    return "";
  }
  const xattrs = [...entry.xattrs].sort(([a], [b]) => (a < b ? -1 : 1));
  const { digest, size } = type === "file" ? await contentOf(entry, options) : { digest: "", size: 0 };
  target.put(path, { type, mode, uid, gid, mtime, size, digest, link, device, xattrs });
  return digest;
}

async function contentOf(entry: TarStreamEntry, options: ApplyOptions): Promise<{ digest: string; size: number }> {
  const hash = createHash("sha256");
  const kept: Uint8Array[] | null = options.wanted?.(entry.path, entry.size) === true ? [] : null;
  for await (const chunk of entry.content) {
    hash.update(chunk);
    kept?.push(chunk);
  }
  if (kept !== null) options.onContent?.(entry.path, Buffer.concat(kept));
  return { digest: hash.digest("hex"), size: entry.size };
}

const IMPLIED: FlatEntry = {
  type: "directory",
  ...ABOVE_PLACE,
  mtime: 0,
  size: 0,
  digest: "",
  link: "" as BytePath,
  device: null,
  xattrs: [],
};

/** A table while one layer is put on it. Children are known by directory, so that a removal costs what it removes. */
class Target {
  readonly entries: Map<BytePath, FlatEntry>;
  readonly #children = new Map<BytePath, Set<BytePath>>();
  /** What this layer put: its own whiteouts do not reach it. Source: OCI image-spec, layer.md, "Whiteouts". */
  readonly #fresh = new Set<BytePath>();

  constructor(table: FlatTable) {
    this.entries = new Map(table);
    for (const path of this.entries.keys()) this.#adopt(path);
  }

  put(path: BytePath, entry: FlatEntry): void {
    for (const directory of ancestors(path)) {
      if (this.entries.get(directory)?.type !== "directory") this.#set(directory, IMPLIED);
    }
    this.#set(path, entry);
  }

  #set(path: BytePath, entry: FlatEntry): void {
    if (entry.type !== "directory") this.#drop(path, false);
    this.entries.set(path, entry);
    this.#fresh.add(path);
    this.#adopt(path);
  }

  /** Takes away what lower layers have at a path and below it. */
  remove(path: BytePath): void {
    this.#drop(path, true);
  }

  /** Takes away what lower layers have below a path. */
  clear(directory: BytePath): void {
    for (const child of this.#children.get(directory) ?? []) this.#drop(child, true);
  }

  #drop(path: BytePath, lowerOnly: boolean): void {
    for (const child of this.#children.get(path) ?? []) this.#drop(child, lowerOnly);
    if (lowerOnly && this.#fresh.has(path)) return;
    if ((this.#children.get(path)?.size ?? 0) > 0) {
      this.entries.set(path, IMPLIED); // this layer has something below, and names no directory for it
      return;
    }
    this.#children.get(directoryOf(path))?.delete(path);
    this.entries.delete(path);
  }

  #adopt(path: BytePath): void {
    if (path === "") return;
    const directory = directoryOf(path);
    const children = this.#children.get(directory);
    if (children === undefined) this.#children.set(directory, new Set([path]));
    else children.add(path);
  }
}

/** A layer's blob as its tar; zstd is refused. */
export async function* inflated(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) {
    parts.push(next.value);
    length += next.value.length;
    if (length >= 4) break;
  }
  const start = Buffer.concat(parts);
  const all = (async function* (): AsyncGenerator<Uint8Array> {
    try {
      yield start;
      for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
    } finally {
      await iterator.return?.();
    }
  })();
  if (start.length >= 4 && start.readUInt32LE(0) === 0xfd2fb528)
    throw new AppError("image-damaged", "A layer is compressed with zstd, which Morello does not read", {
      hint: "skopeo copy --dest-compress-format gzip FROM TO",
    });
  yield* start.length >= 2 && start.readUInt16BE(0) === 0x1f8b ? gunzip(all) : all;
}

/**
 * The table that an image would have whose source is this one full layer: what stands at the place is taken away first.
 * `full`: the layer, or its tar. Proof of a diff layer: `tableDigest(applyLayer(environment, diff))` is `tableDigest(withSource(environment, full, …))`.
 */
export async function withSource(table: FlatTable, full: Pick<Layer, "bytes">, place: Place): Promise<FlatTable> {
  const target = new Target(table);
  target.remove(placePath(place));
  return applyLayer(target.entries, chunksOf(full.bytes));
}

/** How many problems are named. */
const NAMED = 3;

/**
 * Why a source cannot be put at the place, as a sentence; null: nothing is in the way. `table`: the environment without
 * source. Directories above the place must be as a source layer writes them, for it writes them.
 */
export function placeProblem(table: FlatTable, place: Place): string | null {
  for (const directory of ancestors(placePath(place))) {
    const entry = table.get(directory);
    if (entry === undefined) continue;
    if (entry.type !== "directory") return `/${quotePath(directory)} is a ${entry.type} in the environment`;
    const { mode, uid, gid } = entry;
    if (mode !== ABOVE_PLACE.mode || uid !== ABOVE_PLACE.uid || gid !== ABOVE_PLACE.gid)
      return `/${quotePath(directory)} is ${owned(entry)} in the environment, and a source layer would make it ${owned(ABOVE_PLACE)}`;
  }
  const top = placePath(place);
  const entry = table.get(top);
  if (entry !== undefined && entry.type !== "directory") return `${place.path} is a ${entry.type} in the environment`;
  const inside = [...table.keys()].filter((path) => path.startsWith(`${top}/`)).sort();
  if (inside.length === 0) return null;
  const some = inside.slice(0, NAMED).map((path) => `/${quotePath(path)}`);
  const more = inside.length > NAMED ? ` and ${inside.length - NAMED} more` : "";
  return `the environment has ${some.join(", ")}${more} where the source goes`;
}

function owned(entry: { readonly mode: number; readonly uid: number; readonly gid: number }): string {
  return `${entry.mode.toString(8).padStart(4, "0")}, of ${entry.uid}:${entry.gid}`;
}
