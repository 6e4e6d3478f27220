// Moves branches with the records of it: intents first, then branches and logs in one transaction of the journal.
import { advance, type AdvanceResult, type Run } from "../../apply/advance.ts";
import type { TransactionUpdate } from "../../apply/journal.ts";
import { AppError } from "../../error.ts";
import { updateRefs } from "../../git/refs.ts";
import type { Repository } from "../../git/repository.ts";
import { lineOfLog } from "../../ledger/place.ts";
import { rememberTips } from "../../ledger/remembered.ts";
import { foundTrust } from "../../ledger/trust.ts";
import type { Recording } from "./record-landings.ts";

/** The objects must be in the repository already. Throws `line-busy` if somebody wrote to a log meanwhile. */
export async function advanceRecorded(
  repository: Repository,
  branches: readonly TransactionUpdate[],
  { before, together, signing }: Recording,
  run: Run,
): Promise<AdvanceResult> {
  if (before.length > 0) {
    const intended = await updateRefs(repository, before, "morello: intent");
    if (intended.kind === "refused") throw overtaken(intended.refname);
  }
  const logs = together.map((update) => ({ ...update, worktrees: [] }));
  const result = await advance(repository, [...branches, ...logs], run);
  if (result.kind === "refused" && result.refname !== null && lineOfLog(result.refname) !== null)
    throw overtaken(result.refname);
  if (result.kind === "moved") {
    if (signing?.firstUse === true && signing.key !== null)
      foundTrust(repository, { roots: [signing.key], pinned: "first-use", findings: [] });
    rememberTips(repository, Object.fromEntries(together.flatMap(({ line, to }) => (to === null ? [] : [[line, to]]))));
  }
  return result;
}

function overtaken(refname: string | null): AppError {
  return new AppError("line-busy", `Somebody wrote to ${refname ?? "a ledger"} this moment; nothing was moved`, {
    hint: "run this again",
    data: { refname },
  });
}
