// Whether a line holds what a fix repairs. Says no only where nothing speaks for it: neither the commits that brought
// the repaired lines nor the lines themselves.
import type { BytePath } from "../object/path.ts";

/** A line of the fix's pre-image, and the commit that git's blame gives for it. */
export interface RepairedLine {
  readonly path: BytePath;
  /** Bytes as latin1, without line break. */
  readonly text: string;
  readonly commit: string;
  /** The fix takes the line out or changes it; else it stands beside what the fix adds. */
  readonly changed: boolean;
}

export interface Repair {
  readonly lines: readonly RepairedLine[];
  /** Commits that the fix names in `Fixes:` and that exist. */
  readonly named: readonly string[];
}

export interface LineContents {
  /** Whether the line holds a commit, as itself or as an equivalent. */
  has(commit: string): boolean;
  /** The file's lines on the line's tip, or null if it has no such file. */
  file(path: BytePath): ReadonlySet<string> | null;
}

/** Why a line does not need the fix; null if it may. `introduced`: who brought most lines comes first. */
export interface Unaffected {
  readonly by: "trailer" | "blame";
  readonly introduced: readonly string[];
  readonly paths: readonly BytePath[];
}

/** A line with fewer letters and digits than this (a brace, `else`) says nothing about where it is. */
const TELLING = 6;

export function unaffected({ lines, named }: Repair, contents: LineContents): Unaffected | null {
  if (named.length > 0) {
    if (named.some((commit) => contents.has(commit))) return null;
    // The author may not know of an older cause: the lines must be missing, too.
    const there = lines.some(({ path, text, changed }) => changed && isTelling(text) && holds(contents, path, text));
    return there ? null : { by: "trailer", introduced: named, paths: pathsOf(lines) };
  }
  const telling = lines.filter(({ text }) => isTelling(text));
  const changed = telling.filter((line) => line.changed);
  // What a fix changes tells more than what it stands beside.
  const evidence = changed.length > 0 ? changed : telling;
  if (evidence.length === 0) return null;
  for (const { commit, path, text } of evidence) if (contents.has(commit) || holds(contents, path, text)) return null;
  const weight = new Map<string, number>();
  for (const { commit } of evidence) weight.set(commit, (weight.get(commit) ?? 0) + 1);
  const introduced = [...weight].sort(([, a], [, b]) => b - a).map(([commit]) => commit);
  return { by: "blame", introduced, paths: pathsOf(evidence) };
}

/** Whether a text can be told from others by its letters and digits. */
export function isTelling(text: string): boolean {
  return text.replace(/[^A-Za-z0-9\x80-\xff]/g, "").length >= TELLING;
}

function holds(contents: LineContents, path: BytePath, text: string): boolean {
  return contents.file(path)?.has(squeezed(text)) === true;
}

function pathsOf(lines: readonly RepairedLine[]): BytePath[] {
  return [...new Set(lines.map(({ path }) => path))].sort();
}

/** A file's lines, white space evened out: an indented copy is a copy. */
export function linesOfFile(content: string): Set<string> {
  return new Set(content.split("\n").map(squeezed));
}

/** White space evened out. */
export function squeezed(text: string): string {
  return text.replace(/[ \t\r]+/g, " ").trim();
}
