// What people type, to commits. The only place where revision syntax is read.
import { ObjectReader } from "./objects.ts";
import { run, type GitContext } from "./run.ts";
import type { Repository } from "./repository.ts";

/** Commits of one revision, oldest first; null if it names none. A range may be empty. */
export type Resolved = readonly string[] | null;

/** Resolves many revisions; single commits share one process, a range takes one of its own. */
export async function resolveRevisions(repository: Repository, revisions: readonly string[]): Promise<Resolved[]> {
  // Parents are what commits say, as everywhere else: grafts change them as replace refs would.
  const context: GitContext = { cwd: repository.cwd, env: { ...repository.env, GIT_GRAFT_FILE: "/dev/null" } };
  const reader = new ObjectReader(context, repository.objectFormat);
  try {
    return await Promise.all(
      revisions.map(async (revision) => {
        if (isRange(revision)) return range(context, revision);
        if (revision === "" || revision.startsWith("-")) return null;
        const found = await reader.info(`${revision}^{commit}`);
        return found === null ? null : [found.oid];
      }),
    );
  } finally {
    reader.close();
  }
}

export function isRange(revision: string): boolean {
  return /(^|[^.])\.\.(?!\.)/.test(revision);
}

async function range(context: GitContext, revision: string): Promise<Resolved> {
  const args = ["rev-list", "--reverse", "--topo-order", "--end-of-options", revision, "--"];
  const listed = await run(context, args, { ok: [0, 128] });
  if (listed.status !== 0) return null;
  return listed.stdout
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "");
}
