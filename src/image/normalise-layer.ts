// An engine's layer to a layer of ours on disk: the tar is kept in a file while its headers are sorted, then compressed.
import { open, rm, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import { inflated } from "../layer/flatten.ts";
import { normalise, normalisedEntries, type Normalised, type NormaliseOptions } from "../layer/normalise.ts";
import { tarStream } from "../layer/tar.ts";
import { compressLayer, noSpace, type CompressOptions, type LayerFile } from "./compress.ts";

export interface NormalisedLayer extends LayerFile {
  readonly dropped: Normalised["dropped"];
  /** How many entries were later than the epoch. */
  readonly clamped: number;
}

/**
 * `blob`: a tar, gzipped or not. Writes `layer.tar.gz` in `directory`, and for a while a plain tar beside it. Memory:
 * the headers, and some MiB a thread. Throws `image-damaged`, `image-refused`, `disk-full`.
 */
export async function normaliseLayer(
  blob: AsyncIterable<Uint8Array>,
  directory: string,
  options: NormaliseOptions & CompressOptions,
): Promise<NormalisedLayer> {
  const spilled = join(directory, "engine.tar");
  const handle = await open(spilled, "wx+");
  try {
    const { entries, dropped, clamped } = await normalise(spill(inflated(blob), handle, spilled), options);
    const tar = tarStream(normalisedEntries(entries, (offset, size) => readAt(handle, offset, size)));
    return { ...(await compressLayer(tar, join(directory, "layer.tar.gz"), options)), dropped, clamped };
  } finally {
    await handle.close();
    await rm(spilled, { force: true });
  }
}

async function* spill(chunks: AsyncIterable<Uint8Array>, handle: FileHandle, file: string): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    try {
      await handle.writeFile(chunk);
    } catch (cause) {
      throw noSpace(cause, file);
    }
    yield chunk;
  }
}

/** Bytes read at once. */
const PIECE = 1 << 20;

async function* readAt(handle: FileHandle, offset: number, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size;) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, size - at));
    const { bytesRead } = await handle.read(piece, 0, piece.length, offset + at);
    if (bytesRead === 0) return; // `tarStream` says what is missing
    yield piece.subarray(0, bytesRead);
    at += bytesRead;
  }
}
