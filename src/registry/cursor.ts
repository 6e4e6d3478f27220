// Content that is sent piece by piece, in order: opened once, and again only where a piece before must be sent anew.
import { checked } from "./content.ts";
import type { Body } from "./http.ts";
import type { Content } from "./store.ts";

export class Cursor {
  readonly #content: Content;
  readonly #place: string;
  readonly #onBytes: (done: number) => void;
  #chunks: AsyncIterator<Uint8Array> | null = null;
  #rest: Uint8Array = new Uint8Array();
  #at = 0;

  /** `place` is whom an error about the bytes names; `onBytes` is told how many of all bytes are sent. */
  constructor(content: Content, place: string, onBytes: (done: number) => void) {
    this.#content = content;
    this.#place = place;
    this.#onBytes = onBytes;
  }

  /** The bytes from `start` to before `end`. Reading the last of all throws `image-damaged` where they do not fit. */
  range(start: number, end: number): Body {
    return { size: end - start, open: () => this.#read(start, end) };
  }

  async close(): Promise<void> {
    await this.#chunks?.return?.();
    this.#chunks = null;
  }

  async *#read(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (this.#chunks === null || this.#at !== start) {
      await this.close();
      this.#chunks = checked(this.#content.open(), this.#content, this.#place);
      this.#rest = new Uint8Array();
      this.#at = 0;
      while (this.#at < start) await this.#take(this.#chunks, start - this.#at);
    }
    const chunks = this.#chunks;
    while (this.#at < end) {
      const piece = await this.#take(chunks, end - this.#at);
      this.#onBytes(this.#at);
      yield piece;
    }
    if (end === this.#content.size) await chunks.next(); // the judgement comes after the last byte
  }

  /** At most so many bytes, and one at least. */
  async #take(chunks: AsyncIterator<Uint8Array>, most: number): Promise<Uint8Array> {
    while (this.#rest.length === 0) {
      const next = await chunks.next();
      if (next.done === true) throw new Error("content ended before its size"); // `checked` says so first
      this.#rest = next.value;
    }
    const piece = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(piece.length);
    this.#at += piece.length;
    return piece;
  }
}
