// Walks the output of `git diff-tree -p` or `git log -p` line by line, as bytes in pieces of any size, and tells a sink
// what each line is. Makes no strings and keeps nothing; bytes that fit no patch are text outside of patches.

/** Gets lines without their newline; `bytes` is valid during the call only. */
export interface DiffSink {
  /** A line outside of all patches: object IDs, commit headers, messages. */
  text(bytes: Buffer, start: number, end: number): void;
  /** A line `diff --git …` (or of a merge, `diff --cc …`). */
  file(bytes: Buffer, start: number, end: number): void;
  /** Another line of a file's header: modes, `index`, `---`, `+++`, `Binary files`. */
  header(bytes: Buffer, start: number, end: number): void;
  hunk(bytes: Buffer, start: number, end: number, range: HunkRange): void;
  /** A line of a hunk after its sign: `+`, `-` or space as a char code. */
  line(bytes: Buffer, start: number, end: number, sign: number): void;
  /** `\ No newline at end of file`. */
  noNewline?(bytes: Buffer, start: number, end: number): void;
}

/** 1-based first lines and counts, as in `@@ -3,4 +3,5 @@`. */
export interface HunkRange {
  readonly oldStart: number;
  readonly oldCount: number;
  readonly newStart: number;
  readonly newCount: number;
}

/** A text line that begins with this byte opens a message, which ends with a line that ends in NUL. */
export const MESSAGE_START = 0x01;

const NEWLINE = 0x0a;
export const PLUS = 0x2b;
export const MINUS = 0x2d;
const SPACE = 0x20;
const BACKSLASH = 0x5c;

const OUTSIDE = 0;
const MESSAGE = 1;
const HEADER = 2;
const HUNK = 3;
const BINARY = 4;

const HEADERS = [
  "index ",
  "--- ",
  "+++ ",
  "old mode ",
  "new mode ",
  "new file mode ",
  "deleted file mode ",
  "Binary files ",
  "similarity index ",
  "dissimilarity index ",
  "rename ",
  "copy ",
].map((words) => Buffer.from(words));
const BINARY_PATCH = ["GIT binary patch", "literal ", "delta "].map((words) => Buffer.from(words));
const FILE = Buffer.from("diff --");
const HUNK_HEADER = Buffer.from("@@ -");

export class DiffScanner {
  readonly #sink: DiffSink;
  #state = OUTSIDE;
  #oldLeft = 0;
  #newLeft = 0;
  #rest: Buffer | null = null;

  constructor(sink: DiffSink) {
    this.#sink = sink;
  }

  write(chunk: Buffer): void {
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = this.#rest?.length ?? 0;
    let start = 0;
    const { length } = bytes;
    for (; at < length; at++) {
      if (bytes[at] !== NEWLINE) continue;
      this.#line(bytes, start, at);
      start = at + 1;
    }
    // The rest is kept while the chunk's memory may be used again.
    this.#rest = start === length ? null : Buffer.from(bytes.subarray(start));
  }

  /** Ends the input; a last line without newline counts. */
  end(): void {
    if (this.#rest !== null) this.#line(this.#rest, 0, this.#rest.length);
    this.#rest = null;
    this.#state = OUTSIDE;
  }

  #line(bytes: Buffer, start: number, end: number): void {
    if (this.#state === HUNK && this.#inHunk(bytes, start, end)) return;
    if (this.#state === MESSAGE) {
      this.#sink.text(bytes, start, end);
      if (bytes[end - 1] === 0) this.#state = OUTSIDE;
    } else if (startsWith(bytes, start, end, FILE)) {
      this.#state = HEADER;
      this.#sink.file(bytes, start, end);
    } else if (this.#state === BINARY) {
      if (start === end) this.#state = HEADER;
      this.#sink.header(bytes, start, end);
    } else if (this.#state !== OUTSIDE && startsWith(bytes, start, end, HUNK_HEADER)) {
      this.#openHunk(bytes, start, end);
    } else if (this.#state !== OUTSIDE && HEADERS.some((words) => startsWith(bytes, start, end, words))) {
      this.#sink.header(bytes, start, end);
    } else if (this.#state !== OUTSIDE && BINARY_PATCH.some((words) => startsWith(bytes, start, end, words))) {
      this.#state = BINARY;
      this.#sink.header(bytes, start, end);
    } else if (this.#state !== OUTSIDE && bytes[start] === BACKSLASH) {
      this.#sink.noNewline?.(bytes, start, end);
    } else {
      this.#state = bytes[start] === MESSAGE_START && bytes[end - 1] !== 0 ? MESSAGE : OUTSIDE;
      this.#sink.text(bytes, start, end);
    }
  }

  /** False: the line belongs to no hunk any more. */
  #inHunk(bytes: Buffer, start: number, end: number): boolean {
    const sign = bytes[start];
    if (this.#oldLeft + this.#newLeft > 0) {
      // An empty line is an empty context line whose space somebody's tool has taken off.
      if (sign === MINUS) this.#oldLeft--;
      else if (sign === PLUS) this.#newLeft--;
      else if (sign === SPACE || start === end) {
        this.#oldLeft--;
        this.#newLeft--;
      } else if (sign !== BACKSLASH) {
        this.#state = HEADER;
        return false;
      }
      if (sign === BACKSLASH) this.#sink.noNewline?.(bytes, start, end);
      else this.#sink.line(bytes, Math.min(start + 1, end), end, sign === PLUS || sign === MINUS ? sign : SPACE);
      return true;
    }
    this.#state = HEADER;
    return false;
  }

  #openHunk(bytes: Buffer, start: number, end: number): void {
    const range = { oldStart: 0, oldCount: 1, newStart: 0, newCount: 1 };
    let at = start + HUNK_HEADER.length;
    const number = (): number => {
      let value = 0;
      for (; at < end; at++) {
        const digit = (bytes[at] ?? 0) - 0x30;
        if (digit < 0 || digit > 9) break;
        value = value * 10 + digit;
      }
      return value;
    };
    range.oldStart = number();
    if (bytes[at] === 0x2c && at++ < end) range.oldCount = number();
    at += 2; // " +"
    range.newStart = number();
    if (bytes[at] === 0x2c && at++ < end) range.newCount = number();
    this.#oldLeft = range.oldCount;
    this.#newLeft = range.newCount;
    this.#state = HUNK;
    this.#sink.hunk(bytes, start, end, range);
  }
}

function startsWith(bytes: Buffer, start: number, end: number, words: Buffer): boolean {
  const { length } = words;
  if (end - start < length) return false;
  for (let n = 0; n < length; n++) if (bytes[start + n] !== words[n]) return false;
  return true;
}
