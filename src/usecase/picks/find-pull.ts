// A pull request's number to the commits that it brought to main.
import { run } from "../../git/run.ts";
import { pullOf } from "../../message/pull.ts";
import { subjectOf } from "../../object/text.ts";
import type { Workspace } from "../workspace.ts";

/** The number in `#12`; null for other revisions. */
export function pullNumber(revision: string): number | null {
  const found = /^#(\d{1,7})$/.exec(revision);
  return found === null ? null : Number(found[1]);
}

/**
 * Commits of a merged pull request, oldest first: the squashed one, or those that its merge brought, without merges.
 * Null if main has none of that number.
 */
export async function findPull({ scratch, main }: Workspace, pull: number): Promise<string[] | null> {
  if (main === null) return null;
  const grep = `\\(([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+)?#${pull}\\)|^Merge pull request #${pull}( |$)`;
  const listed = await list(scratch, ["--extended-regexp", `--grep=${grep}`, main.tip]);
  for (const oid of listed) {
    const commit = await scratch.reader.commit(oid);
    if (commit === null || pullOf(subjectOf(commit.message)) !== pull) continue;
    const [first, ...others] = commit.parents;
    if (first === undefined || others.length === 0) return [oid];
    return list(scratch, ["--reverse", "--topo-order", "--no-merges", ...others, `^${first}`]);
  }
  return null;
}

async function list(context: Workspace["scratch"], args: readonly string[]): Promise<string[]> {
  const done = await run(context, ["rev-list", ...args]);
  return done.stdout
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "");
}
