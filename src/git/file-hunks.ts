// Line by line differences of many pairs of files, by one `git diff-tree`, cut as git's merge cuts them.
import { parseHunks, type Hunk } from "../prerequisite/hunk.ts";
import { serialiseTree, type Mode } from "../object/tree.ts";
import type { BytePath } from "../object/path.ts";
import { run } from "./run.ts";
import type { Scratch } from "./scratch.ts";

/** A file's mode and blob. */
export interface FileVersion {
  readonly mode: Mode;
  readonly oid: string;
}

const ARGS = [
  "diff-tree",
  "-r",
  "-p",
  "-U0",
  "--histogram", // what merge-ort compares with
  "--no-indent-heuristic", // merges do not move hunks to please the eye
  "--no-renames",
  "--no-ext-diff",
  "--no-textconv",
];

/** Hunks of each pair, in order. Empty for binary files and for pairs that git cannot read. */
export async function fileHunks(
  scratch: Scratch,
  pairs: readonly (readonly [before: FileVersion, after: FileVersion])[],
): Promise<Hunk[][]> {
  if (pairs.length === 0) return [];
  const side = (k: 0 | 1): string =>
    scratch.write("tree", serialiseTree(new Map(pairs.map((pair, n) => [String(n) as BytePath, pair[k]]))));
  const done = await run(scratch, [...ARGS, side(0), side(1)], { ok: [0, 128] });
  const found = parseHunks(done.stdout.toString("latin1"));
  return pairs.map((_, n) => found.get(String(n)) ?? []);
}
