// Tars of the layers that were built on a base -> one gzipped layer on disk, the same whichever engine built them.
// Contents are read where they lie; only headers are held in memory.
import { createReadStream, createWriteStream, rmSync, statSync } from "node:fs";
import { open, type FileHandle } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { chunksOf } from "../layer/bytes.ts";
import { LEFTOVERS } from "../layer/drop.ts";
import { applyLayer, emptyTable, inflated, type FlatTable } from "../layer/flatten.ts";
import { mergeLayers } from "../layer/merge.ts";
import { MOUNTED } from "../layer/mounted.ts";
import { readTar, tarStream, type TarStreamEntry } from "../layer/tar.ts";
import type { BytePath } from "../object/path.ts";
import { compressLayer, noSpace, type LayerFile } from "./compress.ts";
import type { BaseImage, FileRange } from "./docker-archive.ts";

export interface LayerOptions {
  readonly base: BaseImage | null;
  /** Unix seconds. */
  readonly epoch: number;
  /** Where `layer.tar.gz` is written. */
  readonly file: string;
  /** Directories that are there in any case, as paths below the root. */
  readonly directories: readonly BytePath[];
  readonly signal?: AbortSignal | undefined;
}

/** `saved`: tars, lowest first. Throws `image-damaged`, `disk-full`. */
export async function writeEnvironmentLayer(saved: readonly FileRange[], options: LayerOptions): Promise<LayerFile> {
  const unpacked = saved.map((_, number) => `${options.file}.${number}.tar`);
  try {
    const tars: FileRange[] = [];
    for (const [number, range] of saved.entries()) tars.push(await plain(range, unpacked[number]!));
    return await write(tars, options);
  } finally {
    for (const file of unpacked) rmSync(file, { force: true });
  }
}

/** An engine that keeps layers compressed saves them so; contents are read by their place in a plain tar. */
async function plain(range: FileRange, file: string): Promise<FileRange> {
  const handle = await open(range.file);
  const { buffer } = await handle.read(Buffer.alloc(4), 0, 4, range.offset);
  await handle.close();
  if (buffer.readUInt16BE(0) !== GZIP && buffer.readUInt32LE(0) !== ZSTD) return range;
  const chunks = createReadStream(range.file, { start: range.offset, end: range.offset + range.size - 1 });
  try {
    await pipeline(inflated(chunks), createWriteStream(file));
  } catch (cause) {
    throw noSpace(cause, file);
  }
  return { file, offset: 0, size: statSync(file).size };
}

/** First bytes. */
const GZIP = 0x1f8b;
const ZSTD = 0xfd2fb528;

async function write(tars: readonly FileRange[], options: LayerOptions): Promise<LayerFile> {
  const base = await baseTable(options.base);
  const read = tars.map((tar) =>
    readTar(createReadStream(tar.file, { start: tar.offset, end: tar.offset + tar.size - 1 })),
  );
  const drop = [...LEFTOVERS, ...MOUNTED];
  const entries = await mergeLayers(read, { epoch: options.epoch, base, drop, directories: options.directories });
  const files = await Promise.all(tars.map(({ file }) => open(file)));
  try {
    const placed = entries.map((entry): TarStreamEntry => {
      if (entry.place === null) return { ...entry, content: chunksOf(new Uint8Array(0)) };
      const { layer, offset } = entry.place;
      return { ...entry, content: readAt(files[layer]!, tars[layer]!.offset + offset, entry.size) };
    });
    const signal = options.signal === undefined ? {} : { signal: options.signal };
    return await compressLayer(tarStream(placed), options.file, signal);
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

async function baseTable(base: BaseImage | null): Promise<FlatTable> {
  let table = emptyTable();
  for (const layer of base?.manifest.layers ?? []) table = await applyLayer(table, base!.store.blob(layer));
  return table;
}

/** Bytes read at once. */
const PIECE = 1 << 20;

async function* readAt(file: FileHandle, offset: number, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size;) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, size - at));
    const { bytesRead } = await file.read(piece, 0, piece.length, offset + at);
    if (bytesRead === 0) return; // `tarStream` says what is missing
    yield piece.subarray(0, bytesRead);
    at += bytesRead;
  }
}
