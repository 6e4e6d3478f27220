// SSH's wire encoding (RFC 4251, section 5) to values and back. Reading is strict: what is not exactly the encoding
// that a writer would make is `Malformed`, and a reader is never left with bytes that nobody looked at.

/** Bytes from elsewhere are not what they claim to be. Never leaves this folder: it becomes a value with its reason. */
export class Malformed extends Error {}

export class Reader {
  readonly #bytes: Buffer;
  readonly #what: string;
  #at = 0;

  /** `what` names the bytes in reasons: "the signature". */
  constructor(bytes: Buffer, what: string) {
    this.#bytes = bytes;
    this.#what = what;
  }

  take(length: number): Buffer {
    if (length > this.#bytes.length - this.#at) throw new Malformed(`${this.#what} is cut short`);
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  uint8(): number {
    return this.take(1).readUInt8();
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.take(this.uint32());
  }

  /** A string of printable ASCII, as names of algorithms are. */
  name(): string {
    const bytes = this.string();
    if (!bytes.every((byte) => byte > 0x20 && byte < 0x7f)) {
      throw new Malformed(`${this.#what} holds a name that is not printable ASCII`);
    }
    return bytes.toString("latin1");
  }

  /** The magnitude of a number that is not negative, without leading zeros. */
  mpint(): Buffer {
    const bytes = this.string();
    const [first = 0, second = 0] = bytes;
    if (first >= 0x80) throw new Malformed(`${this.#what} holds a negative number`);
    if (bytes.length > 0 && first === 0 && second < 0x80) {
      throw new Malformed(`${this.#what} holds a number with needless zeros`);
    }
    return first === 0 ? bytes.subarray(1) : bytes;
  }

  /** All that is left. */
  rest(): Buffer {
    return this.take(this.#bytes.length - this.#at);
  }

  end(): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw new Malformed(`${this.#what} is followed by ${left} bytes that do not belong to it`);
  }
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** Text is written as UTF-8. */
export function string(value: string | Uint8Array): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint32(bytes.length), bytes]);
}

/** From a magnitude, most significant byte first. */
export function mpint(magnitude: Buffer): Buffer {
  const start = magnitude.findIndex((byte) => byte !== 0);
  if (start < 0) return uint32(0);
  const bytes = magnitude.subarray(start);
  return string((bytes[0] ?? 0) < 0x80 ? bytes : Buffer.concat([Buffer.alloc(1), bytes]));
}

/** A magnitude in exactly so many bytes. Throws `Malformed` if it does not fit. */
export function padded(magnitude: Buffer, length: number, what: string): Buffer {
  if (magnitude.length > length) throw new Malformed(`${what} holds a number that is too large`);
  return Buffer.concat([Buffer.alloc(length - magnitude.length), magnitude]);
}
