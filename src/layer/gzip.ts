// Bytes to gzip, the same on every machine and with every number of threads: blocks of 1 MiB are deflated each for
// itself by pako and put one after the other in one member. Never node:zlib, whose bytes depend on the zlib it is linked
// with. pako's `legacyHash` gives exactly what zlib 1.2 and 1.3 give at level 6, so any zlib can be asked (a test does).
import { crc32 } from "node:zlib";
import { Deflate } from "pako";

/** Bytes of content in one block; only the last is shorter. */
export const GZIP_BLOCK = 1 << 20;

const LEVEL = 6;
const SYNC_FLUSH = 2;

/** Deflate (8), no flags, no time, no hint about the level, and an operating system (255) that is not named. */
export const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

/** An empty last block: every block before it is then like the others. */
const LAST_BLOCK = Buffer.from([0x03, 0x00]);

/** At most `GZIP_BLOCK` bytes as deflate blocks that end on a byte, none of them marked as the last. */
export function deflateBlock(block: Uint8Array): Buffer {
  const chunkSize = block.length + (block.length >>> 10) + 64; // room for all in one piece, even if nothing shrinks
  const deflate = new Deflate({ level: LEVEL, raw: true, legacyHash: true, chunkSize });
  const parts: Uint8Array[] = [];
  deflate.onData = (part) => void parts.push(part);
  deflate.push(block, SYNC_FLUSH);
  if (deflate.err !== 0) throw new Error(`pako: ${deflate.msg}`);
  return Buffer.concat(parts);
}

/** What stands after the last block. `size`: all bytes that were compressed. */
export function gzipTrailer(crc: number, size: number): Buffer {
  const sums = Buffer.alloc(8);
  sums.writeUInt32LE(crc, 0);
  sums.writeUInt32LE(size % 2 ** 32, 4);
  return Buffer.concat([LAST_BLOCK, sums]);
}

export function gzip(bytes: Uint8Array): Buffer {
  const parts: Buffer[] = [GZIP_HEADER];
  for (let at = 0; at < bytes.length; at += GZIP_BLOCK) parts.push(deflateBlock(bytes.subarray(at, at + GZIP_BLOCK)));
  parts.push(gzipTrailer(crc32(bytes), bytes.length));
  return Buffer.concat(parts);
}

/** The same bytes as `gzip` of the joined chunks, however they are cut. */
export async function* gzipStream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  yield GZIP_HEADER;
  let crc = 0;
  let size = 0;
  for await (const block of blocksOf(chunks)) {
    crc = crc32(block, crc);
    size += block.length;
    yield deflateBlock(block);
  }
  yield gzipTrailer(crc, size);
}

/** Chunks cut anew into blocks of `GZIP_BLOCK` bytes; each is the receiver's own. */
export async function* blocksOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let block = new Uint8Array(GZIP_BLOCK);
  let filled = 0;
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + GZIP_BLOCK - filled);
      block.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < GZIP_BLOCK) continue;
      yield block;
      block = new Uint8Array(GZIP_BLOCK);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
