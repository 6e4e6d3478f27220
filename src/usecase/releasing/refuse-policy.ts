// Whether policy lets a version be made of what is on the line: asked of what came since the last tag, as far as the
// ledger reaches back. A line without a ledger has no history that anybody vouched for.
import { isMet } from "../../policy/evaluate.ts";
import { checkCommits } from "../checking/check-commits.ts";
import { contextOf } from "../checking/context.ts";
import { between } from "../checking/select-commits.ts";
import type { Workspace } from "../workspace.ts";
import { refuse, type Refusal } from "./refuse.ts";
import type { Survey } from "./survey.ts";

/** Of the commits alone: whether the ledger holds is asked by `morello ledger verify`. Null: nothing refuses. */
export async function refusePolicy(
  workspace: Workspace,
  { graph, line, reached, before }: Survey,
): Promise<Refusal | null> {
  const context = await contextOf(workspace, line, null);
  const baseline = context.baseline === null ? null : graph.find(context.baseline);
  if (baseline === null) return null;
  const since = reached[0]?.oid ?? before?.oid ?? null;
  const commits = between(graph, since, line.tip).filter((oid) => {
    const number = graph.find(oid);
    return number !== null && !graph.isAncestor(number, baseline);
  });
  const { violations } = await checkCommits(workspace, graph, line, commits, context, { refusingOnly: true });
  const refusing = violations.filter((violation) => violation.commit !== null && !isMet([violation]));
  const [first] = refusing;
  if (first === undefined) return null;
  const more = refusing.length === 1 ? "" : `, and ${refusing.length - 1} more`;
  const what = `${first.commit?.slice(0, 12) ?? ""} ${first.subject}: ${first.message}${more}`;
  return refuse(line.name, "policy", `Policy refuses what is on ${line.name}: ${what}`, `morello check ${line.name}`);
}
