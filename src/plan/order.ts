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
  const descendants = unique.map((commit) => unique.filter((other) => other !== commit && isAncestor(commit, other)));
  const open = new Map(unique.map((commit) => [commit, 0]));
  for (const others of descendants) for (const other of others) open.set(other, (open.get(other) ?? 0) + 1);
  const below = new Map(unique.map((commit, n) => [commit, descendants[n] ?? []]));
  const commits: string[] = [];
  for (const rest = new Set(unique); rest.size > 0;) {
    const next = [...rest].find((commit) => open.get(commit) === 0) ?? "";
    rest.delete(next);
    commits.push(next);
    for (const other of below.get(next) ?? []) open.set(other, (open.get(other) ?? 0) - 1);
  }
  return { commits, duplicates, reordered: commits.some((commit, n) => commit !== unique[n]) };
}
