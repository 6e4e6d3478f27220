// `morello check --merge BRANCH --into TARGET`: a look ahead at a merge of a whole branch.
import { checkMerge, type MergeCheckInput } from "../../usecase/checking/check-merge.ts";
import { renderCheckMerge } from "../render/check-merge.ts";
import type { Session } from "../session.ts";

/** Exits with 1 if the merge conflicts or applies something twice. */
export async function runCheckMerge(session: Session, input: MergeCheckInput): Promise<number> {
  const outcome = await checkMerge(session.deps, input);
  session.show(outcome, renderCheckMerge);
  return outcome.ok ? 0 : 1;
}
