// The changed files of a fix -> hunks that are no part of it: white space and comments alone, in files where nothing of
// the fix is.
import type { ChangedFile, ChangedHunk } from "../patch/changed-file.ts";

export interface StrayHunk {
  readonly path: string;
  readonly line: number;
  readonly kind: "reformatting" | "moving" | "renaming" | "rewording";
}

export function strayHunks(files: readonly ChangedFile[]): StrayHunk[] {
  const judged = files.map((file) => ({ file, kinds: file.hunks.map(kindOf) }));
  const fixes = judged.some(({ kinds }) => kinds.includes(null));
  if (!fixes) return [];
  return judged
    .filter(({ kinds }) => kinds.length > 0 && !kinds.includes(null))
    .flatMap(({ file, kinds }) =>
      file.hunks.flatMap(({ line }, n) => {
        const kind = kinds[n] ?? null;
        return kind === null ? [] : [{ path: file.path, line, kind }];
      }),
    );
}

/** Null: it does something. */
function kindOf({ removed, added }: ChangedHunk): StrayHunk["kind"] | null {
  const bare = (lines: readonly string[]): string => lines.join("").replace(/\s+/g, "");
  return bare(removed) === bare(added) ? "reformatting" : null;
}
