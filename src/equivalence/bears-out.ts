// Whether the lines that a commit changes bear out at all that it was picked from another one. Generous: an honest pick
// may be changed beyond recognition.
import type { PatchFacts } from "../patch/facts.ts";
import { common } from "./similarity.ts";

/** A common line on the same side is enough; where neither has lines (modes, binary files), a common name. */
export function bearsOut(landed: PatchFacts, source: PatchFacts): boolean {
  if (landed.bare === source.bare) return true;
  if (common(landed.added, source.added) + common(landed.removed, source.removed) > 0) return true;
  if (hasLines(landed) || hasLines(source)) return false;
  return sameNames(
    landed.files.map(({ path }) => path),
    source.files.map(({ path }) => path),
  );
}

function hasLines({ added, removed }: PatchFacts): boolean {
  return added.length + removed.length > 0;
}

/** Whether a file of one list has the name of one of the other, in whatever directory. */
export function sameNames(paths: readonly string[], others: readonly string[]): boolean {
  const names = new Set(paths.map(nameOf));
  return others.some((path) => names.has(nameOf(path)));
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
