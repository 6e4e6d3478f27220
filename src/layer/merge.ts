// The layers that an engine built on a base -> the entries of ONE layer that gives the same tree, whatever engine it was,
// on whatever day. Reads each tar once; contents stay where they are, and are named by their place.
import { createHash } from "node:crypto";
import { AppError } from "../error.ts";
import { ancestors, directoryOf, quotePath, type BytePath } from "../object/path.ts";
import { baseName, inOrder, NO_XATTRS, OPAQUE, WHITEOUT, type TarHeader } from "./entry.ts";
import type { FlatEntry, FlatTable } from "./flat-table.ts";
import type { DropRule } from "./drop.ts";
import { selects } from "./select.ts";
import { damagedTar } from "./header.ts";
import type { LocatedEntry } from "./tar.ts";

/** A content: bytes `offset` to `offset + size` of the tar with that number. */
export interface ContentPlace {
  readonly layer: number;
  readonly offset: number;
}

/** Null: no content. */
export type MergedEntry = TarHeader & { readonly place: ContentPlace | null };

export interface MergeOptions {
  /** Unix seconds: no file is newer. Directories are all of this time, since engines touch them differently. */
  readonly epoch: number;
  /** What stands below: an entry that says the same is left out. Empty for scratch. */
  readonly base: FlatTable;
  readonly drop: readonly DropRule[];
  /** Directories that are made, root's and 0755, where nothing else is. */
  readonly directories: readonly BytePath[];
}

/**
 * `layers`: lowest first. Given in the order of layers' entries, each directory before what is in it, with every
 * directory above an entry. What names one content in an engine's layer stays hardlinked, the first name in order being
 * the file. Left out: what says the same as the base, what `drop` names, attributes of the machine that built.
 * Throws `image-damaged`, and `image-refused` for devices outside /dev.
 */
export async function mergeLayers(
  layers: readonly AsyncIterable<LocatedEntry>[],
  { epoch, base, drop, directories }: MergeOptions,
): Promise<MergedEntry[]> {
  const merging = new Merging(base);
  for (const [number, entries] of layers.entries()) await merging.take(number, entries);
  const isDropped = selects({ include: drop.map(({ pattern }) => pattern), exclude: [] });
  for (const path of merging.held.keys()) if (isDropped(path)) merging.held.delete(path); // until now: links name them
  for (const { header } of merging.held.values()) refuseDevice(header);
  merging.ensure(directories);
  return finish(merging, base, epoch);
}

/** Engines make those of /dev anew; nothing but the running engine's own belongs in an image. */
function refuseDevice({ path, type }: TarHeader): void {
  if (type !== "character" && type !== "block") return;
  throw new AppError("image-refused", `/${quotePath(path)} is a ${type} device, which no image of ours carries`, {
    hint: `remove it in the build: rm /${quotePath(path)}`,
  });
}

/** An entry with what tells its names apart from those of an equal content, and the digest where it was needed. */
interface Held {
  readonly header: TarHeader;
  readonly place: ContentPlace | null;
  /** Of the inode: the same for all its names. */
  readonly inode: object;
  readonly digest: string | null;
}

class Merging {
  readonly held = new Map<BytePath, Held>();
  /** Paths of the base that were taken away, whether something else stands there now or not. */
  readonly removed = new Set<BytePath>();
  readonly #base: FlatTable;
  /** What something was ever held below: where nothing was, nothing has to be looked for. */
  readonly #parents = new Set<BytePath>();

  constructor(base: FlatTable) {
    this.#base = base;
  }

  async take(layer: number, entries: AsyncIterable<LocatedEntry>): Promise<void> {
    const fresh = new Set<BytePath>(); // a layer's own whiteouts do not reach what it brings
    for await (const entry of entries) {
      const name = baseName(entry.path);
      if (name === OPAQUE) this.#clear(directoryOf(entry.path), fresh);
      else if (name.startsWith(WHITEOUT)) this.#remove(besides(entry.path, name.slice(WHITEOUT.length)), fresh);
      else if (entry.path !== "") this.#put(await this.#hold(layer, entry), fresh);
    }
  }

  ensure(directories: readonly BytePath[]): void {
    for (const path of directories) {
      if (this.held.has(path) || (this.#base.has(path) && !this.removed.has(path))) continue;
      this.held.set(path, implied(path));
    }
  }

  async #hold(layer: number, entry: LocatedEntry): Promise<Held> {
    const { content, offset, ...header } = entry;
    if (header.type === "hardlink") {
      const same = this.held.get(header.link);
      if (same === undefined) throw damagedTar(`${header.path} is a hardlink to ${header.link}, which is not there`);
      return { ...same, header: { ...same.header, path: header.path } };
    }
    const place = header.type === "file" ? { layer, offset } : null;
    const below = this.#base.get(header.path);
    const mayBeSame = below?.type === "file" && place !== null && below.size === header.size;
    return { header, place, inode: {}, digest: mayBeSame ? await digestOf(content) : null };
  }

  #put(held: Held, fresh: Set<BytePath>): void {
    const { path, type } = held.header;
    for (const above of ancestors(path)) {
      this.#parents.add(above);
      const lower = this.removed.has(above) ? undefined : this.#base.get(above);
      if ((this.held.get(above)?.header ?? lower)?.type === "directory") continue;
      this.held.set(above, implied(above));
      fresh.add(above);
    }
    if (type !== "directory") this.#clear(path, NONE);
    this.held.set(path, held);
    fresh.add(path);
  }

  #remove(path: BytePath, fresh: ReadonlySet<BytePath>): void {
    this.#clear(path, fresh);
    if (!fresh.has(path)) this.held.delete(path);
    if (this.#base.has(path)) this.removed.add(path);
  }

  #clear(directory: BytePath, fresh: ReadonlySet<BytePath>): void {
    const inside = this.#parents.has(directory) ? below(this.held, directory) : [];
    for (const path of inside) if (!fresh.has(path)) this.held.delete(path);
    if (this.#base.get(directory)?.type !== "directory") return;
    for (const path of below(this.#base, directory)) this.removed.add(path);
  }
}

/** A directory that is there because of what is in it. */
function implied(path: BytePath): Held {
  return { header: headerOf(path, undefined), place: null, inode: {}, digest: null };
}

const NONE: ReadonlySet<BytePath> = new Set();

function below(table: ReadonlyMap<BytePath, unknown>, directory: BytePath): BytePath[] {
  return [...table.keys()].filter((path) => path.startsWith(`${directory}/`));
}

function besides(path: BytePath, name: string): BytePath {
  return `${path.slice(0, path.length - baseName(path).length)}${name}` as BytePath;
}

async function digestOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of content) hash.update(chunk);
  return hash.digest("hex");
}

function finish({ held, removed }: Merging, base: FlatTable, epoch: number): MergedEntry[] {
  const found = new Map<BytePath, MergedEntry>();
  for (const [path, each] of held) {
    if (!saysTheSame(each, removed.has(path) ? undefined : base.get(path)))
      found.set(path, { ...normal(each.header, epoch), place: each.place });
  }
  for (const path of gone(removed, held)) found.set(path, whiteout(path, epoch));
  for (const path of found.keys()) {
    for (const above of ancestors(path)) {
      if (found.has(above)) continue;
      const lower = removed.has(above) ? undefined : base.get(above);
      const known = held.get(above)?.header ?? headerOf(above, lower?.type === "directory" ? lower : undefined);
      found.set(above, { ...normal(known, epoch), place: null });
    }
  }
  return linked(inOrder([...found.values()]), held);
}

/** Whiteouts, the topmost alone: what is in a removed directory goes with it. */
function gone(removed: ReadonlySet<BytePath>, held: ReadonlyMap<BytePath, Held>): BytePath[] {
  const there = new Set([...held.keys()].flatMap((path) => [path, ...ancestors(path)]));
  const isGone = (path: BytePath): boolean => removed.has(path) && !there.has(path);
  return [...removed]
    .filter((path) => isGone(path) && !ancestors(path).some((above) => isGone(above) || isNoDirectory(held.get(above))))
    .map(whiteoutPath);
}

/** What stands there hides all that the base has below it. */
function isNoDirectory(held: Held | undefined): boolean {
  return held !== undefined && held.header.type !== "directory";
}

function whiteoutPath(path: BytePath): BytePath {
  return besides(path, `${WHITEOUT}${baseName(path)}`);
}

function whiteout(path: BytePath, epoch: number): MergedEntry {
  return { ...headerOf(path, undefined), type: "file", mode: 0, mtime: epoch, place: null };
}

function headerOf(path: BytePath, entry: FlatEntry | undefined): TarHeader {
  const plain = { type: "directory", mode: 0o755, uid: 0, gid: 0, mtime: 0, size: 0, device: null } as const;
  const { type, mode, uid, gid, mtime, size, device } = entry ?? plain;
  return {
    path,
    type,
    mode,
    uid,
    gid,
    mtime,
    size,
    link: "" as BytePath,
    device,
    xattrs: new Map(entry?.xattrs ?? []),
  };
}

function saysTheSame({ header, digest }: Held, below: FlatEntry | undefined): boolean {
  if (below === undefined || below.type !== header.type) return false;
  const { mode, uid, gid, size, link, mtime } = header;
  if (below.mode !== mode || below.uid !== uid || below.gid !== gid) return false;
  if (JSON.stringify(keptXattrs(header)) !== JSON.stringify(below.xattrs)) return false;
  if (header.type === "directory") return true;
  return below.size === size && below.link === link && below.mtime === mtime && below.digest === (digest ?? "");
}

function normal(header: TarHeader, epoch: number): TarHeader {
  const mtime = header.type === "directory" ? epoch : Math.min(header.mtime, epoch);
  const xattrs = keptXattrs(header);
  return { ...header, mtime, xattrs: xattrs.length === 0 ? NO_XATTRS : new Map(xattrs) };
}

/** What overlay storages and SELinux write is about the machine that builds. */
function keptXattrs({ xattrs }: TarHeader): [string, string][] {
  const kept = [...xattrs].filter(
    ([name]) => !/^(?:trusted\.|user\.overlay\.|user\.containers\.|security\.selinux$)/.test(name),
  );
  return kept.sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The first name of an inode in order is the file, the others are links to it. */
function linked(entries: readonly MergedEntry[], held: ReadonlyMap<BytePath, Held>): MergedEntry[] {
  const first = new Map<object, BytePath>();
  return entries.map((entry) => {
    const inode = entry.type === "file" && entry.place !== null ? held.get(entry.path)?.inode : undefined;
    const link = inode === undefined ? undefined : first.get(inode);
    if (inode !== undefined && link === undefined) first.set(inode, entry.path);
    return link === undefined ? entry : { ...entry, type: "hardlink", size: 0, link, place: null };
  });
}
