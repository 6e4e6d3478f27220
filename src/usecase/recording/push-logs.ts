// Publishes logs: each with the value that the remote was seen to hold, so that nobody's records are overwritten.
import { AppError } from "../../error.ts";
import { push, type PushUpdate } from "../../git/push.ts";
import { readRef } from "../../git/refs.ts";
import { logRefname, remoteLogRefname } from "../../ledger/place.ts";
import type { Workspace } from "../workspace.ts";

/** What to push beside those lines: their logs and the trust log, where they are published. */
export async function logUpdates(
  { repository }: Workspace,
  remote: string,
  lines: readonly string[],
): Promise<PushUpdate[]> {
  const updates = await Promise.all(
    [...new Set(["", ...lines])].map(async (line): Promise<PushUpdate[]> => {
      const refname = logRefname(line, true);
      const [tip, expected] = await Promise.all([
        readRef(repository, refname),
        readRef(repository, remoteLogRefname(line, remote)),
      ]);
      return tip === null || tip === expected ? [] : [{ refname, to: tip, expected }];
    }),
  );
  return updates.flat();
}

/** Pushes logs alone. Gives the remote; null if there was nothing to push. Throws `push-rejected`, `remote-failed`. */
export async function pushLogs(
  workspace: Workspace,
  lines: readonly string[],
  wanted: string | null,
): Promise<string | null> {
  const remote = wanted ?? (workspace.remotes.includes("origin") ? "origin" : workspace.remotes[0]);
  if (remote === undefined)
    throw new AppError("usage", "There is no remote to push to", { hint: "git remote add origin URL" });
  const updates = await logUpdates(workspace, remote, lines);
  if (updates.length === 0) return null;
  await push(workspace.repository, remote, updates);
  return remote;
}
