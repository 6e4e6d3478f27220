// The changed files of a fix -> hunks that are no part of it: reformatting, renaming, moving and rewording of comments
// in files and functions where nothing of the fix is. Reads text alone, so it says nothing where it cannot be sure.
import { FIX_WORDS, fixReason } from "../message/fix.ts";
import { subjectOf } from "../object/text.ts";
import type { ChangedFile, ChangedHunk } from "../patch/changed-file.ts";

export interface StrayHunk {
  readonly path: string;
  readonly line: number;
  readonly kind: "reformatting" | "renaming" | "moving" | "rewording of comments";
}

/** Where tidying is what the commit is for, it is its one concern. */
const TIDYING =
  /\b(?:typos?|misspell\w*|spelling|grammar|wording|comments?|docs?|docstrings?|godoc|styles?|lint\w*|format\w*|white-?space|indent\w*|renam\w+|names?|shadow\w*|warnings?|vet|govet|imports?)\b/i;

/** Nothing for a commit whose message does not say that it is a fix. */
export function strayInFix(message: string, files: readonly ChangedFile[]): StrayHunk[] {
  return fixReason(message, FIX_WORDS) === null || TIDYING.test(subjectOf(message)) ? [] : strayHunks(files);
}

/** Nothing, unless there is something beside it that changes what the code does. In the order of the files. */
export function strayHunks(files: readonly ChangedFile[]): StrayHunk[] {
  const code = files.filter(isCode);
  const hunks = code.flatMap((file) => file.hunks.map((hunk): Judged => ({ file, hunk, kind: plainKind(file, hunk) })));
  const moved = movedLines(hunks);
  for (const one of hunks) if (one.kind === null && isMoved(one.hunk, moved)) one.kind = "moving";
  const renames = renamesIn(hunks.filter(({ kind }) => kind === null));
  for (const one of hunks) if (one.kind === null && isRenaming(one.hunk, renames)) one.kind = "renaming";
  const own = hunks.filter(({ kind }) => kind === null);
  if (own.length === 0) return [];
  const near = new Set(own.map(placeOf));
  const stray = hunks.filter((one) => one.kind !== null && !near.has(placeOf(one)));
  if (stray.reduce((sum, { hunk }) => sum + sizeOf(hunk), 0) < LEAST_LINES || stray.length < LEAST_HUNKS) return [];
  return stray.flatMap(({ file, hunk, kind }) => (kind === null ? [] : [{ path: file.path, line: hunk.line, kind }]));
}

/** A fix may tidy a line or two on its way. */
const LEAST_LINES = 6;
const LEAST_HUNKS = 3;

interface Judged {
  readonly file: ChangedFile;
  readonly hunk: ChangedHunk;
  /** Null: it does something. */
  kind: StrayHunk["kind"] | null;
}

const HASH = /\.(?:py|pyi|pyx|pxd|sh|bash|rb|pl|r|jl|tcl)$/i;
const SLASHES = /\.(?:[cm]?[jt]sx?|go|[ch]|cc|cpp|cxx|hh|hpp|java|rs|kt|swift|scala|php|cs|cu|cuh|proto)$/i;
/** Tests come with a fix, and change as they must. */
const TEST = /(?:^|\/)(?:tests?|testing|testdata|spec|fixtures|vendor|third_party|deps)\/|[._-]tests?\.|\btest_[^/]*$/i;

function isCode({ path, status, binary }: ChangedFile): boolean {
  return status !== "deleted" && !binary && !TEST.test(path) && (HASH.test(path) || SLASHES.test(path));
}

/** A file with its function, as far as git's heading tells it. */
function placeOf({ file, hunk }: Judged): string {
  return `${file.path}\0${hunk.section}`;
}

function sizeOf({ removed, added }: ChangedHunk): number {
  return Math.max(removed.length, added.length);
}

function plainKind({ path }: ChangedFile, { removed, added }: ChangedHunk): StrayHunk["kind"] | null {
  const lines = [...removed, ...added].filter((line) => line.trim() !== "");
  if (lines.length === 0) return "reformatting";
  if (removed.length > 0 && bare(removed) === bare(added)) return "reformatting";
  const comment = HASH.test(path) ? /^\s*#/ : /^\s*(?:\/\/|\/\*|\*(?:\s|\/|$))/;
  // A comment that is new says something of the fix; one that was there is only worded anew.
  return removed.length > 0 && lines.every((line) => comment.test(line)) ? "rewording of comments" : null;
}

/** Without white space, and without what formatters put or take away at the ends of lists. */
function bare(lines: readonly string[]): string {
  return lines
    .join("\n")
    .replace(/\s+/g, "")
    .replace(/,(?=[)\]}])/g, "")
    .replaceAll("'", '"');
}

const TELLING = 8;

function isTelling(line: string): boolean {
  return line.replace(/\W/g, "").length >= TELLING;
}

/** Telling lines that one hunk takes away and another brings, white space aside. */
function movedLines(hunks: readonly Judged[]): ReadonlySet<string> {
  const side = (lines: readonly string[]): string[] => lines.filter(isTelling).map((line) => line.trim());
  const removedIn = new Map<string, Set<ChangedHunk>>();
  for (const { hunk } of hunks)
    for (const line of side(hunk.removed)) removedIn.set(line, (removedIn.get(line) ?? new Set()).add(hunk));
  const moved = new Set<string>();
  for (const { hunk } of hunks)
    for (const line of side(hunk.added)) {
      const from = removedIn.get(line);
      if (from !== undefined && !(from.size === 1 && from.has(hunk))) moved.add(line);
    }
  return moved;
}

/** Fewer lines than this are no block. */
const BLOCK = 4;
const MOST_OF_IT = 0.9;

function isMoved({ removed, added }: ChangedHunk, moved: ReadonlySet<string>): boolean {
  const telling = [...removed, ...added].filter(isTelling);
  const carried = telling.filter((line) => moved.has(line.trim()));
  return carried.length >= BLOCK && carried.length >= telling.length * MOST_OF_IT;
}

const TOKEN = /[A-Za-z_$][\w$]*|\d[\w.]*|[^\s\w]/g;
const NAME = /^[A-Za-z_$][\w$]*$/;

/** Hunks in which a name must be replaced by the same other one to count as renamed. */
const OFTEN = 3;

/** Old name -> new name, unless what else is changed brings the new one: its callers must follow then. */
function renamesIn(hunks: readonly Judged[]): ReadonlyMap<string, string> {
  const seen = new Map<string, { to: string; hunks: number; always: boolean }>();
  const others: ChangedHunk[] = [];
  for (const { hunk } of hunks) {
    const pairs = replacedNames(hunk);
    if (pairs === null) others.push(hunk);
    for (const [from, to] of pairs ?? []) {
      const known = seen.get(from);
      if (known === undefined) seen.set(from, { to, hunks: 1, always: true });
      else seen.set(from, { ...known, hunks: known.hunks + 1, always: known.always && known.to === to });
    }
  }
  return new Map(
    [...seen].flatMap(([from, { to, hunks: times, always }]) =>
      always && times >= OFTEN && !others.some((hunk) => brings(hunk, from, to)) ? [[from, to] as const] : [],
    ),
  );
}

/** Whether a hunk says the new name where the old one did not stand. */
function brings({ removed, added }: ChangedHunk, from: string, to: string): boolean {
  const count = (lines: readonly string[], name: string): number =>
    (lines.join("\n").match(TOKEN) ?? []).filter((token) => token === name).length;
  return count(added, to) > count(removed, from) + count(removed, to);
}

/** Names that a hunk replaces by others and nothing else; null if it does anything else. */
function replacedNames({ removed, added }: ChangedHunk): ReadonlyMap<string, string> | null {
  const [before, after] = [removed.join("\n").match(TOKEN) ?? [], added.join("\n").match(TOKEN) ?? []];
  if (before.length !== after.length || before.length === 0) return null;
  const pairs = new Map<string, string>();
  for (const [n, from] of before.entries()) {
    const to = after[n] ?? "";
    if (from === to) continue;
    if (!NAME.test(from) || !NAME.test(to) || (pairs.get(from) ?? to) !== to) return null;
    pairs.set(from, to);
  }
  return pairs;
}

function isRenaming(hunk: ChangedHunk, renames: ReadonlyMap<string, string>): boolean {
  const pairs = replacedNames(hunk);
  return pairs !== null && pairs.size > 0 && [...pairs].every(([from, to]) => renames.get(from) === to);
}
