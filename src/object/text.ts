// Turns a commit's bytes into UTF-8, as far as its `encoding` header says how.
import type { Commit } from "./commit.ts";

/**
 * Author and message as UTF-8 bytes (latin1 strings). Bytes without a declared encoding stay as they are. Where one is
 * declared the result is UTF-8 in any case, as `git cherry-pick` makes it: what cannot be converted is read as latin1,
 * byte by byte.
 */
export function inUtf8(commit: Commit): { author: string; message: string } {
  const { encoding, author, message, committer } = commit;
  if (encoding === null) return { author, message };
  const convert = /^utf-?8$/i.test(encoding) ? (bytes: string): string => bytes : decoder(encoding);
  // git converts a commit as one text: one byte that it cannot convert keeps all of it.
  const [who, body, other] = [convert(author), convert(message), convert(committer)];
  const converted = who !== null && body !== null && other !== null;
  return { author: mended(converted ? who : author), message: mended(converted ? body : message) };
}

/** Gives null for bytes or encodings that cannot be converted. */
function decoder(encoding: string): (bytes: string) => string | null {
  const name = encoding.toLowerCase().replace(/^(?:cp|windows-?)(?=125\d$)/, "windows-");
  // The web's "iso-8859-1" and "-9" are Windows code pages, and git's iconv means the real ones. Node 20 reads
  // "windows-1252" as latin1, Node 24 does not. So these three are read here.
  if (/^(iso[-_]?8859-?1|latin-?1|l1)$/.test(name)) return latin1InUtf8;
  if (/^(us-)?ascii$/.test(name)) return (bytes) => (/[\x80-\xff]/.test(bytes) ? null : bytes);
  if (/^(iso[-_]?8859-?9|latin-?5|l5)$/.test(name)) return (bytes) => byTable(bytes, LATIN5);
  if (name === "windows-1252") return (bytes) => byTable(bytes, WINDOWS_1252);
  return (bytes) => {
    try {
      const label = ALIASES[name] ?? name;
      const text = new TextDecoder(label, { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, "latin1"));
      if (name.startsWith("windows-") && /[\x80-\x9f]/.test(text)) return null; // holes in the code page
      return Buffer.from(asIconv(name, text), "utf8").toString("latin1");
    } catch {
      return null;
    }
  };
}

/** Names that git's iconv knows and the web does not. */
const ALIASES: Readonly<Record<string, string>> = {
  cp932: "shift_jis",
  eucjp: "euc-jp",
  cp936: "gbk",
  euccn: "gbk",
  euckr: "euc-kr",
  cp950: "big5",
};

type Table = Readonly<Record<string, string>>;

const LATIN5: Table = { "\xd0": "Ğ", "\xdd": "İ", "\xde": "Ş", "\xf0": "ğ", "\xfd": "ı", "\xfe": "ş" };
const HOLE = "\ufffd";
/** From 0x80 on. */
const WINDOWS_1252: Table = Object.fromEntries(
  Array.from("€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ", (char, n) => [
    String.fromCharCode(0x80 + n),
    char === "." ? HOLE : char,
  ]),
);

function byTable(bytes: string, table: Table): string | null {
  let text = "";
  for (const byte of bytes) {
    const char = table[byte] ?? byte;
    if (char === HOLE) return null;
    text += char;
  }
  return latin1InUtf8(text);
}

const JIS: Table = { "￠": "¢", "￡": "£", "￢": "¬", "∥": "‖", "－": "−", "～": "〜" };
/** Characters that the web's tables read as Microsoft did, and iconv's as the standards say. */
const STANDARD: Readonly<Record<string, Table>> = {
  "euc-jp": JIS,
  "eucjp": JIS,
  "iso-2022-jp": JIS,
  "shift_jis": { ...JIS, "\\": "¥", "~": "‾" },
  "gb2312": { "—": "―", "·": "・" },
};

function asIconv(name: string, text: string): string {
  const table = STANDARD[name];
  return table === undefined ? text : text.replace(/[^]/gu, (char) => table[char] ?? char);
}

function latin1InUtf8(bytes: string): string {
  return Buffer.from(bytes, "utf8").toString("latin1");
}

const MALFORMED =
  /(?:[\0-\x7f]|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|\xed[\x80-\x9f][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2})+|[^]/g;

/** Each byte that is no part of UTF-8 as the latin1 character it would be. Source: git's `verify_utf8` (commit.c). */
function mended(bytes: string): string {
  return bytes.replace(MALFORMED, (found) => (found.length === 1 && found > "\x7f" ? latin1InUtf8(found) : found));
}

/** Bytes for people: UTF-8 where they are, else as latin1, which never loses a letter. */
export function readable(bytes: string): string {
  const buffer = Buffer.from(bytes, "latin1");
  const text = buffer.toString("utf8");
  return text.includes("\ufffd") && !Buffer.from(text, "utf8").equals(buffer) ? bytes : text;
}

/** The first paragraph on one line, as git prints a subject. */
export function subjectOf(message: string): string {
  const paragraph = message.replace(/^(?:[ \t\r]*\n)+/, "").split(/\n[ \t\r]*\n/)[0] ?? "";
  // Never `trim` or `\s`: 0xa0 is the second byte of "à".
  return readable(paragraph.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "").replace(/[ \t\r]*\n[ \t\r]*/g, " "));
}

/** `Name <email> seconds zone` in its parts; a malformed one gives what can be read. */
export function parseIdentity(line: string): { name: string; email: string; seconds: number; zone: string } {
  const found = /^(.*?) ?<([^>]*)>(?: (-?\d+) ([+-]\d{4}))?/s.exec(line);
  const [, name = line, email = "", seconds = "0", zone = "+0000"] = found ?? [];
  return { name: readable(name), email: readable(email), seconds: Number(seconds), zone };
}

/** ISO 8601 with the offset of the identity's own zone: `2026-03-04T10:00:00+01:00`. */
export function isoDate(seconds: number, zone: string): string {
  const minutes = (zone.startsWith("-") ? -1 : 1) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5)));
  const shifted = new Date((seconds + minutes * 60) * 1000);
  if (Number.isNaN(shifted.getTime())) return `@${seconds} ${zone}`;
  return `${shifted.toISOString().slice(0, 19)}${zone.slice(0, 3)}:${zone.slice(3)}`;
}
