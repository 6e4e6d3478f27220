// The last of a stream of bytes, however long it is.

/** Bytes that are kept: as much as anybody looks through. */
const KEPT = 2 ** 20;

export class Tail {
  readonly #chunks: Buffer[] = [];
  #length = 0;
  #dropped = 0;

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    for (
      let [first] = this.#chunks;
      first !== undefined && this.#length - first.length >= KEPT;
      [first] = this.#chunks
    ) {
      this.#chunks.shift();
      this.#length -= first.length;
      this.#dropped += first.length;
    }
  }

  /** At most `KEPT` bytes. */
  get bytes(): Buffer {
    const all = Buffer.concat(this.#chunks);
    return all.subarray(Math.max(0, all.length - KEPT));
  }

  /** Bytes that came before these. */
  get dropped(): number {
    return this.#dropped + Math.max(0, this.#length - KEPT);
  }

  /** The last lines as text, at most so many and each at most so long. */
  lines(count: number, length: number): string[] {
    const text = this.bytes.toString("utf8").replaceAll("\r\n", "\n").replace(/\n+$/, "");
    const lines = text === "" ? [] : text.split("\n");
    return lines.slice(-count).map((line) => (line.length > length ? `${line.slice(0, length)}…` : line));
  }
}
