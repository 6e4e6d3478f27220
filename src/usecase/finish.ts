// Ends a resolved series: the branch advances to it and the work tree of the resolution goes.
import { advance, followers, reconcile } from "../apply/advance.ts";
import { removeResolution, worktreeOf } from "../apply/resolution.ts";
import { AppError } from "../error.ts";
import { removeLayout } from "../git/layout.ts";
import { readRef } from "../git/refs.ts";
import type { ContinueOutcome } from "../wire/outcome.ts";
import type { Series } from "./series.ts";
import type { Workspace } from "./workspace.ts";

/** Throws `apply-refused` if the branch moved meanwhile; the resolution is kept then. */
export async function finish(workspace: Workspace, series: Series): Promise<ContinueOutcome> {
  const { repository } = workspace;
  const { line, target, landed, tip } = series;
  const found = await readRef(repository, target.refname);
  if (found !== target.expected && found !== tip) throw moved(line.name, target.expected, found);
  let transaction: string | null = null;
  if (found !== tip && landed.length > 0) {
    const updates = await followers(repository, [{ line: line.name, refname: target.refname, expected: target.expected, to: tip }]);
    const picks = landed.map((pick) => ({ ...pick, refname: target.refname }));
    const result = await advance(repository, updates, picks, workspace.now);
    if (result.kind === "refused") throw moved(line.name, target.expected, await readRef(repository, target.refname));
    transaction = result.transaction.id;
  }
  await removeLayout(repository, worktreeOf(repository, line.name));
  removeResolution(repository, line.name);
  await reconcile(repository);
  return { kind: "advanced", line: line.name, refname: target.refname, from: target.expected, to: tip, landed: landed.map(({ commit }) => commit), transaction };
}

function moved(line: string, expected: string | null, found: string | null): AppError {
  const short = (oid: string | null): string => oid?.slice(0, 12) ?? "absent";
  return new AppError("apply-refused", `${line} moved while its conflict was being resolved: from ${short(expected)} to ${short(found)}`, {
    hint: `nothing is lost: the resolution stays laid out; morello abort ${line} and pick again, or put the branch back`,
    data: { line, expected, found },
  });
}
