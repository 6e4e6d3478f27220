// Which messages name a source that the contents do not bear out. Asked only where the pick came out otherwise: what is
// exact or resolved bears itself out.
import { bearsOut } from "../../equivalence/bears-out.ts";
import { readCommits } from "../../index/read-commits.ts";
import type { Workspace } from "../workspace.ts";
import type { Claimed } from "./claimed-sources.ts";
import type { Answer } from "./compare-all.ts";
import type { Candidate, Task } from "./proposal.ts";

interface Asked {
  readonly candidate: Candidate;
  readonly claimed: Claimed;
  readonly best: { readonly task: Task; readonly answer: Answer } | null;
}

/** Object IDs of the landed commits that lie. */
export async function liars({ scratch }: Workspace, cases: readonly Asked[]): Promise<Set<string>> {
  const open = cases.filter(({ claimed, best }) => claimed.nearest !== null && !isProved(claimed, best));
  const commits = new Set(open.flatMap(({ candidate, claimed }) => [candidate.oid, claimed.nearest ?? ""]));
  const { facts } = await readCommits(scratch, [...commits], "first-parent");
  const lies = open.filter(({ candidate, claimed }) => {
    const [landed, source] = [candidate.oid, claimed.nearest ?? ""].map((oid) => facts.get(oid)?.patch ?? null);
    return !bearsOut(landed ?? null, source ?? null);
  });
  return new Set(lies.map(({ candidate }) => candidate.oid));
}

function isProved({ nearest }: Claimed, best: Asked["best"]): boolean {
  if (best === null || best.answer.class === "adapted") return false;
  return best.task.proposal?.sources.some(({ oid }) => oid === nearest) ?? false;
}
