// Which `.gitattributes` lines could change a merge. Conservative: when in doubt git is asked, with the files laid out.
import type { BytePath } from "../object/path.ts";

/** `merge` chooses the driver, `binary` is the built-in macro that unsets it; macros can hold either. */
const MERGE_ATTRIBUTE = /[ \t][-!]?(?:merge|binary)(?:=[^ \t\r]*)?(?=[ \t\r]|$)/;
/** Whether content is compared as text, which rename detection asks: it ignores the CR of a CRLF in text alone. */
const TEXT_ATTRIBUTE = /[ \t][-!]?(?:diff|binary)(?=[ \t\r]|$)/;

/** A word of a line that sets one of those attributes, to whatever: a later line takes back what an earlier one says. */
const DECIDING = /^[-!]?(?:merge|diff|binary)(?:=|$)/;

/** An attributes file, read as far as merges are concerned. */
export interface MergeAttributes {
  /** Lines that could choose how a path's content is merged. */
  readonly lines: readonly string[];
  /** Whether git must see the file when it merges whole trees. */
  readonly matters: boolean;
  /** What git must see of it, one line an attribute line: files that differ in nothing else share a merge batch. */
  readonly deciding: string;
  /** Whether it defines a macro that matters; then any line of any file may use it. */
  readonly macro: boolean;
}

/** Reads an attributes file (bytes as latin1). `macros`: the root's file defines a macro that matters. */
export function mergeAttributes(text: string, macros: boolean): MergeAttributes {
  const lines = text
    .replace(/^\xef\xbb\xbf/, "")
    .split("\n")
    .map((line) => line.replace(/^[ \t\r]+|[ \t\r]+$/g, "")) // never `trim`: 0xa0 is a byte of names
    .filter((line) => line !== "" && !line.startsWith("#"));
  const matter = lines.filter((line) => MERGE_ATTRIBUTE.test(line) || TEXT_ATTRIBUTE.test(line));
  const macro = matter.some((line) => line.startsWith("[attr]"));
  const kept = macro || macros ? lines : lines.filter((line) => line.startsWith('"') || MERGE_ATTRIBUTE.test(line));
  const deciding = macro || macros ? lines : lines.flatMap(reduced);
  return {
    lines: kept,
    matters: kept.length > 0 || matter.length > 0,
    deciding: deciding.map((line) => `${line}\n`).join(""),
    macro,
  };
}

/** The line without attributes that do not decide; nothing if none is left. A quoted pattern may hold blanks, so it stays. */
function reduced(line: string): string[] {
  if (line.startsWith('"')) return [line];
  const [pattern = "", ...attributes] = line.split(/[ \t\r]+/);
  const left = attributes.filter((attribute) => DECIDING.test(attribute));
  return left.length === 0 ? [] : [[pattern, ...left].join(" ")];
}

/**
 * False only if none of these lines can match the path, which is relative to the directory of the attributes file.
 * Wildcards are read generously (`*` matches slashes too); quoted, bracketed and escaped patterns match everything.
 */
export function mayMatch(lines: readonly string[], path: BytePath): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return lines.some((line) => {
    if (line.startsWith("[attr]")) return false; // a macro's definition; the lines that use it are here too
    const pattern = /^[^ \t\r]+/.exec(line)?.[0] ?? "";
    if (/["[\]\\]/.test(pattern)) return true;
    const expression = pattern
      .replace(/^\//, "")
      .replace(/[.+^${}()|]/g, "\\$&")
      .replace(/\*\*\/|\*+/g, ".*")
      .replace(/\?/g, ".");
    return new RegExp(`^${expression}$`, "s").test(pattern.includes("/") ? path : name);
  });
}
