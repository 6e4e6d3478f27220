// Whether what a commit changes bears out at all that it was picked from another one. Generous: an honest pick may be
// changed beyond recognition, but not into something that has no line, and no place, in common with its source.
import type { PatchFacts } from "../patch/facts.ts";
import { common } from "./similarity.ts";

/** Patches as `readCommits` gives them; null where git could not read one, which proves nothing. */
export function bearsOut(landed: PatchFacts | null, source: PatchFacts | null): boolean {
  if (landed === null || source === null) return true;
  if (landed.bare === source.bare) return true;
  if (common(landed.added, source.added) + common(landed.removed, source.removed) > 0) return true;
  return !hasLines(landed) && !hasLines(source) && namesMeet(landed, source);
}

function hasLines({ added, removed }: PatchFacts): boolean {
  return added.length + removed.length > 0;
}

/** Modes, binary files and the shortest lines have nothing but their names. */
function namesMeet(a: PatchFacts, b: PatchFacts): boolean {
  const names = new Set(a.files.map(({ path }) => nameOf(path)));
  return b.files.some(({ path }) => names.has(nameOf(path)));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
