// Which commits could be missing where a pick conflicts: by blame of the contested lines, by the history of their
// paths, and by what the author says. A proposal is a guess; only a pick that becomes clean proves it.
import type { Conflict, Stage, TreeMerge } from "../../apply/tree-merge.ts";
import { argumentOf } from "../../git/blame.ts";
import { touchingCommits } from "../../git/diff.ts";
import { fileHunks, type FileVersion } from "../../git/file-hunks.ts";
import type { PathChange } from "../../git/path-log.ts";
import type { Scratch } from "../../git/scratch.ts";
import type { PathHistory } from "../../index/path-history.ts";
import { claimsOf } from "../../message/claims.ts";
import { isRegular } from "../../object/tree.ts";
import type { BytePath } from "../../object/path.ts";
import { contested, wholly, type Region } from "../../prerequisite/hunk.ts";
import { gather, type Evidence, type Proposal } from "../../prerequisite/proposal.ts";

export type Conflicted = Extract<TreeMerge, { kind: "conflict" }>;

/** What is asked about: the history that the source has and the line lacks. */
export interface Ground {
  readonly scratch: Scratch;
  /** Whether the line lacks this commit of the source's history. Merges are never lacking: what they merge is. */
  readonly lacks: (oid: string) => boolean;
  /** Where the two histories part. */
  readonly mergeBases: readonly string[];
  readonly history: PathHistory;
}

/** A conflicted path of a pick. */
export interface Contest {
  /** As the parent of the picked commit names it. */
  readonly path: BytePath;
  /** All names that take part, that one first. */
  readonly paths: readonly BytePath[];
  /** Where the pick meets what the line has otherwise; null where the conflict is not about lines. */
  readonly regions: readonly Region[] | null;
  /** What the line has; null if it lacks the file. */
  readonly ours: Stage | null;
}

/** A pick that conflicts, as a question to history. */
export interface Asked {
  readonly commit: string;
  /** The parent that it is compared with. */
  readonly parent: string;
  readonly contests: readonly Contest[];
}

interface Named {
  readonly commit: string;
  readonly evidence: Evidence;
}

/** The contested regions of a conflicted pick, by one git process. */
export async function contests(scratch: Scratch, merge: Conflicted): Promise<Contest[]> {
  const pairs = merge.conflicts.flatMap(({ base, ours, theirs }) => {
    if (!isFile(base) || !isFile(ours)) return [];
    return [[base, ours] as const, [base, isFile(theirs) ? theirs : base] as const];
  });
  const hunks = await fileHunks(scratch, pairs);
  let next = 0;
  return merge.conflicts.map((conflict) => {
    const { base, ours, theirs } = conflict;
    const [path = conflict.path, ...paths] = namesOf(conflict, merge);
    const names = { path, paths: [...new Set([path, ...paths])], ours };
    if (!isFile(base) || !isFile(ours)) return { ...names, regions: null };
    const [our = [], their = []] = hunks.slice(next, (next += 2));
    const regions = theirs === null ? wholly(our) : contested(our, their);
    return { ...names, regions: regions.length === 0 ? null : regions };
  });
}

function isFile(stage: Stage | null): stage is Stage {
  return stage !== null && isRegular(stage.mode);
}

/** What the source's parent calls the path, the merge, the line, and the source. */
function namesOf({ path, base, ours, theirs }: Conflict, { touched }: Conflicted): BytePath[] {
  const own = touched.find((one) => one.path === path);
  const before = own?.before?.oid === base?.oid ? own : touched.find((one) => one.before?.oid === base?.oid);
  const after = theirs === null ? undefined : touched.find((one) => one.after?.oid === theirs.oid);
  return [before?.path, path, ours?.path, after?.path].filter((name) => name !== undefined);
}

/**
 * The commits that brought what the line lacks: the contested lines, the files, and what the author asks for. None of
 * them can be done without, as far as blame can tell.
 */
export async function proposeByBlame(ground: Ground, asked: Asked): Promise<Proposal[]> {
  const { commit: neededBy, parent } = asked;
  const found = asked.contests.map(async ({ path, paths, regions, ours }): Promise<Named[]> => {
    if (regions === null) return ours === null ? byPaths(ground, asked, paths, ({ how }) => how === "added") : [];
    const ranges = regions.filter(({ start, end }) => start < end);
    const lines = await ground.history.blame(parent, path, ranges);
    return lines.map(({ commit, start, end }) => ({
      commit,
      evidence: { kind: "lines", path, lines: end - start, neededBy },
    }));
  });
  const trailers = await byTrailers(ground, asked);
  return lacking(ground, asked, [...trailers, ...(await Promise.all(found)).flat()]);
}

/**
 * The commits that took away what the line still has in the contested lines; for what is not compared by lines those
 * that lead from the line's version to the source's; where there is neither, the series that the commit is part of.
 */
export async function proposeByHistory(ground: Ground, asked: Asked): Promise<Proposal[]> {
  const { commit: neededBy } = asked;
  const found = asked.contests.map(async ({ path, paths, regions, ours }): Promise<Named[]> => {
    if (regions === null) {
      let reached = ours === null;
      return byPaths(ground, asked, paths, ({ before }) => {
        const wanted = !reached;
        reached ||= before === ours?.oid;
        return wanted;
      });
    }
    const kept = new Set(regions.flatMap(({ added }) => added.filter(hasWords)));
    if (kept.size === 0) return [];
    return (await ground.history.patches(paths)).flatMap(({ commit, hunks }) => {
      const lines = hunks.flatMap(({ removed }) => removed.filter((line) => kept.has(line))).length;
      return lines === 0 ? [] : [{ commit, evidence: { kind: "removed", path, lines, neededBy } }];
    });
  });
  const proposals = lacking(ground, asked, (await Promise.all(found)).flat());
  return proposals.length > 0 ? proposals : lacking(ground, asked, await bySeries(ground, asked));
}

/**
 * Whether a person has to decide: the line itself wrote something into a contested region that the source branch never
 * had there, in the place of other lines, or where the source branch brought nothing that could come first. No commit of
 * the source branch takes that away.
 */
export async function isOwnWork(ground: Ground, { contests }: Asked): Promise<boolean> {
  const { scratch, history } = ground;
  const bases = await Promise.all(contests.map((contest) => versionAtBase(ground, contest)));
  const compared = contests.flatMap(({ ours, regions }, n) => {
    const base = bases[n];
    return isFile(ours) && regions !== null && base != null ? [{ n, pair: [base, ours] as const }] : [];
  });
  const hunks = await fileHunks(
    scratch,
    compared.map(({ pair }) => pair),
  );
  const found = contests.map(async ({ paths, regions }, n) => {
    const at = compared.findIndex((one) => one.n === n);
    const own = at < 0 ? null : hunks[at];
    const suspects = (regions ?? []).flatMap((region) => {
      const words = region.added.filter(hasWords);
      if (own == null || words.length === 0) return words;
      const written = own.filter((hunk) => hunk.removed.length > 0 || region.start === region.end);
      const lines = new Set(written.flatMap(({ added }) => added));
      return words.filter((line) => lines.has(line));
    });
    if (suspects.length === 0) return false;
    const left = new Set(suspects);
    for (const patch of await history.patches(paths))
      for (const { removed } of patch.hunks) for (const line of removed) left.delete(line);
    return left.size > 0;
  });
  return (await Promise.all(found)).includes(true);
}

/** The file where the histories part, under one of its names; null if it was not there. */
async function versionAtBase({ scratch, mergeBases }: Ground, { paths, ours }: Contest): Promise<FileVersion | null> {
  const [base] = mergeBases;
  if (base === undefined || ours === null) return null;
  for (const path of paths) {
    const name = argumentOf(path);
    const blob = name === null ? null : await scratch.reader.info(`${base}:${name}`);
    if (blob?.type === "blob") return { mode: ours.mode, oid: blob.oid };
  }
  return null;
}

/** Brackets and blank lines stand everywhere: they say nothing. */
function hasWords(line: string): boolean {
  return /\w/.test(line);
}

/** Changes of paths, newest first. */
async function byPaths(
  { history }: Ground,
  { commit: neededBy }: Asked,
  paths: readonly BytePath[],
  isWanted: (change: PathChange) => boolean,
): Promise<Named[]> {
  const changes = (await history.changes(paths)).filter(isWanted);
  return changes.map(({ commit, path, how }) => ({ commit, evidence: { kind: "path", path, how, neededBy } }));
}

async function byTrailers({ scratch }: Ground, { commit: neededBy }: Asked): Promise<Named[]> {
  const message = (await scratch.reader.commit(neededBy))?.message ?? "";
  const named = await Promise.all(claimsOf(message).prerequisites.map(({ commit }) => scratch.reader.info(commit)));
  return named.flatMap((found) =>
    found?.type === "commit" ? [{ commit: found.oid, evidence: { kind: "trailer", neededBy } }] : [],
  );
}

/** Commits of one author in a row that are taken for a series. */
const MAX_SERIES = 8;

/** The author's commits right before this one, if they touch the conflicted paths. */
async function bySeries({ scratch, lacks }: Ground, { commit: neededBy, parent, contests }: Asked): Promise<Named[]> {
  const author = await authorOf(scratch, neededBy);
  const series: string[] = [];
  let at: string | undefined = parent;
  while (at !== undefined && series.length < MAX_SERIES && lacks(at) && (await authorOf(scratch, at)) === author) {
    series.push(at);
    at = (await scratch.reader.commit(at))?.parents[0];
  }
  const touching = await touchingCommits(scratch, series, [...new Set(contests.flatMap(({ paths }) => paths))]);
  return [...touching.keys()].map((commit) => ({ commit, evidence: { kind: "series", neededBy } }));
}

async function authorOf(scratch: Scratch, oid: string): Promise<string | undefined> {
  return (await scratch.reader.commit(oid))?.author.replace(/ \d+ [+-]\d+$/, "");
}

function lacking({ lacks }: Ground, { commit: neededBy }: Asked, named: readonly Named[]): Proposal[] {
  return gather(named.filter(({ commit }) => commit !== neededBy && lacks(commit)));
}
