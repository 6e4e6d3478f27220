// Commits that may be missing under a pick, with what speaks for each. A proposal is a guess: only picks prove.
import type { BytePath } from "../object/path.ts";

/** `neededBy`: the commit whose pick conflicts without it. */
export type Evidence =
  | { readonly kind: "lines" | "removed"; readonly path: BytePath; readonly lines: number; readonly neededBy: string }
  | {
      readonly kind: "path";
      readonly path: BytePath;
      readonly how: "added" | "deleted" | "changed";
      readonly neededBy: string;
    }
  | { readonly kind: "trailer" | "series"; readonly neededBy: string };

export interface Proposal {
  readonly commit: string;
  readonly evidence: readonly Evidence[];
}

/** Lines that speak for a proposal; anything else counts as one. */
export function weightOf({ evidence }: Proposal): number {
  return evidence.reduce((sum, one) => sum + ("lines" in one ? one.lines : 1), 0);
}

/** One proposal a commit, the weightiest first; equal ones keep the order in which they were named. */
export function gather(found: readonly { readonly commit: string; readonly evidence: Evidence }[]): Proposal[] {
  const byCommit = new Map<string, Evidence[]>();
  for (const { commit, evidence } of found) {
    const known = byCommit.get(commit);
    const alike = known?.findIndex((one) => isAlike(one, evidence)) ?? -1;
    if (known === undefined) byCommit.set(commit, [evidence]);
    else if (alike < 0) known.push(evidence);
    else known[alike] = together(known[alike] ?? evidence, evidence);
  }
  return [...byCommit].map(([commit, evidence]) => ({ commit, evidence })).sort((a, b) => weightOf(b) - weightOf(a));
}

/** Of the same kind and file. */
function isAlike(a: Evidence, b: Evidence): boolean {
  return a.kind === b.kind && ("path" in a ? a.path : "") === ("path" in b ? b.path : "");
}

function together(a: Evidence, b: Evidence): Evidence {
  return "lines" in a && "lines" in b ? { ...a, lines: a.lines + b.lines } : a;
}
