// What comes from a repository, made harmless for a terminal: names, subjects, authors, paths and file content may hold
// escape sequences, line breaks or marks that turn the direction of writing. Nothing of the sort is ever printed raw.

/**
 * Control characters (C0, DEL, C1), surrogates that stand alone, line and paragraph separators, and format characters:
 * bidirectional overrides, invisible spaces. Joiners that scripts and emoji need, and Arabic number signs, are kept.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?!\u200c|\u200d|[\u0600-\u0605\u06dd])\p{Cf}/u;
const EACH_UNSAFE = new RegExp(UNSAFE.source, "gu");

/** One line of text: whatever could move the cursor, or hide or reorder text, is shown as an escape instead. */
export function clean(text: string): string {
  return text.replaceAll("\t", "    ").replace(EACH_UNSAFE, escaped);
}

/** The same for text of several lines; it keeps its line breaks. */
export function cleanLines(text: string): string {
  return text.replaceAll("\r\n", "\n").split("\n").map(clean).join("\n");
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  return code < 0x100 ? `\\x${hex(code, 2)}` : `\\u${hex(code, 4)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}

/** Every text in a value of JSON, keys left out. Renderers begin with this, so that none of them can forget. */
export function cleaned<T>(value: T): T {
  if (typeof value === "string") return clean(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => cleaned(item)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cleaned(item as unknown)])) as T;
}

/** One JSON document: the same value for a program, and harmless where it ends on a terminal. */
export function json(value: unknown): string {
  const text = JSON.stringify(value, null, 2).replace(/[^\n -~]/gu, (character) => {
    if (!UNSAFE.test(character)) return character;
    return Array.from({ length: character.length }, (_, n) => `\\u${hex(character.charCodeAt(n), 4)}`).join("");
  });
  return `${text}\n`;
}
