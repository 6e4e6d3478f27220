// Files that a pick or a merge brings back although the line has deleted them, and nothing that it carries added them.
import { filesChanged } from "../../git/changed-files.ts";
import { pathChanges } from "../../git/path-log.ts";
import { parseQuotedPath } from "../../object/path.ts";
import { entryAt } from "./entry-at.ts";
import type { Checking, Looked } from "./looked.ts";

/** As git quotes them. The line's history is read only for paths that nothing explains. */
export async function resurrectedBy(checking: Checking, looked: Looked): Promise<string[]> {
  const { classed, commit, files } = looked;
  const [parent] = commit.parents;
  const brought = files.flatMap(({ path, status }) => (status === "added" || status === "renamed" ? [path] : []));
  if (parent === undefined || brought.length === 0 || classed.class === "exact") return [];
  const suspicious = await (classed.merge
    ? keptByMerge(checking, looked, brought)
    : notAdded(checking, looked, brought));
  if (suspicious.length === 0) return [];
  const { scratch } = checking.workspace;
  const changes = await pathChanges(scratch, { commit: parent, without: [], paths: suspicious.map(parseQuotedPath) });
  const deleted = new Set<string>(changes.flatMap(({ path, how }) => (how === "deleted" ? [path] : [])));
  return suspicious.filter((path) => deleted.has(parseQuotedPath(path)));
}

/** Paths that none of the pick's sources adds. */
async function notAdded({ workspace }: Checking, { classed }: Looked, brought: readonly string[]): Promise<string[]> {
  const sources = classed.source === null ? [] : [classed.source.commit, ...classed.moreSources];
  if (sources.length === 0) return []; // a commit made for the line may add what it likes
  const changed = await filesChanged(workspace.scratch, sources);
  const added = new Set(
    [...changed.values()]
      .flat()
      .flatMap(({ path, status }) => (status === "added" || status === "renamed" ? [path] : [])),
  );
  return brought.filter((path) => !added.has(path));
}

/** Paths that the merge base holds already: the other side did not add them. */
async function keptByMerge(
  { workspace, graph }: Checking,
  { commit }: Looked,
  brought: readonly string[],
): Promise<string[]> {
  const [ours, theirs] = commit.parents.map((parent) => graph.find(parent));
  if (ours == null || theirs == null) return [];
  const bases = graph.mergeBases(ours, theirs).map((base) => graph.oid(base));
  const held = await Promise.all(
    brought.map(async (path) => {
      const found = await Promise.all(bases.map((base) => entryAt(workspace, base, path)));
      return found.some((entry) => entry !== null);
    }),
  );
  return brought.filter((_, n) => held[n] === true);
}
