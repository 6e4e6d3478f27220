// Two images in their stores to what must be seen of them. Layers that both have are read once; what a configuration says
// its layers' diff IDs are is believed for that.
import { createHash } from "node:crypto";
import type { TarHeader } from "../../layer/entry.ts";
import { applyLayer, emptyTable, inflated, type FlatTable } from "../../layer/flatten.ts";
import { readTar } from "../../layer/tar.ts";
import { quotePath, type BytePath } from "../../object/path.ts";
import type { Descriptor } from "../../oci/schema.ts";
import type { ReadImage } from "../../registry/read-image.ts";
import type { ImageStore } from "../../registry/store.ts";
import { tellsOfPackages } from "./packages.ts";
import { PATH_CAUSES } from "./path-causes.ts";
import { fileDifferences, type SeenImage, type SeenLayer } from "./seen.ts";

export interface Looked {
  readonly store: ImageStore;
  readonly image: ReadImage;
}

export interface LookOptions {
  /** Called with layers read and layers to read. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Bytes of one content, and of all contents of an image, that are kept to be compared. */
const LARGEST = 1 << 22;
const LARGEST_SUM = 1 << 28;

/** Images of the same manifest are not read at all: their tables are empty. Throws what stores and `applyLayer` throw. */
export async function lookAt(a: Looked, b: Looked, options: LookOptions = {}): Promise<[SeenImage, SeenImage]> {
  if (a.image.descriptor.digest === b.image.descriptor.digest) return [unread(a), unread(b)];
  const [idsA, idsB] = [a, b].map(({ image }) => image.config.rootfs.diff_ids);
  const apart = (idsA ?? []).findIndex((id, at) => id !== idsB?.[at]);
  const common = apart < 0 ? Math.min(idsA?.length ?? 0, idsB?.length ?? 0) : apart;
  const total = common + [a, b].reduce((sum, { image }) => sum + image.manifest.layers.length - common, 0);
  let done = 0;
  const step = (): void => options.onProgress?.(done++, total);
  const lower = new Reading(a, options, step);
  for (let at = 0; at < common; at++) await lower.apply(at, false);
  const sides = [a, b].map((side) => new Reading(side, options, step, lower));
  for (const side of sides) {
    for (let at = 0; at < common; at++) await side.pack(at);
    for (let at = common; at < side.layers; at++) await side.apply(at, true);
  }
  const [readA, readB] = [sides[0]!, sides[1]!];
  const wanted = wantedContents(readA.table, readB.table);
  for (const side of sides) {
    for (let at = common; at < side.layers; at++) await side.keep(at, wanted);
  }
  return [readA.seen(), readB.seen()];
}

function unread({ image }: Looked): SeenImage {
  return seenImage(image, [], emptyTable(), new Map());
}

function seenImage(
  { descriptor, manifest, config }: ReadImage,
  layers: readonly SeenLayer[],
  table: FlatTable,
  contents: SeenImage["contents"],
): SeenImage {
  const { digest, mediaType } = descriptor;
  return { digest, manifestType: mediaType, manifest, config, layers, table, contents };
}

/** Files whose contents say more than their paths do. */
function wantedContents(a: FlatTable, b: FlatTable): Set<BytePath> {
  const found = fileDifferences(a, b).filter(
    ({ path, aspects }) => aspects.has("content") && !PATH_CAUSES.some((cause) => cause.path.test(path)),
  );
  return new Set(found.map(({ path }) => path));
}

/** One image while its layers are read, lowest first. */
class Reading {
  table: FlatTable;
  readonly #side: Looked;
  readonly #options: LookOptions;
  readonly #step: () => void;
  readonly #contents: Map<BytePath, Buffer>;
  readonly #seen: Pick<SeenLayer, "gzipHeader" | "entries">[] = [];
  #kept = 0;

  /** `below`: what is common to both and read already. */
  constructor(side: Looked, options: LookOptions, step: () => void, below?: Reading) {
    this.#side = side;
    this.#options = options;
    this.#step = step;
    this.table = below?.table ?? emptyTable();
    this.#contents = new Map(below?.contents);
  }

  get layers(): number {
    return this.#side.image.manifest.layers.length;
  }

  get contents(): ReadonlyMap<BytePath, Buffer> {
    return this.#contents;
  }

  /** Puts a layer on the table. `compared`: its entries are to be compared with the other image's, too. */
  async apply(at: number, compared: boolean): Promise<void> {
    this.#step();
    const header = new Head();
    const entries = compared ? new Entries() : null;
    this.table = await applyLayer(this.table, header.watch(this.#blob(at)), {
      wanted: (path, size) => tellsOfPackages(path) && size <= LARGEST,
      onContent: (path, content) => void this.#contents.set(path, content),
      ...(entries === null ? {} : { onEntry: (entry, digest) => entries.add(entry, digest) }),
    });
    this.#seen[at] = { gzipHeader: header.gzip, entries: entries?.digests() ?? null };
  }

  /** Only how a layer is compressed: of one whose tar the other image has, too. */
  async pack(at: number): Promise<void> {
    const header = new Head();
    for await (const _ of header.watch(this.#blob(at))) break;
    this.#seen[at] = { gzipHeader: header.gzip, entries: null };
  }

  /** Keeps the contents of these paths, as the layer has them. */
  async keep(at: number, wanted: ReadonlySet<BytePath>): Promise<void> {
    if (wanted.size === 0) return;
    for await (const entry of readTar(inflated(this.#blob(at)))) {
      if (entry.type !== "file" || !wanted.has(entry.path)) continue;
      if (entry.size > LARGEST || this.#kept + entry.size > LARGEST_SUM) continue;
      const parts: Uint8Array[] = [];
      for await (const part of entry.content) parts.push(part);
      this.#contents.set(entry.path, Buffer.concat(parts));
      this.#kept += entry.size;
    }
  }

  seen(): SeenImage {
    const { image } = this.#side;
    const layers = image.manifest.layers.map(({ mediaType, digest, size }, at): SeenLayer => {
      const diffId = image.config.rootfs.diff_ids[at]!;
      return { mediaType, digest, size, diffId, ...(this.#seen[at] ?? { gzipHeader: null, entries: null }) };
    });
    return seenImage(image, layers, this.table, this.#contents);
  }

  async *#blob(at: number): AsyncGenerator<Uint8Array> {
    const descriptor: Descriptor = this.#side.image.manifest.layers[at]!;
    for await (const chunk of this.#side.store.blob(descriptor)) {
      this.#options.signal?.throwIfAborted();
      yield chunk;
    }
  }
}

const GZIP_HEADER = 10;

/** The first bytes of a stream that goes by. */
class Head {
  #bytes = Buffer.alloc(0);

  async *watch(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      if (this.#bytes.length < GZIP_HEADER) this.#bytes = Buffer.concat([this.#bytes, chunk]).subarray(0, GZIP_HEADER);
      yield chunk;
    }
  }

  /** Null: it is no gzip. */
  get gzip(): Buffer | null {
    return this.#bytes.length === GZIP_HEADER && this.#bytes.readUInt16BE(0) === 0x1f8b ? this.#bytes : null;
  }
}

/** A layer's entries, as one digest of how they stand and one of which they are. */
class Entries {
  readonly #lines: string[] = [];

  add(entry: TarHeader, digest: string): void {
    const { path, type, mode, uid, gid, mtime, size, link, device, xattrs } = entry;
    const sorted = [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1));
    this.#lines.push(
      JSON.stringify([quotePath(path), type, mode, uid, gid, mtime, size, digest, link, device, sorted]),
    );
  }

  digests(): SeenLayer["entries"] {
    return { asWritten: digestOf(this.#lines), sorted: digestOf([...this.#lines].sort()) };
  }
}

function digestOf(lines: readonly string[]): string {
  const hash = createHash("sha256");
  for (const line of lines) hash.update(`${line}\n`);
  return hash.digest("hex");
}
