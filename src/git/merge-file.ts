// Merges one file and settles every conflict in favour of theirs: what a file would be if somebody resolved it so.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";
import type { Scratch } from "./scratch.ts";

/** The blob of the merged file, or null where the contents are binary or missing. */
export async function mergeForTheirs(
  scratch: Scratch,
  blobs: { readonly base: string; readonly ours: string; readonly theirs: string },
): Promise<string | null> {
  const files: string[] = [];
  for (const side of ["ours", "base", "theirs"] as const) {
    const blob = await scratch.reader.read(blobs[side]);
    if (blob === null) return null;
    const file = join(scratch.cwd, `theirs-${blobs[side]}`);
    writeFileSync(file, blob.body);
    files.push(file);
  }
  const done = await run(scratch, ["merge-file", "-p", "--theirs", ...files], { ok: [0, 255] });
  return done.status === 0 ? scratch.write("blob", done.stdout) : null;
}
