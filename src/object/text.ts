// Turns a commit's bytes into UTF-8, as far as its `encoding` header says how.
import type { Commit } from "./commit.ts";

/** Author and message as UTF-8 bytes (latin1 strings). Bytes without a declared encoding stay as they are. */
export function inUtf8(commit: Commit): { author: string; message: string } {
  const { encoding, author, message } = commit;
  if (encoding === null || /^utf-?8$/i.test(encoding)) return { author, message };
  const convert = decoder(encoding);
  const [converted, body] = [convert(author), convert(message)];
  return converted === null || body === null ? { author, message } : { author: converted, message: body };
}

/** Gives null for bytes or encodings that cannot be converted, as git then keeps the bytes. */
function decoder(encoding: string): (bytes: string) => string | null {
  // The web's "iso-8859-1" is windows-1252; git's iconv means the real one.
  if (/^(iso-?8859-?1|latin-?1|l1|us-ascii|ascii)$/i.test(encoding)) return (bytes) => Buffer.from(bytes, "utf8").toString("latin1");
  return (bytes) => {
    try {
      const text = new TextDecoder(encoding, { fatal: true }).decode(Buffer.from(bytes, "latin1"));
      return Buffer.from(text, "utf8").toString("latin1");
    } catch {
      return null;
    }
  };
}

/** Bytes for people: UTF-8 where they are, else as latin1, which never loses a letter. */
export function readable(bytes: string): string {
  const buffer = Buffer.from(bytes, "latin1");
  const text = buffer.toString("utf8");
  return text.includes("\ufffd") ? bytes : text;
}

/** The first paragraph on one line, as git prints a subject. */
export function subjectOf(message: string): string {
  const paragraph = message.replace(/^\s*\n/, "").split(/\n[ \t\r]*\n/)[0] ?? "";
  return readable(paragraph.trim().replace(/\s*\n\s*/g, " "));
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
