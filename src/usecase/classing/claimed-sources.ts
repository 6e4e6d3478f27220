// The commits that a message says its own was picked from, as proposals. What they hold is compared later.
import type { CommitGraph } from "../../index/graph.ts";
import { claimsOf } from "../../message/claims.ts";
import type { Workspace } from "../workspace.ts";
import type { Candidate, Proposal } from "./proposal.ts";

export interface Claimed {
  /** Each claim as it stands in the message, in its order, with the commit that it names; null if there is none. */
  readonly named: readonly { readonly id: string; readonly oid: string | null }[];
  /** The best one is taken. Empty if nothing that is named is there. */
  readonly proposals: readonly Proposal[];
  /** The commit that the message names last and that is there. */
  readonly nearest: string | null;
  /** Commits that the contents must bear out: the nearest, and what no chain of picks explains. */
  readonly judged: readonly string[];
}

const GITS_LINE = /\bcherry[- ]?picked from commit[ :]*([0-9a-f]{7,64})\b/gi;
/** Parents of a merge that a pick may have been made against. */
const MAINLINES = 2;

export async function claimedSources(
  workspace: Workspace,
  graph: CommitGraph,
  { claims, commit, oid: landed }: Candidate,
): Promise<Claimed> {
  const all = await Promise.all(
    claims.pickedFrom.map(async (id) => ({ id, oid: await resolveClaim(workspace, graph, id) })),
  );
  // Prose may speak of other repositories' commits; git's own line speaks of this one's.
  const lines = new Set(Array.from(commit.message.matchAll(GITS_LINE), ([, id = ""]) => id.toLowerCase()));
  const named = all.filter(({ id, oid }) => oid !== null || lines.has(id));
  const there = [...new Set(named.flatMap(({ oid }) => (oid === null || oid === landed ? [] : [oid])))];
  const nearest = there.at(-1);
  if (nearest === undefined) return { named, proposals: [], nearest: null, judged: [] };
  const { reader } = workspace.scratch;
  const source = await reader.commit(nearest);
  const mainlines = Math.min(MAINLINES, Math.max(1, source?.parents.length ?? 1));
  const alone = Array.from({ length: mainlines }, (_, n): Proposal => {
    return { evidence: "claimed", sources: [{ oid: nearest, mainline: n + 1 }], sure: true };
  });
  // The last line of a chain of picks is the nearest; lines that it does not hold itself are further patches.
  const further = claimsOf(source?.message ?? "").pickedFrom;
  // A line that came with the nearest source's message is that commit's claim.
  const own = named.filter(({ id, oid }) => oid !== null || !further.includes(id));
  const isChain = there.slice(0, -1).every((oid) => further.some((id) => oid.startsWith(id)));
  if (isChain) return { named: own, proposals: alone, nearest, judged: [nearest] };
  const series: Proposal = { evidence: "claimed", sources: there.map((oid) => ({ oid, mainline: 1 })), sure: true };
  return { named: own, proposals: [...alone, series], nearest, judged: there };
}

/** A full object ID of a commit, or the one commit that an abbreviation stands for. */
export async function resolveClaim({ scratch }: Workspace, graph: CommitGraph, id: string): Promise<string | null> {
  const known = graph.findAbbreviated(id);
  const [only] = known;
  if (only !== undefined && known.length === 1) return graph.oid(only);
  return (await scratch.reader.info(`${id}^{commit}`))?.oid ?? null;
}
