// Layers compressed by several threads: the same bytes as `gzip` gives, whatever the number of threads.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { crc32 } from "node:zlib";
import { AppError } from "../error.ts";
import { blocksOf, GZIP_HEADER, gzipTrailer } from "../layer/gzip.ts";
import { OCI } from "../oci/media-type.ts";
import type { Content } from "../registry/store.ts";
import { installed } from "./installed.ts";

/** A gzipped layer in a file, with the digest of the tar in it. */
export interface LayerFile extends Content {
  readonly diffId: string;
}

/** One thread, which does one block at a time. */
class Deflater {
  readonly #worker = new Worker(installed("deflate-worker.js"));
  #busy: Promise<unknown> = Promise.resolve();

  constructor() {
    this.#worker.unref();
  }

  /** In the order of the calls. `block` is handed over and is empty afterwards. */
  deflate(block: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    const result = this.#busy.then(() => this.#one(block));
    this.#busy = result.catch(() => undefined);
    return result;
  }

  #one(block: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const done = (deflated: Uint8Array): void => {
        this.#worker.off("error", failed);
        resolve(deflated);
      };
      const failed = (cause: unknown): void => {
        this.#worker.off("message", done);
        reject(new AppError("internal", "The thread that compresses failed", { cause }));
      };
      this.#worker.once("message", done).once("error", failed);
      this.#worker.postMessage(block, [block.buffer]);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Blocks that each thread has before it, so that none waits for the reader. */
const AHEAD = 3;

/** The bytes that `gzipStream` gives, by `threads` threads; memory: some MiB a thread. */
export async function* gzipParallel(
  chunks: AsyncIterable<Uint8Array>,
  threads: number = availableParallelism(),
): AsyncGenerator<Uint8Array> {
  const deflaters = Array.from({ length: Math.max(1, threads) }, () => new Deflater());
  const running: Promise<Uint8Array>[] = [];
  let crc = 0;
  let size = 0;
  let turn = 0;
  try {
    yield GZIP_HEADER;
    for await (const block of blocksOf(chunks)) {
      crc = crc32(block, crc);
      size += block.length;
      const deflated = deflaters[turn++ % deflaters.length]!.deflate(block);
      deflated.catch(() => undefined); // its turn to be awaited comes
      running.push(deflated);
      if (running.length >= deflaters.length * AHEAD) yield await running.shift()!;
    }
    for (const deflated of running) yield await deflated;
    yield gzipTrailer(crc, size);
  } finally {
    await Promise.all(deflaters.map((one) => one.close()));
  }
}

export interface CompressOptions {
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

/** Writes a tar to `file` as a gzipped layer. Throws `disk-full`; the file is then the caller's to remove. */
export async function compressLayer(
  tar: AsyncIterable<Uint8Array>,
  file: string,
  options: CompressOptions = {},
): Promise<LayerFile> {
  const diffId = createHash("sha256");
  const digest = createHash("sha256");
  let size = 0;
  const handle = await open(file, "wx");
  try {
    for await (const piece of gzipParallel(hashed(tar, diffId, options.signal), options.threads)) {
      digest.update(piece);
      size += piece.length;
      await handle.writeFile(piece);
    }
  } catch (cause) {
    throw noSpace(cause, file);
  } finally {
    await handle.close();
  }
  return {
    mediaType: OCI.layerGzip,
    digest: `sha256:${digest.digest("hex")}`,
    size,
    diffId: `sha256:${diffId.digest("hex")}`,
    open: () => createReadStream(file),
  };
}

async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    hash.update(chunk);
    yield chunk;
  }
}

/** The error to throw for one of the disk's. */
export function noSpace(cause: unknown, file: string): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  if (code !== "ENOSPC" && code !== "EDQUOT") return cause;
  return new AppError("disk-full", `There is no space left for ${file}`, { cause, hint: "df -h" });
}
