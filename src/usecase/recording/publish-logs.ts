// Makes branches of the logs that were kept in local refs: what hosts guard, and a plain clone brings.
import { AppError } from "../../error.ts";
import { readRef, updateRefs, type RefUpdate } from "../../git/refs.ts";
import { logRefname } from "../../ledger/place.ts";
import type { Workspace } from "../workspace.ts";
import { linesWithLedger } from "./recorded-picks.ts";

/** The branches that were made. All or none; a branch that is there already is left alone. */
export async function publishLogs(workspace: Workspace): Promise<string[]> {
  const { repository } = workspace;
  const updates: RefUpdate[] = [];
  for (const line of await linesWithLedger(workspace)) {
    const [local, published] = [logRefname(line, false), logRefname(line, true)];
    const [tip, there] = await Promise.all([readRef(repository, local), readRef(repository, published)]);
    if (tip === null || there !== null) continue;
    updates.push({ refname: published, to: tip, expected: null }, { refname: local, to: null, expected: tip });
  }
  if (updates.length === 0) return [];
  const moved = await updateRefs(repository, updates, "morello: publish");
  if (moved.kind === "refused")
    throw new AppError("line-busy", `Somebody wrote to ${moved.refname ?? "a ledger"} this moment`, {
      hint: "morello init --write",
    });
  return updates.flatMap(({ refname, to }) => (to === null ? [] : [refname]));
}
