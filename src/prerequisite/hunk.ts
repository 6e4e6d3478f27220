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

/**
 * The hunks of `ours` that meet a hunk of `theirs`, both against the same old version: they overlap or have no line
 * between them, which is where git's merge conflicts (xmerge.c, `xdl_do_merge`).
 */
export function contested(ours: readonly Hunk[], theirs: readonly Hunk[]): Hunk[] {
  return ours.filter((our) => theirs.some((their) => our.start <= endOf(their) && their.start <= endOf(our)));
}

/** The line behind the last one of the old version. */
export function endOf({ start, removed }: Hunk): number {
  return start + removed.length;
}
