// Commit facts to bytes and back: numbers as varints, text as it is, hashes raw.
import type { BytePath } from "../object/path.ts";
import type { FileStatus, PatchFacts, TouchedFile } from "./facts.ts";
import type { HunkRange } from "./scan.ts";

/** Everything the index keeps of one commit. */
export interface CommitFacts {
  readonly author: string;
  readonly email: string;
  /** Unix seconds. */
  readonly authorTime: number;
  readonly committerTime: number;
  /** Of a very long message the beginning and the end. */
  readonly message: string;
  /** Null for a merge that was not asked about, and where git could not read a blob. */
  readonly patch: PatchFacts | null;
}

/** Raised whenever the bytes change their meaning. */
const VERSION = 1;
const STATUSES: readonly FileStatus[] = ["added", "deleted", "modified"];
/** Characters of a message that are kept at its beginning, and at its end. */
const MESSAGE_PART = 2_000;
/** Files that are kept with their ranges; of a larger patch the first ones. */
const MAX_FILES = 1_000;

export function encodeFacts(facts: CommitFacts): Buffer {
  const writer = new Writer();
  writer.number(VERSION);
  writer.text(facts.author);
  writer.text(facts.email);
  writer.number(Math.max(0, facts.authorTime));
  writer.number(Math.max(0, facts.committerTime));
  writer.text(shortened(facts.message));
  const { patch } = facts;
  writer.number(patch === null ? 0 : 1);
  if (patch !== null) {
    writer.raw(Buffer.from(patch.bare + patch.exact, "hex"));
    writer.number(patch.addedLines);
    writer.number(patch.removedLines);
    writer.hashes(patch.added);
    writer.hashes(patch.removed);
    const files = patch.files.slice(0, MAX_FILES);
    writer.number(files.length);
    let before = "";
    for (const { path, status, ranges } of files) {
      const shared = sharedPrefix(before, path);
      writer.number(shared);
      writer.raw(Buffer.from(`${path.slice(shared)}\0`, "latin1"));
      before = path;
      writer.number(ranges.length * 4 + STATUSES.indexOf(status));
      let line = 0;
      for (const { oldStart, oldCount, newStart, newCount } of ranges) {
        writer.number(Math.max(0, oldStart - line));
        line = oldStart;
        writer.number(oldCount);
        writer.signed(newStart - oldStart);
        writer.number(newCount);
      }
    }
  }
  return writer.done();
}

/** Null for bytes that another version wrote, or that are spoilt. */
export function decodeFacts(bytes: Buffer): CommitFacts | null {
  try {
    const reader = new Reader(bytes);
    if (reader.number() !== VERSION) return null;
    const author = reader.text();
    const email = reader.text();
    const authorTime = reader.number();
    const committerTime = reader.number();
    const message = reader.text();
    const patch = reader.number() === 0 ? null : readPatch(reader);
    return reader.isDone() ? { author, email, authorTime, committerTime, message, patch } : null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function readPatch(reader: Reader): PatchFacts {
  const digests = reader.raw(16).toString("hex");
  const [addedLines, removedLines] = [reader.number(), reader.number()];
  const [added, removed] = [reader.hashes(), reader.hashes()];
  const files: TouchedFile[] = [];
  const count = reader.number();
  let before = "";
  for (let n = 0; n < count; n++) {
    const shared = reader.number();
    before = before.slice(0, shared) + reader.untilNul();
    const packed = reader.number();
    const ranges: HunkRange[] = [];
    let line = 0;
    for (let k = packed >> 2; k > 0; k--) {
      line += reader.number();
      const oldCount = reader.number();
      const newStart = line + reader.signed();
      ranges.push({ oldStart: line, oldCount, newStart, newCount: reader.number() });
    }
    files.push({ path: before as BytePath, status: STATUSES[packed & 3] ?? "modified", ranges });
  }
  return { bare: digests.slice(0, 16), exact: digests.slice(16), files, added, removed, addedLines, removedLines };
}

function shortened(message: string): string {
  if (message.length <= 2 * MESSAGE_PART) return message;
  return `${message.slice(0, MESSAGE_PART)}\n…\n${message.slice(-MESSAGE_PART)}`;
}

function sharedPrefix(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a[n] === b[n]) n++;
  return n;
}

class Writer {
  #bytes = Buffer.allocUnsafe(4096);
  #at = 0;

  number(value: number): void {
    this.#room(10);
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) this.#bytes[this.#at++] = (rest % 0x80) | 0x80;
    this.#bytes[this.#at++] = rest;
  }

  signed(value: number): void {
    this.number(value < 0 ? -value * 2 - 1 : value * 2);
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  text(text: string): void {
    const bytes = Buffer.from(text, "utf8");
    this.number(bytes.length);
    this.raw(bytes);
  }

  hashes(hashes: Uint32Array): void {
    this.number(hashes.length);
    this.raw(new Uint8Array(hashes.buffer, hashes.byteOffset, hashes.byteLength));
  }

  done(): Buffer {
    return Buffer.from(this.#bytes.subarray(0, this.#at));
  }

  #room(wanted: number): void {
    if (this.#at + wanted <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#at + wanted));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}

/** Throws `RangeError` at the end of the bytes. */
class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new RangeError("the bytes end too early");
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    const value = this.number();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  raw(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw new RangeError("the bytes end too early");
    return this.#bytes.subarray(this.#at, (this.#at += length));
  }

  text(): string {
    return this.raw(this.number()).toString("utf8");
  }

  untilNul(): string {
    const end = this.#bytes.indexOf(0, this.#at);
    if (end < 0) throw new RangeError("the bytes end too early");
    const found = this.#bytes.toString("latin1", this.#at, end);
    this.#at = end + 1;
    return found;
  }

  hashes(): Uint32Array {
    const length = this.number();
    const copy = new Uint8Array(this.raw(length * 4)); // aligned
    return new Uint32Array(copy.buffer, 0, length);
  }

  isDone(): boolean {
    return this.#at === this.#bytes.length;
  }
}
