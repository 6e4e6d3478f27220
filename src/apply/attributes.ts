// Which `.gitattributes` lines could change a merge. Conservative: when in doubt git is asked, with the files laid out.
import type { BytePath } from "../object/path.ts";

/** `merge` chooses the driver, `binary` is the built-in macro that unsets it; macros can hold either. */
const MERGE_ATTRIBUTE = /\s[-!]?(?:merge|binary)(?:=\S*)?(?=\s|$)/;

/** The lines of an attributes file (bytes as latin1) that set a merge attribute or define a macro that does. */
export function mergeLines(text: string): string[] {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const kept = lines.filter((line) => line !== "" && !line.startsWith("#"));
  const hasMacro = kept.some((line) => line.startsWith("[attr]") && MERGE_ATTRIBUTE.test(line));
  return hasMacro ? kept : kept.filter((line) => line.startsWith('"') || MERGE_ATTRIBUTE.test(line));
}

/**
 * False only if none of these lines can match the path, which is relative to the directory of the attributes file.
 * Wildcards are read generously (`*` matches slashes too); quoted, bracketed and escaped patterns match everything.
 */
export function mayMatch(lines: readonly string[], path: BytePath): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return lines.some((line) => {
    if (line.startsWith("[attr]")) return false; // a macro's definition; the lines that use it are here too
    const pattern = /^\S+/.exec(line)?.[0] ?? "";
    if (/["[\]\\]/.test(pattern)) return true;
    const expression = pattern
      .replace(/^\//, "")
      .replace(/[.+^${}()|]/g, "\\$&")
      .replace(/\*\*\/|\*+/g, ".*")
      .replace(/\?/g, ".");
    return new RegExp(`^${expression}$`, "s").test(pattern.includes("/") ? path : name);
  });
}
