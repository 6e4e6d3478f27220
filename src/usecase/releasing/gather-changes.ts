// The commits between two points of a line, with the fixes they carry and the releases of other lines that have them.
import type { CommitGraph } from "../../index/graph.ts";
import { carriedAs } from "../../index/carried.ts";
import { claimsOf } from "../../message/claims.ts";
import { inUtf8 } from "../../object/text.ts";
import type { ReleasedCommit } from "../../release/changes.ts";
import type { Line } from "../../wire/line.ts";
import { indexOf, type Workspace } from "../workspace.ts";

/** Source commits that the line's ledger names, by landed commit. */
export type Recorded = ReadonlyMap<string, readonly string[]>;

/** Picks of picks that are followed to where a fix was made first. */
const CHAIN = 8;

/** Oldest first; merges bring commits and are none themselves. `since`: null, the commits that the line alone holds. */
export async function gatherChanges(
  workspace: Workspace,
  graph: CommitGraph,
  { tip, since, recorded }: { readonly tip: string; readonly since: string | null; readonly recorded: Recorded },
): Promise<ReleasedCommit[]> {
  const from = graph.find(tip);
  if (from === null) return [];
  const without = [since ?? workspace.main?.tip ?? ""].flatMap((oid) => graph.find(oid) ?? []);
  const numbers = graph.difference([from], without).filter((number) => !graph.isMerge(number));
  const found = await Promise.all(
    numbers.toReversed().map(async (number): Promise<ReleasedCommit[]> => {
      const commit = graph.oid(number);
      const message = await messageOf(workspace, commit);
      if (message === null) return [];
      const source = await firstSource(workspace, graph, commit, message, recorded);
      return [{ commit, message, source, alsoIn: [] }];
    }),
  );
  return found.flat();
}

/**
 * The same commits with the releases of other lines that hold the same fix: each line's that carries it as a pick of its
 * own, and of those that had it from the beginning the oldest alone.
 */
export async function withOtherReleases(
  workspace: Workspace,
  graph: CommitGraph,
  commits: readonly ReleasedCommit[],
  others: readonly Line[],
): Promise<ReleasedCommit[]> {
  if (commits.length === 0 || others.length === 0) return [...commits];
  const index = indexOf(workspace, graph);
  const oldestFirst = others.toReversed().flatMap((line) => {
    const tip = graph.find(line.tip);
    return tip === null ? [] : [{ tip, releaseOf: releaseFinder(workspace, graph, line) }];
  });
  const fixes = commits.map(({ commit, source }) => source ?? commit);
  const main = workspace.main === null ? null : graph.find(workspace.main.tip);
  const tips = oldestFirst.map(({ tip }) => tip);
  graph.track(tips);
  const own = graph.difference(tips, main === null ? [] : [main]);
  await index.prepare([...own, ...fixes.flatMap((oid) => graph.find(oid) ?? [])], (done, total) =>
    workspace.onProgress?.({ step: "reading what commits do", done, total }),
  );
  return commits.map((commit, n) => {
    const oid = fixes[n] ?? commit.commit;
    const number = graph.find(oid);
    let isTold = false;
    const alsoIn = oldestFirst.flatMap(({ tip, releaseOf }) => {
      const reaches = (one: number): boolean => graph.isAncestor(one, tip);
      if (number === null || !reaches(number)) {
        const carried = carriedAs(index, oid, reaches);
        return (carried === null ? null : releaseOf(carried)) ?? [];
      }
      const release = isTold ? null : releaseOf(number);
      isTold ||= release !== null;
      return release ?? [];
    });
    return { ...commit, alsoIn };
  });
}

/** Names the first final version of a line that reaches a commit; a pre-release where there is no final one yet. */
function releaseFinder({ detected }: Workspace, graph: CommitGraph, line: Line): (number: number) => string | null {
  const tags = detected.find(({ name }) => name === line.name)?.tags.toReversed() ?? []; // newest first as they are
  const inOrder = [
    ...tags.filter(({ version }) => !version.prerelease),
    ...tags.filter(({ version }) => version.prerelease),
  ];
  const known = inOrder.flatMap(({ name, oid }) => {
    const at = graph.find(oid);
    return at === null ? [] : [{ name, at }];
  });
  graph.track(known.map(({ at }) => at));
  return (number) => known.find(({ at }) => graph.isAncestor(number, at))?.name ?? null;
}

/** Follows what ledgers and messages say to the commit that was no pick; null if it says nothing, or nothing that is here. */
async function firstSource(
  workspace: Workspace,
  graph: CommitGraph,
  commit: string,
  message: string,
  recorded: Recorded,
): Promise<string | null> {
  let found: string | null = null;
  let [at, words] = [commit, message];
  for (let step = 0; step < CHAIN; step++) {
    const next = recorded.get(at)?.[0] ?? (await claimed(workspace, graph, words));
    if (next === null || next === commit || next === found) return found;
    found = next;
    const more = await messageOf(workspace, next);
    if (more === null) return found;
    [at, words] = [next, more];
  }
  return found;
}

/** The first commit that a message names as its source and that is here: chains of picks append. */
async function claimed({ scratch }: Workspace, graph: CommitGraph, message: string): Promise<string | null> {
  for (const id of claimsOf(message).pickedFrom) {
    const [number, ...more] = graph.findAbbreviated(id);
    if (number !== undefined && more.length === 0) return graph.oid(number);
    const stored = await scratch.reader.info(`${id}^{commit}`);
    if (stored !== null) return stored.oid;
  }
  return null;
}

/** UTF-8 bytes as latin1. */
async function messageOf({ scratch }: Workspace, oid: string): Promise<string | null> {
  const commit = await scratch.reader.commit(oid);
  return commit === null ? null : inUtf8(commit).message;
}
