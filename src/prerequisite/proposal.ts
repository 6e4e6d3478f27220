// Commits that may be missing under a pick, with what speaks for each. A proposal is a guess: only picks prove.
import type { BytePath } from "../object/path.ts";

export type Evidence =
  | { readonly kind: "lines" | "removed"; readonly path: BytePath; readonly lines: number; readonly neededBy: string }
  | {
      readonly kind: "path";
      readonly path: BytePath;
      readonly how: "added" | "deleted" | "changed";
      readonly neededBy: string;
    }
  | { readonly kind: "trailer"; readonly neededBy: string };

export interface Proposal {
  readonly commit: string;
  readonly evidence: readonly Evidence[];
}

/** Lines that speak for a proposal; a whole path counts as one. */
export function weightOf({ evidence }: Proposal): number {
  return evidence.reduce((sum, one) => sum + ("lines" in one ? one.lines : 1), 0);
}

/** One proposal a commit, the weightiest first; equal ones keep the order in which they were named. */
export function gather(found: readonly { readonly commit: string; readonly evidence: Evidence }[]): Proposal[] {
  const byCommit = new Map<string, Evidence[]>();
  for (const { commit, evidence } of found) byCommit.set(commit, [...(byCommit.get(commit) ?? []), evidence]);
  return [...byCommit].map(([commit, evidence]) => ({ commit, evidence })).sort((a, b) => weightOf(b) - weightOf(a));
}
