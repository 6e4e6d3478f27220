// Why two commits are taken for the same fix, as people and scripts see it: strongest first.
import type { Disagreement, MatchEvidence } from "../wire/match.ts";
import type { Features } from "./features.ts";

export interface Shown {
  /** How the patch IDs that git computes compare; null where they were not computed. */
  readonly patchIdEqual: boolean | null;
  /** The commit's own words, if they name the source, and the picks between. */
  readonly picked: { readonly named: string; readonly chain: readonly string[] } | null;
  /** Pull requests that both belong to. */
  readonly pulls: readonly number[];
}

/** Similarities below this are chance, and not shown. */
const WORTH = 0.2;

/** `features` of the line's commit as the query and the source as the candidate. */
export function evidenceOf(
  features: Features,
  { patchIdEqual, picked, pulls }: Shown,
  unlike: boolean,
): MatchEvidence[] {
  const evidence: MatchEvidence[] = [];
  if (picked !== null && !unlike) evidence.push({ kind: "picked-from", named: picked.named, chain: [...picked.chain] });
  if (features.bareEqual === 1) {
    if (patchIdEqual === true && features.exactEqual === 1) evidence.push({ kind: "patch-id" });
    else if (patchIdEqual === true) evidence.push({ kind: "white-space" });
    else evidence.push({ kind: "patch-id-without-context" });
  }
  if (features.lines > 0)
    evidence.push({
      kind: "lines",
      share: rounded(features.lines),
      ofSource: rounded(features.ofCandidate),
      ofCommit: rounded(features.ofQuery),
    });
  if (features.subject >= WORTH) evidence.push({ kind: "subject", similarity: rounded(features.subject) });
  if (features.body >= WORTH) evidence.push({ kind: "message", similarity: rounded(features.body) });
  if (features.author === 1) evidence.push({ kind: "author" });
  if (features.dateEqual === 1) evidence.push({ kind: "date" });
  return [...evidence, ...pulls.map((number): MatchEvidence => ({ kind: "pull-request", number }))];
}

/** What a message says against the contents. */
export function disagreementsOf(
  unlike: boolean,
  picked: Shown["picked"],
  others: { readonly another: readonly string[]; readonly missing: readonly string[] },
): Disagreement[] {
  const found: Disagreement[] = [];
  if (unlike && picked !== null) found.push({ kind: "picked-from-unlike", named: picked.named });
  for (const named of others.another) found.push({ kind: "picked-from-another", named });
  for (const named of others.missing) found.push({ kind: "picked-from-missing", named });
  return found;
}

function rounded(share: number): number {
  return Math.round(share * 1000) / 1000;
}
