// Entries to a tar, and back. Written: ustar, pax only where needed, entries in the order given, two blocks of zeros at
// the end; the same entries give the same bytes. Read: what GNU tar, bsdtar, Go and Python write, one entry at a time.
import type { BytePath } from "../object/path.ts";
import { ByteSource } from "./bytes.ts";
import { NO_XATTRS, type TarEntry, type TarHeader, type TarStreamEntry } from "./entry.ts";
import {
  BLOCK,
  cleanPath,
  damagedTar,
  decodeHeader,
  encodeHeader,
  padding,
  parsePax,
  typeOf,
  XATTR,
  type RawHeader,
} from "./header.ts";

export type { TarEntry, TarHeader, TarStreamEntry } from "./entry.ts";

const END = Buffer.alloc(2 * BLOCK);

/** The whole tar. `size` is the content's length, whatever the entry says. */
export function writeTar(entries: Iterable<TarEntry>): Buffer {
  const parts: Uint8Array[] = [];
  for (const entry of entries) {
    const size = entry.content.length;
    parts.push(encodeHeader({ ...entry, size }), entry.content, Buffer.alloc(padding(size)));
  }
  return Buffer.concat([...parts, END]);
}

/** The same bytes piece by piece. Throws `image-damaged` where a content is not as long as its entry says. */
export async function* tarStream(
  entries: Iterable<TarStreamEntry> | AsyncIterable<TarStreamEntry>,
): AsyncGenerator<Uint8Array> {
  for await (const entry of entries) {
    yield encodeHeader(entry);
    let written = 0;
    for await (const chunk of entry.content) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== entry.size)
      throw damagedTar(`${JSON.stringify(entry.path)} has ${written} bytes, not ${entry.size} as its header says`);
    yield Buffer.alloc(padding(written));
  }
  yield END;
}

/** An entry with the place of its content in the tar. */
export interface LocatedEntry extends TarStreamEntry {
  /** Bytes from the tar's first to the content's first. */
  readonly offset: number;
}

/**
 * Entries in the tar's order. Each content goes with its entry: it must be read before the next entry is asked for, and
 * is passed over where it was not. Throws `image-damaged`: a cut or broken tar, a path that leaves the root, sparse files.
 */
export async function* readTar(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<LocatedEntry> {
  const source = new ByteSource(chunks);
  try {
    let extra = new Extra();
    for (;;) {
      const block = await source.exactly(BLOCK);
      const raw = block.length === 0 ? null : decodeHeader(whole(block, BLOCK));
      if (raw === null) break;
      if (await extra.take(raw, source)) continue;
      const header = extra.apply(raw);
      extra = new Extra();
      const body = new Body(source, header);
      yield { ...header, offset: source.position, content: body };
      await body.pass();
    }
    for (let rest = await source.some(1 << 20); rest !== null;) rest = await source.some(1 << 20); // to its checksum
  } finally {
    await source.close();
  }
}

function whole(bytes: Buffer, wanted: number): Buffer {
  if (bytes.length < wanted) throw damagedTar(`it ends ${wanted - bytes.length} bytes early`);
  return bytes;
}

/** Longest pax header or long name that is believed: 8 MiB. */
const LONGEST_EXTRA = 1 << 23;

/** What stands before an entry and belongs to it: pax records, GNU's long names. */
class Extra {
  #pax: Map<string, string> = new Map();
  #name: string | null = null;
  #link: string | null = null;

  /** True where the header was only about the next one. */
  async take(raw: RawHeader, source: ByteSource): Promise<boolean> {
    if (!"xgLKV".includes(raw.flag)) return false;
    if (raw.size > LONGEST_EXTRA) throw damagedTar(`a header of ${raw.size} bytes stands before an entry`);
    const body = whole(await source.exactly(raw.size), raw.size);
    await source.skip(padding(raw.size));
    const upToNul = (): string => body.toString("latin1").replace(/\0[^]*$/, "");
    if (raw.flag === "x") this.#pax = parsePax(body);
    if (raw.flag === "L") this.#name = upToNul();
    if (raw.flag === "K") this.#link = upToNul();
    return true; // a global header (g) holds git's comment, a volume label (V) a title: nothing of the entries
  }

  apply(raw: RawHeader): TarHeader {
    const pax = this.#pax;
    if (raw.flag === "S" || pax.has("GNU.sparse.major") || pax.has("GNU.sparse.map"))
      throw damagedTar(`${JSON.stringify(raw.name)} is a sparse file`);
    const name = pax.get("path") ?? this.#name ?? raw.name;
    const type = typeOf({ ...raw, name });
    if (type === null)
      throw damagedTar(`${JSON.stringify(name)} has the type ${JSON.stringify(raw.flag)}, which no layer may hold`);
    const link = pax.get("linkpath") ?? this.#link ?? raw.link;
    const value = (key: string, otherwise: number): number => {
      const record = pax.get(key);
      const found = record === undefined ? otherwise : Math.floor(Number(record));
      if (!Number.isSafeInteger(found)) throw damagedTar(`${key} of ${JSON.stringify(name)} is ${record}`);
      return found;
    };
    const xattrs = [...pax].filter(([key]) => key.startsWith(XATTR));
    return {
      path: cleanPath(name),
      type,
      mode: raw.mode,
      uid: value("uid", raw.uid),
      gid: value("gid", raw.gid),
      mtime: value("mtime", raw.mtime),
      size: type === "file" ? value("size", raw.size) : 0,
      link: type === "hardlink" ? cleanPath(link) : type === "symlink" ? (link as BytePath) : ("" as BytePath),
      device: type === "character" || type === "block" ? { major: raw.major, minor: raw.minor } : null,
      xattrs: xattrs.length === 0 ? NO_XATTRS : new Map(xattrs.map(([key, text]) => [key.slice(XATTR.length), text])),
    };
  }
}

/** An entry's content, which is part of the one stream. */
class Body implements AsyncIterable<Uint8Array> {
  readonly #source: ByteSource;
  readonly #header: TarHeader;
  #missing: number;

  constructor(source: ByteSource, header: TarHeader) {
    this.#source = source;
    this.#header = header;
    this.#missing = header.size;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    while (this.#missing > 0) {
      const chunk = await this.#source.some(this.#missing);
      if (chunk === null) throw damagedTar(`it ends inside ${JSON.stringify(this.#header.path)}`);
      this.#missing -= chunk.length;
      yield chunk;
    }
  }

  async pass(): Promise<void> {
    const left = this.#missing + padding(this.#header.size);
    this.#missing = 0;
    if (!(await this.#source.skip(left))) throw damagedTar(`it ends inside ${JSON.stringify(this.#header.path)}`);
  }
}
