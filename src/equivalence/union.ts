// Several commits taken as one: what a squashed commit carries, or what a split fix amounts to.
import type { Compared } from "./features.ts";
import { EMPTY_PATCH, type PatchFacts } from "../patch/facts.ts";

/** The changes of all, with the words of the first. Digests are those of none. */
export function union(first: Compared, others: readonly Compared[]): Compared {
  const patches = [first, ...others].map(({ facts }) => facts.patch ?? EMPTY_PATCH);
  const patch: PatchFacts = {
    ...EMPTY_PATCH,
    files: patches.flatMap(({ files }) => files),
    added: together(patches.map(({ added }) => added)),
    removed: together(patches.map(({ removed }) => removed)),
    addedLines: patches.reduce((sum, { addedLines }) => sum + addedLines, 0),
    removedLines: patches.reduce((sum, { removedLines }) => sum + removedLines, 0),
  };
  return { claims: first.claims, facts: { ...first.facts, patch } };
}

function together(lists: readonly Uint32Array[]): Uint32Array {
  return Uint32Array.from(new Set(lists.flatMap((list) => [...list]))).sort();
}
