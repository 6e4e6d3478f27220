// Merges the contents of files that both sides changed: all of them in one git merge.
import { AppError } from "../error.ts";
import { mergeTrees } from "../git/merge-tree.ts";
import type { BytePath } from "../object/path.ts";
import { parseTree, serialiseTree, type TreeEntry } from "../object/tree.ts";
import type { ContentMerge } from "./decide.ts";
import { inShares, typesByPath, type Merger } from "./merger.ts";

export interface ContentResult {
  readonly entry: TreeEntry;
  /** Null if the merge was clean. */
  readonly types: readonly string[] | null;
}

/** Merges the contents of many files; the processors share them. Null where an object is missing. */
export async function mergeContents(
  merger: Merger,
  merges: readonly ContentMerge[],
): Promise<(ContentResult | null)[]> {
  // Lines that share a history ask for the same merge: once is enough.
  const unique = new Map(merges.map((merge) => [contentKey(merge), merge]));
  const shares = inShares([...unique.values()], 8);
  const answers = (await Promise.all(shares.map((share) => mergeFiles(merger, share, shares.length === 1)))).flat();
  const byKey = new Map([...unique.keys()].map((key, n) => [key, answers[n] ?? null]));
  return merges.map((merge) => byKey.get(contentKey(merge)) ?? null);
}

/**
 * Merges files in one git merge, each under a name of its own: since all names are on all three sides, no rename
 * detection takes part, and git spends its time on lines alone.
 */
async function mergeFiles(
  merger: Merger,
  merges: readonly ContentMerge[],
  alone: boolean,
): Promise<(ContentResult | null)[]> {
  const side = (pick: (merge: ContentMerge) => TreeEntry): string => {
    return merger.scratch.write(
      "tree",
      serialiseTree(new Map(merges.map((merge, n) => [String(n) as BytePath, pick(merge)]))),
    );
  };
  const sides = { base: side((m) => m.base), ours: side((m) => m.ours), theirs: side((m) => m.theirs) };
  const attributes = merger.scratch.attributeTree("", new Map());
  const [result] = alone
    ? await merger.run([sides], attributes)
    : await mergeTrees(merger.scratch, [sides], attributes);
  if (result?.kind !== "merged") return mergeReadable(merger, merges);
  const tree = await merger.scratch.reader.read(result.tree);
  if (tree === null) throw new AppError("internal", `git merge-tree named tree ${result.tree} and did not write it`);
  const entries = parseTree(tree.body, merger.scratch.repository.objectFormat);
  const types = typesByPath(result.messages);
  const conflicted = new Set(result.stages.map(({ path }) => path));
  return merges.map((_, n) => {
    const name = String(n) as BytePath;
    const entry = entries.get(name);
    if (entry === undefined) return null;
    return { entry, types: conflicted.has(name) ? (types.get(name) ?? []) : null };
  });
}

/** git died on one of these: leaves out what is missing, and finds by halves what is there and cannot be read. */
async function mergeReadable(merger: Merger, merges: readonly ContentMerge[]): Promise<(ContentResult | null)[]> {
  if (merges.length === 1) return [null];
  const missing = await Promise.all(
    merges.map(({ base, ours, theirs }) => merger.missingAmong([base.oid, ours.oid, theirs.oid])),
  );
  const present = merges.filter((_, n) => missing[n]?.length === 0);
  if (present.length < merges.length) {
    const found = present.length === 0 ? [] : await mergeFiles(merger, present, false);
    return merges.map((merge) => found[present.indexOf(merge)] ?? null);
  }
  const half = merges.length >> 1;
  return [
    ...(await mergeFiles(merger, merges.slice(0, half), false)),
    ...(await mergeFiles(merger, merges.slice(half), false)),
  ];
}

function contentKey({ base, ours, theirs }: ContentMerge): string {
  return [base, ours, theirs].map(({ mode, oid }) => `${mode} ${oid}`).join(" ");
}
