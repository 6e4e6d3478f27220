// Short names for what a commit touches: equal patches have equal digests, so most commits need no diff at all.
import { createHash } from "node:crypto";
import type { BytePath } from "../object/path.ts";

/** One changed entry, with all-zero object IDs and modes where there is none. */
export interface RawChange {
  readonly path: BytePath;
  readonly oldMode: string;
  readonly newMode: string;
  readonly oldOid: string;
  readonly newOid: string;
}

export interface PatchDigest {
  /** Of the paths and of what happened to each (added, removed, changed): 16 hex digits. */
  readonly paths: string;
  /** Of all modes and object IDs too. Equal: the same patch, byte for byte. */
  readonly whole: string;
}

export function digestChanges(changes: readonly RawChange[]): PatchDigest {
  const sorted = [...changes].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const paths = createHash("sha256");
  const whole = createHash("sha256");
  for (const { path, oldMode, newMode, oldOid, newOid } of sorted) {
    const what = Number(oldMode) === 0 ? "A" : Number(newMode) === 0 ? "D" : "M";
    paths.update(`${what}${path}\0`, "latin1");
    whole.update(`${oldMode} ${newMode} ${oldOid} ${newOid} ${path}\0`, "latin1");
  }
  return { paths: paths.digest("hex").slice(0, 16), whole: whole.digest("hex").slice(0, 16) };
}

/**
 * Identifies a patch by its lines, not by where they stand: SHA-256 over the diff without hunk positions and object
 * IDs. Unlike `git patch-id` without `--verbatim` (2.39), white space counts.
 */
export function patchIdentity(diff: string): string {
  const hash = createHash("sha256");
  for (const line of diff.split("\n")) {
    if (line.startsWith("index ")) continue;
    hash.update(line.startsWith("@@ ") ? "@@\n" : `${line}\n`, "latin1");
  }
  return hash.digest("hex");
}
