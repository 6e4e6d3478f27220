// Differences of trees to the hunks that people and rules read. Modes, binary files and submodules are told in git's
// own words.
import { fileHunks, type FileVersion } from "../git/file-hunks.ts";
import type { Scratch } from "../git/scratch.ts";
import { quotePath, type BytePath } from "../object/path.ts";
import type { Hunk } from "../prerequisite/hunk.ts";
import { MODE_GITLINK, type TreeEntry } from "../object/tree.ts";
import type { AddedHunk } from "../wire/class.ts";
import { shown, type Span } from "./merged-text.ts";

export interface Difference {
  readonly path: BytePath;
  readonly before: TreeEntry | null;
  readonly after: TreeEntry | null;
  /** Regions of the old text in which those lines are no addition; null if it has none. */
  readonly own: { readonly lines: ReadonlySet<string>; readonly spans: readonly Span[] } | null;
}

/** Hunks of one commit that are kept, and lines of a hunk on either side; more are counted in a line at the end. */
const MAX_HUNKS = 500;
const MAX_LINES = 200;

/** The hunks of each list of differences, in its order. One git process for all. */
export async function addedHunks(scratch: Scratch, lists: readonly (readonly Difference[])[]): Promise<AddedHunk[][]> {
  const texts = lists
    .flat()
    .filter(({ before, after }) => isText(before) && isText(after) && before?.oid !== after?.oid);
  const nothing = scratch.write("blob", Buffer.alloc(0));
  const version = (entry: TreeEntry | null, other: TreeEntry | null): FileVersion => ({
    // A change of type would be told as a deletion and an addition.
    mode: other?.mode ?? entry?.mode ?? "100644",
    oid: entry?.oid ?? nothing,
  });
  const found = await fileHunks(
    scratch,
    texts.map(({ before, after }) => [version(before, after ?? before), version(after, after ?? before)] as const),
  );
  const hunksOf = new Map(texts.map((difference, n) => [difference, found[n] ?? []]));
  return lists.map((list) =>
    list
      .flatMap((difference) => {
        const hunks = hunksOf.get(difference) ?? [];
        const isEmpty = [difference.before, difference.after].some((entry) => entry?.oid === nothing);
        return [...inWords(difference, hunks.length > 0, isEmpty), ...inLines(difference, hunks)];
      })
      .slice(0, MAX_HUNKS),
  );
}

function inLines({ path, own }: Difference, hunks: readonly Hunk[]): AddedHunk[] {
  let moved = 0;
  return hunks.flatMap(({ start, removed, added }) => {
    const end = start + removed.length;
    const isInside = own?.spans.some((span) => span.start <= start && end <= span.end) ?? false;
    const isNew = (line: string): boolean => !isInside || own?.lines.has(`${line}\n`) !== true;
    const kept = added.filter(isNew);
    const line = kept.length === 0 ? 0 : start + moved + added.findIndex(isNew) + 1;
    moved += added.length - removed.length;
    if (kept.length + removed.length === 0) return [];
    return [{ path: quotePath(path), line, removed: clip(removed), added: clip(kept) }];
  });
}

function isText(entry: TreeEntry | null): boolean {
  return entry?.mode !== MODE_GITLINK;
}

/** What a text difference does not say. */
function inWords({ path, before, after }: Difference, hasText: boolean, isEmpty: boolean): AddedHunk[] {
  const removed: string[] = [];
  const added: string[] = [];
  const isPlain = hasText && (before ?? after)?.mode === "100644" && (before === null || after === null);
  if (before?.mode !== after?.mode && !isPlain) {
    if (before !== null) removed.push(`${after === null ? "deleted file" : "old"} mode ${before.mode}`);
    if (after !== null) added.push(`${before === null ? "new file" : "new"} mode ${after.mode}`);
  }
  if (before?.oid !== after?.oid && !hasText && !isEmpty) {
    if (before !== null) removed.push(contents(before));
    if (after !== null) added.push(contents(after));
  }
  return removed.length + added.length === 0 ? [] : [{ path: quotePath(path), line: 0, removed, added }];
}

function contents({ mode, oid }: TreeEntry): string {
  return mode === MODE_GITLINK ? `Subproject commit ${oid}` : `Binary file ${oid}`;
}

function clip(lines: readonly string[]): string[] {
  const some = lines.slice(0, MAX_LINES).map(shown);
  return lines.length <= MAX_LINES ? some : [...some, `… ${lines.length - MAX_LINES} more lines`];
}
