// Which commit of a line carries another one, as far as the index alone can tell: by the same changed lines, or by a
// message that names it. Quick enough to be asked of every commit that a search proposes.
import { claimsOf } from "../message/claims.ts";
import type { CommitIndex } from "./commit-index.ts";
import { revertOf } from "./sayings.ts";
import { bareTerm, namedTerm } from "./terms.ts";

const MOST = 200;

/** The number of a commit that `reaches` holds and that nothing there has taken back, or null. */
export function carriedAs(index: CommitIndex, oid: string, reaches: (number: number) => boolean): number | null {
  const own = index.graph.find(oid);
  const patch = own === null ? null : (index.facts(own)?.patch ?? null);
  const bare = patch === null || patch.files.length === 0 ? null : patch.bare;
  const candidates = new Set([
    ...index.find(namedTerm(oid), MOST),
    ...(patch === null || bare === null ? [] : index.find(bareTerm(patch), MOST)),
  ]);
  for (const candidate of candidates) {
    if (candidate === own || !reaches(candidate)) continue;
    const facts = index.facts(candidate);
    if (facts === null) continue;
    const names = claimsOf(facts.message).pickedFrom.some((id) => oid.startsWith(id));
    if (!names && (bare === null || facts.patch?.bare !== bare)) continue;
    if (revertOf(index, candidate, reaches) === null) return candidate;
  }
  return null;
}
