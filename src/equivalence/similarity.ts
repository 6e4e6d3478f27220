// How alike two commits are, as numbers: their lines weighted by rarity, their paths, their words. Facts in, numbers out.
import type { PatchFacts } from "../patch/facts.ts";

/** The weight of a line: rare lines say more. Given the line's hash. */
export type Rarity = (signature: number) => number;

export interface LineSimilarity {
  /** Weight that both patches have on the same side, over the weight that either has: 0 to 1; 1 if both are empty. */
  readonly jaccard: number;
  /** The shared weight. */
  readonly shared: number;
  /** The smaller of both weights. */
  readonly least: number;
  /** The share of each patch's own weight that the other has too. */
  readonly ofLeft: number;
  readonly ofRight: number;
  /** Weight that the patches share with their sides exchanged, over the weight of either: high for a revert. */
  readonly opposite: number;
}

export function compareLines(left: PatchFacts, right: PatchFacts, rarity: Rarity): LineSimilarity {
  const added = overlap(left.added, right.added, rarity);
  const removed = overlap(left.removed, right.removed, rarity);
  const shared = added.shared + removed.shared;
  const [ofLeft, ofRight] = [added.left + removed.left, added.right + removed.right];
  const all = ofLeft + ofRight - shared;
  const opposite =
    overlap(left.added, right.removed, rarity).shared + overlap(left.removed, right.added, rarity).shared;
  return {
    jaccard: all === 0 ? 1 : shared / all,
    shared,
    least: Math.min(ofLeft, ofRight),
    ofLeft: ofLeft === 0 ? 0 : shared / ofLeft,
    ofRight: ofRight === 0 ? 0 : shared / ofRight,
    opposite: all === 0 ? 0 : opposite / all,
  };
}

interface Overlap {
  shared: number;
  left: number;
  right: number;
}

/** Lines that are compared of either side of two patches. */
const SAMPLE = 400;

/** Weights of two ascending lists: what they share, and what each has. */
function overlap(left: Uint32Array, right: Uint32Array, rarity: Rarity): Overlap {
  const found: Overlap = { shared: 0, left: 0, right: 0 };
  let [l, r] = [0, 0];
  // The smallest hashes of both together are the same sample of each, so a few hundred estimate thousands.
  for (let seen = 0; seen < SAMPLE && (l < left.length || r < right.length); seen++) {
    const [a, b] = [left[l] ?? Infinity, right[r] ?? Infinity];
    const weight = rarity(Math.min(a, b));
    if (a <= b) {
      found.left += weight;
      l++;
    }
    if (b <= a) {
      found.right += weight;
      r++;
    }
    if (a === b) found.shared += weight;
  }
  return found;
}

/** How many numbers two ascending lists share. */
export function common(left: Uint32Array, right: Uint32Array): number {
  let shared = 0;
  for (let l = 0, r = 0; l < left.length && r < right.length;) {
    const [a, b] = [left[l] ?? 0, right[r] ?? 0];
    if (a === b) shared++;
    if (a <= b) l++;
    if (b <= a) r++;
  }
  return shared;
}

/** Shared over all, for sets; 1 if both are empty. */
export function jaccard(left: ReadonlySet<string>, right: ReadonlySet<string>): number {
  let shared = 0;
  for (const one of left) if (right.has(one)) shared++;
  const all = left.size + right.size - shared;
  return all === 0 ? 1 : shared / all;
}

/** Words of a text: letters and digits in lower case, each once. */
export function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}_]+/gu));
}
