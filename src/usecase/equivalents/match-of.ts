// A found commit -> the match that people and scripts see: evidence, disagreements, and what a person has said.
import type { Judgements } from "../../apply/judgements.ts";
import { disagreementsOf, evidenceOf } from "../../equivalence/evidence.ts";
import type { Match } from "../../wire/match.ts";
import type { Found } from "./line-matches.ts";
import type { Originals } from "./originals.ts";

export interface Known {
  readonly originals: Originals;
  /** By object ID, for those whose changed lines are equal. */
  readonly patchIds: ReadonlyMap<string, string>;
  readonly judgements: Judgements;
  readonly rePicked: (found: Found) => boolean;
}

/** Null if it is another fix after all. */
export function matchOf(known: Known, found: Found): Match | null {
  const { graph } = known.originals.index;
  const [source, commit] = [graph.oid(found.source), graph.oid(found.commit)];
  const more = {
    parts: found.parts.map((part) => graph.oid(part)),
    others: found.others.map((other) => graph.oid(other)),
  };
  if (found.judged === null)
    return { commit, band: "same", score: 1, evidence: [{ kind: "ancestor" }], disagreements: [], ...more };
  const { features, chain, unlike, score, band } = found.judged;
  const said = known.judgements.about(source, commit);
  if (said?.same === false) return null;
  const picked = chain === null ? null : { named: namedIn(known, found), chain: chain.map((way) => graph.oid(way)) };
  const id = known.patchIds.get(source);
  const patchIdEqual = id === undefined || id === "" ? null : id === known.patchIds.get(commit);
  const evidence = evidenceOf(features, { patchIdEqual, picked, pulls: commonPulls(known, found) }, unlike);
  const disagreements = disagreementsOf(unlike, picked, otherSources(known, found));
  if (said !== null) {
    const judged = { kind: "judged", reason: said.reason, by: said.by } as const;
    return { commit, band: "same", score: 1, evidence: [judged, ...evidence], disagreements, ...more };
  }
  if (known.rePicked(found))
    return {
      commit,
      band: "same",
      score: Math.max(score, RE_PICKED),
      evidence: [{ kind: "re-pick" }, ...evidence],
      disagreements,
      ...more,
    };
  // What `git cherry` takes for the same is the same here too.
  if (patchIdEqual === true)
    return { commit, band: "same", score: Math.max(score, PATCH_ID), evidence, disagreements, ...more };
  return band === "different" ? null : { commit, band, score, evidence, disagreements, ...more };
}

/** Two fixes that make one tree of another are one fix, unless both are nearly nothing. */
const RE_PICKED = 0.99;

/** Two fixes with one patch ID, context and all, are one fix, unless somebody made a small change twice. */
const PATCH_ID = 0.97;

function commonPulls({ originals }: Known, { source, commit }: Found): number[] {
  const theirs = originals.compared(source)?.claims.pulls ?? [];
  return (originals.compared(commit)?.claims.pulls ?? []).filter((pull) => theirs.includes(pull));
}

/** The words by which the commit names its source: an object ID, or the beginning of one. */
function namedIn({ originals }: Known, { commit, source, judged }: Found): string {
  const { graph } = originals.index;
  const nearest = graph.oid(judged?.chain?.[0] ?? source);
  return originals.compared(commit)?.claims.pickedFrom.find((named) => nearest.startsWith(named)) ?? nearest;
}

/** What else the commit says that it was picked from: other changes, and commits that are not here. */
function otherSources(
  { originals }: Known,
  { commit, source, judged }: Found,
): { another: string[]; missing: string[] } {
  const found = { another: [] as string[], missing: [] as string[] };
  if (judged === null || judged.chain !== null) return found;
  const own = originals.compared(source)?.facts.patch?.bare;
  for (const named of originals.compared(commit)?.claims.pickedFrom ?? []) {
    const there = originals.index.graph.findAbbreviated(named);
    if (there.length === 0) found.missing.push(named);
    else if (!there.some((number) => originals.compared(number)?.facts.patch?.bare === own)) found.another.push(named);
  }
  return found;
}
