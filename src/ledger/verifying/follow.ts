// The commits of a log from its tip back, also where the log is damaged: then as far as it can be followed.
import { isAppError } from "../../error.ts";
import type { Scratch } from "../../git/scratch.ts";
import { logCommits } from "../log.ts";
import { intact } from "./load.ts";
import { parseCommit } from "../../object/commit.ts";

/** Oldest first. What git cannot list is walked one by one, until a commit is not here or not what its ID says. */
export async function followLog(scratch: Scratch, tip: string | null): Promise<readonly string[]> {
  try {
    return await logCommits(scratch, tip);
  } catch (error) {
    if (!isAppError(error)) throw error;
  }
  const found: string[] = [];
  for (let at = tip; at !== null;) {
    found.push(at);
    const read = await intact(scratch.reader, scratch.repository.objectFormat, at);
    at = typeof read === "string" || read.type !== "commit" ? null : (parseCommit(read.body).parents[0] ?? null);
  }
  return found.reverse();
}
