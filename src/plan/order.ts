// Parents before children, each commit once, and otherwise as people gave them.

export interface Ordered {
  readonly commits: readonly string[];
  /** Named twice, directly or through a range, in the order found. */
  readonly duplicates: readonly string[];
  readonly reordered: boolean;
}

/**
 * Orders commits. `isAncestor(a, b)` tells whether b's history holds a. Stable: commits that do not depend on each
 * other keep their order. Cost: quadratic in the number of commits.
 */
export function parentsFirst(given: readonly string[], isAncestor: (a: string, b: string) => boolean): Ordered {
  const unique = [...new Set(given)];
  const seen = new Set<string>();
  const duplicates = given.filter((commit) => seen.size === seen.add(commit).size);
  const rest = [...unique];
  const commits: string[] = [];
  while (rest.length > 0) {
    const next = rest.findIndex((commit) => !rest.some((other) => other !== commit && isAncestor(other, commit)));
    commits.push(...rest.splice(Math.max(0, next), 1));
  }
  return { commits, duplicates, reordered: commits.some((commit, n) => commit !== unique[n]) };
}
