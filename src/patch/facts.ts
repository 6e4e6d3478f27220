// What a commit does, as numbers: digests of its patch, a hash of every changed line, the paths and ranges it touches.
// Built line by line while git's output is read; the lines themselves are not kept.
import { parseQuotedPath, type BytePath } from "../object/path.ts";
import { mix, PRIME, SEED, hashText } from "./hash.ts";
import { MINUS, PLUS, type DiffSink, type HunkRange } from "./scan.ts";

export type FileStatus = "added" | "deleted" | "modified";

/** One changed path. Rename detection is off: a renamed file is one that is deleted and one that is added. */
export interface TouchedFile {
  readonly path: BytePath;
  readonly status: FileStatus;
  /** In order of the file. None for binary files, modes alone, and whole files that were deleted. */
  readonly ranges: readonly HunkRange[];
}

/** Equal digests mean equal patches but for chance (64 bits); white space is spaces, tabs and carriage returns. */
export interface PatchFacts {
  /** Of paths and changed lines, without context, positions and white space: 16 hexadecimal digits. */
  readonly bare: string;
  /** The same, with white space. */
  readonly exact: string;
  readonly files: readonly TouchedFile[];
  /** Hashes of added lines without white space, ascending, each once. Lines of fewer than three letters have none. */
  readonly added: Uint32Array;
  readonly removed: Uint32Array;
  /** How many lines were added and removed, all counted. */
  readonly addedLines: number;
  readonly removedLines: number;
}

/** Line hashes that are kept, smallest first: of a larger patch the same sample wherever it is. */
const MAX_SIGNATURES = 2_000;
/** Ranges that are kept of one patch. */
const MAX_RANGES = 2_000;
/** Shorter lines (`}`, `);`) say nothing about a patch. */
const MIN_LETTERS = 3;

export const EMPTY_PATCH: PatchFacts = {
  bare: "0".repeat(16),
  exact: "0".repeat(16),
  files: [],
  added: new Uint32Array(0),
  removed: new Uint32Array(0),
  addedLines: 0,
  removedLines: 0,
};

/** A growing list of unsigned 32-bit numbers. */
class Numbers {
  #array = new Uint32Array(1024);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#array.length) {
      const larger = new Uint32Array(this.#length * 2);
      larger.set(this.#array);
      this.#array = larger;
    }
    this.#array[this.#length++] = value;
  }

  /** Sorted, each once, at most so many; leaves the list empty. */
  take(most: number): Uint32Array {
    const sorted = this.#array.subarray(0, this.#length).sort();
    let kept = 0;
    for (let n = 0; n < sorted.length && kept < most; n++) {
      const value = sorted[n] ?? 0;
      if (n === 0 || value !== sorted[n - 1]) sorted[kept++] = value;
    }
    const taken = sorted.slice(0, kept);
    this.#length = 0;
    if (this.#array.length > 1 << 20) this.#array = new Uint32Array(1024);
    return taken;
  }
}

/** The hash under which a line of text stands in `added` and `removed`. */
export function lineSignature(line: string): number {
  return hashText(Buffer.from(line.replace(/[ \t\r]/g, ""), "utf8").toString("latin1"));
}

export class FactsBuilder implements DiffSink {
  #files: TouchedFile[] = [];
  readonly #added = new Numbers();
  readonly #removed = new Numbers();
  #addedLines = 0;
  #removedLines = 0;
  /** Sums over files, so that the order of files does not matter. */
  readonly #bare = [0, 0];
  readonly #exact = [0, 0];
  #ranges = 0;

  #open = false;
  #path = "";
  #status: FileStatus = "modified";
  #fileRanges: HunkRange[] = [];
  /** Running digests of the file at hand. */
  #bare0 = 0;
  #bare1 = 0;
  #exact0 = 0;
  #exact1 = 0;

  text(_bytes: Buffer, _start: number, _end: number): void {
    this.#close();
  }

  file(bytes: Buffer, start: number, end: number): void {
    this.#close();
    this.#open = true;
    this.#path = pathOfHeader(bytes.toString("latin1", start, end));
    this.#status = "modified";
    this.#bare0 = this.#bare1 = this.#exact0 = this.#exact1 = 0;
  }

  header(bytes: Buffer, start: number, end: number): void {
    const words = bytes.toString("latin1", start, end);
    if (words.startsWith("index ") || words.startsWith("---") || words.startsWith("+++")) {
      // Paths are known already, without renames; object IDs depend on what stands around the change.
      if (words.startsWith("index ")) this.#blobs = words;
      return;
    }
    if (words.startsWith("new file")) this.#status = "added";
    if (words.startsWith("deleted file")) this.#status = "deleted";
    // Of a binary file nothing is known but its object IDs.
    const told = words.startsWith("Binary") || words.startsWith("GIT binary") ? this.#blobs : words;
    this.#digest(hashText(told), hashText(told));
  }

  #blobs = "";

  hunk(_bytes: Buffer, _start: number, _end: number, range: HunkRange): void {
    if (this.#ranges++ < MAX_RANGES) this.#fileRanges.push(range);
  }

  line(bytes: Buffer, start: number, end: number, sign: number): void {
    if (sign !== PLUS && sign !== MINUS) return;
    let bare = SEED;
    let exact = SEED;
    let letters = 0;
    for (let at = start; at < end; at++) {
      const byte = bytes[at] ?? 0;
      exact = Math.imul(exact ^ byte, PRIME);
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) {
        bare = Math.imul(bare ^ byte, PRIME);
        letters++;
      }
    }
    const signature = mix(bare);
    if (sign === PLUS) {
      this.#addedLines++;
      if (letters >= MIN_LETTERS) this.#added.push(signature);
      this.#digest(signature, mix(exact));
    } else {
      this.#removedLines++;
      if (letters >= MIN_LETTERS) this.#removed.push(signature);
      this.#digest(~signature, ~mix(exact));
    }
  }

  /** Gives what was read since the last call, and begins anew. */
  take(): PatchFacts {
    this.#close();
    const facts: PatchFacts = {
      bare: hex(this.#bare),
      exact: hex(this.#exact),
      files: this.#files,
      added: this.#added.take(MAX_SIGNATURES),
      removed: this.#removed.take(MAX_SIGNATURES),
      addedLines: this.#addedLines,
      removedLines: this.#removedLines,
    };
    this.#files = [];
    this.#addedLines = this.#removedLines = this.#ranges = 0;
    this.#bare.fill(0);
    this.#exact.fill(0);
    return facts;
  }

  #digest(bare: number, exact: number): void {
    this.#bare0 = Math.imul((this.#bare0 << 5) ^ (this.#bare0 >>> 27) ^ bare, 0x9e3779b1);
    this.#bare1 = Math.imul((this.#bare1 << 7) ^ (this.#bare1 >>> 25) ^ bare, 0x85ebca77);
    this.#exact0 = Math.imul((this.#exact0 << 5) ^ (this.#exact0 >>> 27) ^ exact, 0x9e3779b1);
    this.#exact1 = Math.imul((this.#exact1 << 7) ^ (this.#exact1 >>> 25) ^ exact, 0x85ebca77);
  }

  #close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#files.push({ path: this.#path as BytePath, status: this.#status, ranges: this.#fileRanges });
    this.#fileRanges = [];
    const path = hashText(this.#path);
    add(this.#bare, mix(this.#bare0 ^ path), mix(this.#bare1 + path));
    add(this.#exact, mix(this.#exact0 ^ path), mix(this.#exact1 + path));
  }
}

function add(sums: number[], first: number, second: number): void {
  sums[0] = ((sums[0] ?? 0) + first) >>> 0;
  sums[1] = ((sums[1] ?? 0) + second) >>> 0;
}

function hex(sums: readonly number[]): string {
  return sums.map((sum) => sum.toString(16).padStart(8, "0")).join("");
}

/** `diff --git a/x b/x`, quoted or not; both names are the same, since renames are not looked for. */
function pathOfHeader(header: string): string {
  const rest = header.slice("diff --git ".length);
  if (rest.startsWith('"')) return parseQuotedPath(quotedAt(rest)).slice(2);
  if (header.startsWith("diff --git ")) return rest.slice(2, (rest.length - 1) / 2);
  return header.replace(/^diff --(?:cc|combined) /, "");
}

function quotedAt(text: string): string {
  return /^"(?:[^"\\]|\\.)*"/.exec(text)?.[0] ?? text;
}
