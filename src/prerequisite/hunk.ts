// The runs of lines in which two versions of a file differ, and which of them get in each other's way. Reads git's own
// diff text; never reads files.

/** A run of lines that one version has in the place of another's. Positions count lines from 0. */
export interface Hunk {
  /** First line in the old version; where `removed` is empty, the line before which the new ones stand. */
  readonly start: number;
  /** Texts without their newline, bytes as latin1. */
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/**
 * The hunks of each file in a diff without context (`-U0`), by the name behind `b/`. A binary file has none. Names are
 * the caller's own plain ones, so none is quoted.
 */
export function parseHunks(diff: string): Map<string, Hunk[]> {
  const files = new Map<string, Hunk[]>();
  let hunks: Hunk[] = [];
  let removed: string[] = [];
  let added: string[] = [];
  let [minus, plus] = [0, 0];
  for (const line of diff.split("\n")) {
    if (minus > 0 && line.startsWith("-")) {
      removed.push(line.slice(1));
      minus--;
    } else if (plus > 0 && line.startsWith("+")) {
      added.push(line.slice(1));
      plus--;
    } else {
      const file = /^diff --git a\/.* b\/(.*)$/.exec(line);
      if (file !== null) files.set(file[1] ?? "", (hunks = []));
      const head = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
      if (head === null) continue;
      minus = Number(head[2] ?? 1);
      plus = Number(head[3] ?? 1);
      const at = Number(head[1]);
      hunks.push({ start: minus === 0 ? at : at - 1, removed: (removed = []), added: (added = []) });
    }
  }
  return files;
}

/** Where a pick meets what the line has otherwise. */
export interface Region {
  /** Lines of the old version, counted from 0, that the line lacks within reach of the pick; `end` is not among them. */
  readonly start: number;
  readonly end: number;
  /** What the line has in the place of the whole run that those lines are part of. */
  readonly added: readonly string[];
}

/**
 * The parts of `ours` that meet a hunk of `theirs`, both against the same old version: they overlap, or no line is
 * between them, which is where git's merge conflicts (xmerge.c, `xdl_do_merge`). Of a long run only the lines that the
 * pick changes and their neighbours count.
 */
export function contested(ours: readonly Hunk[], theirs: readonly Hunk[]): Region[] {
  return ours.flatMap((our) => {
    const met = theirs.filter((their) => our.start <= endOf(their) && their.start <= endOf(our));
    if (met.length === 0) return [];
    const start = Math.max(our.start, Math.min(...met.map((their) => their.start - 1)));
    const end = Math.min(endOf(our), Math.max(...met.map((their) => endOf(their) + 1)));
    return [{ start, end, added: our.added }];
  });
}

/** The whole of each hunk, for a pick that takes the file away. */
export function wholly(ours: readonly Hunk[]): Region[] {
  return ours.map((our) => ({ start: our.start, end: endOf(our), added: our.added }));
}

/** The line behind the last one of the old version. */
function endOf({ start, removed }: Hunk): number {
  return start + removed.length;
}
