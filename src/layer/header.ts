// Headers of tar entries to and from blocks of 512 bytes: POSIX ustar, with pax records only for what ustar cannot hold.
// Reads what GNU tar writes besides: numbers in base 256. Source: POSIX pax, "ustar Interchange Format"; GNU tar manual.
import { AppError } from "../error.ts";
import type { BytePath } from "../object/path.ts";
import type { EntryType, TarHeader } from "./entry.ts";

export const BLOCK = 512;

const FLAGS: Readonly<Record<EntryType, string>> = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  character: "3",
  block: "4",
  directory: "5",
  fifo: "6",
};

/** Type flag -> type; contiguous files (7) and flags of old tars (NUL) are files. */
const TYPES: ReadonlyMap<string, EntryType> = new Map([
  ...Object.entries(FLAGS).map(([type, flag]): [string, EntryType] => [flag, type as EntryType]),
  ["\0", "file"],
  ["7", "file"],
]);

export const XATTR = "SCHILY.xattr.";

/** Bytes from the end of the content to the next block. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** The blocks before an entry's content. The same header gives the same bytes; names of users and groups stay empty. */
export function encodeHeader(header: TarHeader): Buffer {
  const records: [string, string][] = [];
  const written = header.type === "directory" ? `${header.path === "" ? "." : header.path}/` : header.path;
  const split = splitPath(written);
  if (split === null) records.push(["path", written]);
  const link = plain(header.link) && header.link.length <= 100 ? header.link : null;
  if (link === null) records.push(["linkpath", header.link]);
  const number = (key: string, value: number, digits: number): number => {
    if (value >= 0 && value < 8 ** digits) return value;
    records.push([key, String(value)]);
    return 0;
  };
  const block = ustar({
    name: split?.name ?? cut(written),
    prefix: split?.prefix ?? "",
    mode: header.mode,
    uid: number("uid", header.uid, 7),
    gid: number("gid", header.gid, 7),
    size: number("size", header.size, 11),
    mtime: number("mtime", header.mtime, 11),
    flag: FLAGS[header.type],
    link: link ?? cut(header.link),
    device: header.device,
  });
  for (const [name, value] of [...header.xattrs].sort(([a], [b]) => (a < b ? -1 : 1)))
    records.push([`${XATTR}${name}`, value]);
  if (records.length === 0) return block;
  const pax = Buffer.from(records.map(([key, value]) => paxRecord(key, value)).join(""), "latin1");
  const before = ustar({ ...PAX, size: pax.length });
  return Buffer.concat([before, pax, Buffer.alloc(padding(pax.length)), block]);
}

interface Ustar {
  readonly name: string;
  readonly prefix: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly flag: string;
  readonly link: string;
  readonly device: TarHeader["device"];
}

const PAX: Ustar = {
  name: "././@PaxHeader",
  prefix: "",
  mode: 0o644,
  uid: 0,
  gid: 0,
  size: 0,
  mtime: 0,
  flag: "x",
  link: "",
  device: null,
};

function ustar(fields: Ustar): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, digits: number): void =>
    void block.write(`${value.toString(8).padStart(digits, "0")}\0`, at, "latin1");
  block.write(fields.name, 0, "latin1");
  octal(fields.mode, 100, 7);
  octal(fields.uid, 108, 7);
  octal(fields.gid, 116, 7);
  octal(fields.size, 124, 11);
  octal(fields.mtime, 136, 11);
  block.write("        ", 148, "latin1"); // the checksum counts itself as spaces
  block.write(fields.flag, 156, "latin1");
  block.write(fields.link, 157, "latin1");
  block.write("ustar\x0000", 257, "latin1");
  octal(fields.device?.major ?? 0, 329, 7);
  octal(fields.device?.minor ?? 0, 337, 7);
  block.write(fields.prefix, 345, "latin1");
  block.write(`${checksum(block).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function checksum(block: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < BLOCK; at++) sum += at >= 148 && at < 156 ? 0x20 : block[at]!;
  return sum;
}

function plain(text: string): boolean {
  return /^[\x01-\x7f]*$/.test(text); // eslint-disable-line no-control-regex
}

/** What stands in a field that a pax record overrides: for readers that know no pax. */
function cut(text: string): string {
  return text.slice(0, 99).replace(/[^\x20-\x7e]/g, "_");
}

/** Name and prefix, split at the last slash that both sides allow; null where there is none. */
function splitPath(path: string): { readonly name: string; readonly prefix: string } | null {
  if (!plain(path)) return null;
  if (path.length <= 100) return { name: path, prefix: "" };
  const slash = path.lastIndexOf("/", Math.min(155, path.length - 2));
  if (slash <= 0 || path.length - slash - 1 > 100) return null;
  return { name: path.slice(slash + 1), prefix: path.slice(0, slash) };
}

function paxRecord(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`; // one char a byte, so lengths are byte lengths
  let length = rest.length + 1;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return `${length}${rest}`;
}

/** A header block as it stands, before pax records have their say. */
export interface RawHeader {
  readonly name: string;
  readonly flag: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtime: number;
  readonly link: string;
  readonly major: number;
  readonly minor: number;
}

/** Null for a block of zeros, which ends a tar. Throws `image-damaged` where the checksum or a number does not hold. */
export function decodeHeader(block: Buffer): RawHeader | null {
  if (block[0] === 0 && block.every((byte) => byte === 0)) return null;
  if (number(block, 148, 8) !== checksum(block)) throw damagedTar("a header's checksum does not hold");
  const isUstar = block.toString("latin1", 257, 262) === "ustar";
  const isGnu = block.toString("latin1", 257, 265) === "ustar  \0";
  const prefix = isUstar && !isGnu ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    flag: String.fromCharCode(block[156]!),
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: number(block, 124, 12),
    mtime: number(block, 136, 12),
    link: text(block, 157, 100),
    major: isUstar ? number(block, 329, 8) : 0,
    minor: isUstar ? number(block, 337, 8) : 0,
  };
}

function text(block: Buffer, at: number, length: number): string {
  const end = block.indexOf(0, at);
  return block.toString("latin1", at, end < 0 || end > at + length ? at + length : end);
}

function number(block: Buffer, at: number, length: number): number {
  if ((block[at]! & 0x80) !== 0) {
    // base 256, two's complement in all bits but the first
    let value = block[at]! & 0x40 ? -1 : 0;
    value = value * 64 + (block[at]! & 0x3f);
    for (let index = at + 1; index < at + length; index++) value = value * 256 + block[index]!;
    if (!Number.isSafeInteger(value)) throw damagedTar("a number in a header is too big");
    return value;
  }
  const digits = block.toString("latin1", at, at + length).replace(/^[ \0]+|[ \0].*$/gs, "");
  if (digits === "") return 0;
  if (!/^[0-7]+$/.test(digits)) throw damagedTar(`a number in a header is ${JSON.stringify(digits)}, not octal`);
  return Number.parseInt(digits, 8);
}

/** The entry's type, or null: a flag that no layer may hold. */
export function typeOf(raw: RawHeader): EntryType | null {
  const type = TYPES.get(raw.flag) ?? null;
  return type === "file" && raw.name.endsWith("/") ? "directory" : type; // as tars before POSIX wrote directories
}

/** Records of a pax header, values with one char a byte. Throws `image-damaged`. */
export function parsePax(body: Buffer): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < body.length && body[at] !== 0;) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString("latin1", at, Math.max(at, space)));
    const end = at + length;
    const equals = body.indexOf(0x3d, space);
    if (space < 0 || !(length > 0) || end > body.length || equals < 0 || equals >= end || body[end - 1] !== 0x0a)
      throw damagedTar("a pax record is not as long as it says");
    records.set(body.toString("utf8", space + 1, equals), body.toString("latin1", equals + 1, end - 1));
    at = end;
  }
  return records;
}

/** A path as engines understand it, in the one form of `TarHeader`. Throws `image-damaged` where it leaves the root. */
export function cleanPath(written: string): BytePath {
  const names = written.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) throw damagedTar(`${JSON.stringify(written)} leads out of the image's root`);
  if (written.includes("\0")) throw damagedTar(`${JSON.stringify(written)} holds a NUL byte`);
  return names.join("/") as BytePath;
}

export function damagedTar(what: string): AppError {
  return new AppError("image-damaged", `A layer's tar cannot be read: ${what}`, {
    hint: "skopeo copy the image again, and compare its digest",
  });
}
