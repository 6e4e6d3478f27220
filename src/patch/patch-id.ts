// The patch ID of a diff, to the bit as `git patch-id --stable` computes it (git's builtin/patch-id.c): white space,
// positions and the order of files do not count; context does.
import { createHash, type Hash } from "node:crypto";
import type { ObjectFormat } from "../object/hash.ts";
import { DiffScanner, type DiffSink } from "./scan.ts";

/** Of one commit's diff, without or with its object ID or header before it; null for a diff without any file. */
export function patchId(diff: Uint8Array, format: ObjectFormat): string | null {
  const sink = new PatchIdSink(format);
  const scanner = new DiffScanner(sink);
  scanner.write(Buffer.from(diff.buffer, diff.byteOffset, diff.byteLength));
  scanner.end();
  return sink.result();
}

class PatchIdSink implements DiffSink {
  readonly #format: ObjectFormat;
  readonly #sum: Buffer;
  #hash: Hash;
  #length = 0;
  #blobs = "";
  #binary = false;
  #contents = false;

  constructor(format: ObjectFormat) {
    this.#format = format;
    this.#hash = createHash(format);
    this.#sum = Buffer.alloc(format === "sha1" ? 20 : 32);
  }

  text(): void {
    // What stands before a patch is no part of it.
  }

  file(bytes: Buffer, start: number, end: number): void {
    const afterBinary = this.#binary;
    if (this.#contents) this.#flush();
    this.#binary = this.#contents = false;
    if (!afterBinary) this.#add(bytes, start, end); // git leaves this line out; so must whoever wants its numbers
  }

  header(bytes: Buffer, start: number, end: number): void {
    if (this.#binary) return;
    const words = bytes.toString("latin1", start, end);
    if (words.startsWith("index ")) {
      this.#blobs = /^index ([0-9a-f]+)\.\.([0-9a-f]+)/.exec(words)?.slice(1).join("") ?? "";
    } else if (words.startsWith("Binary files") || words.startsWith("GIT binary patch")) {
      this.#binary = true;
      this.#hash.update(this.#blobs, "latin1");
      this.#flush();
    } else {
      this.#contents ||= words.startsWith("+++ ");
      this.#add(bytes, start, end);
    }
  }

  hunk(): void {
    // Positions do not count.
  }

  line(bytes: Buffer, start: number, end: number): void {
    this.#add(bytes, start - 1, end);
  }

  result(): string | null {
    this.#flush();
    return this.#length === 0 ? null : this.#sum.toString("hex");
  }

  /** Without white space; a NUL ends the line, as in C. */
  #add(bytes: Buffer, start: number, end: number): void {
    const kept = Buffer.allocUnsafe(end - start);
    let length = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === 0) break;
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== 0x0a) kept[length++] = byte;
    }
    this.#length += length;
    this.#hash.update(kept.subarray(0, length));
  }

  /** Adds the digest to the sum, smallest byte first, with carry. */
  #flush(): void {
    let carry = 0;
    for (const [n, byte] of this.#hash.digest().entries()) {
      carry += (this.#sum[n] ?? 0) + byte;
      this.#sum[n] = carry & 0xff;
      carry >>= 8;
    }
    this.#hash = createHash(this.#format);
  }
}
