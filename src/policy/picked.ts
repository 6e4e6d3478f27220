// Whether a commit of a line is a pick at all.
import type { ClassedCommit } from "../wire/class.ts";

/** The source of a pick; null for what was made on the line, and for main's own commits, which are their own source. */
export function pickedFrom({ commit, source }: ClassedCommit): ClassedCommit["source"] {
  return source?.commit === commit ? null : source;
}
