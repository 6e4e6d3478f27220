// Which commits could be missing where a pick conflicts: by blame of the contested lines, by the history of their
// paths, and by what the author says. A proposal is a guess; only a pick that becomes clean proves it.
import type { Conflict, TreeMerge } from "../apply/tree-merge.ts";
import { argumentOf, blame } from "../git/blame.ts";
import { fileHunks } from "../git/file-hunks.ts";
import { pathLog, pathPatches } from "../git/path-log.ts";
import type { Scratch } from "../git/scratch.ts";
import { claimsOf } from "../message/claims.ts";
import { isRegular } from "../object/tree.ts";
import type { BytePath } from "../object/path.ts";
import { contested, endOf, type Hunk } from "../prerequisite/hunk.ts";
import { gather, type Evidence, type Proposal } from "../prerequisite/proposal.ts";

export type Conflicted = Extract<TreeMerge, { kind: "conflict" }>;

/** What is asked about: the history that the source has and the line lacks. */
export interface Ground {
  readonly scratch: Scratch;
  /** Whether the line lacks this commit of the source's history. */
  readonly lacks: (oid: string) => boolean;
  /** Where the two histories part. */
  readonly mergeBases: readonly string[];
}

/** A conflicted path of a pick. */
export interface Contest {
  /** As the parent of the picked commit names it. */
  readonly path: BytePath;
  /** All names that take part, that one first. */
  readonly paths: readonly BytePath[];
  /** What the line has in the place of the picked commit's parent, where the pick meets it. Empty: not about lines. */
  readonly hunks: readonly Hunk[];
}

/** The contested regions of a conflicted pick, by one git process. */
export async function contests(scratch: Scratch, merge: Conflicted): Promise<Contest[]> {
  const pairs = merge.conflicts.flatMap(({ base, ours, theirs }) => {
    if (base === null || ours === null || !isRegular(base.mode) || !isRegular(ours.mode)) return [];
    const changed = theirs !== null && isRegular(theirs.mode) ? theirs : base;
    return [[base, ours] as const, [base, changed] as const];
  });
  const hunks = await fileHunks(scratch, pairs);
  let next = 0;
  return merge.conflicts.map((conflict) => {
    const { base, ours, theirs } = conflict;
    const [path, ...paths] = namesOf(conflict, merge);
    const names = { path: path ?? conflict.path, paths: [...new Set([path ?? conflict.path, ...paths])] };
    if (base === null || ours === null || !isRegular(base.mode) || !isRegular(ours.mode))
      return { ...names, hunks: [] };
    const [our = [], their = []] = hunks.slice(next, (next += 2));
    return { ...names, hunks: theirs === null ? our : contested(our, their) };
  });
}

/** What the source's parent calls the path, the source, the line, and the merge. */
function namesOf({ path, base, ours, theirs }: Conflict, { touched }: Conflicted): BytePath[] {
  const own = touched.find((one) => one.path === path);
  const before = own?.before?.oid === base?.oid ? own : touched.find((one) => one.before?.oid === base?.oid);
  const after = theirs === null ? undefined : touched.find((one) => one.after?.oid === theirs.oid);
  return [before?.path, path, ours?.path, after?.path].filter((name) => name !== undefined);
}

/** Who may be missing under the pick of a commit, the surest first. */
export interface Asked {
  readonly commit: string;
  /** The parent that it is compared with. */
  readonly parent: string;
  readonly contests: readonly Contest[];
}

type Named = { readonly commit: string; readonly evidence: Evidence };

/**
 * The commits that brought the contested lines which the line lacks, the files that it lacks, and those that the author
 * asks for.
 */
export async function proposeByBlame(ground: Ground, asked: Asked): Promise<Proposal[]> {
  const { scratch, mergeBases } = ground;
  const found = asked.contests.map(async ({ path, paths, hunks }): Promise<Named[]> => {
    if (hunks.length === 0)
      return (await byPaths(ground, asked, paths)).filter(({ how }) => how !== "changed").map(({ named }) => named);
    const ranges = hunks.flatMap((hunk) =>
      hunk.removed.length === 0 ? [] : [{ start: hunk.start, end: endOf(hunk) }],
    );
    const lines = await blame(scratch, { commit: asked.parent, path, ranges, without: mergeBases });
    return lines.map(({ commit, start, end }) => ({
      commit,
      evidence: { kind: "lines", path, lines: end - start, neededBy: asked.commit },
    }));
  });
  const trailers = await byTrailers(ground, asked);
  return lacking(ground, asked, [...trailers, ...(await Promise.all(found)).flat()]);
}

/** The commits that took away what the line still has in the contested lines, and all that touched the other paths. */
export async function proposeByHistory(ground: Ground, asked: Asked): Promise<Proposal[]> {
  const found = asked.contests.map(async ({ path, paths, hunks }): Promise<Named[]> => {
    if (hunks.length === 0) return (await byPaths(ground, asked, paths)).map(({ named }) => named);
    const kept = new Set(hunks.flatMap(({ added }) => added.filter(hasWords)));
    if (kept.size === 0) return [];
    const question = { commit: asked.parent, without: ground.mergeBases, paths };
    return (await pathPatches(ground.scratch, question)).flatMap(({ commit, hunks: patch }) => {
      const lines = patch.flatMap(({ removed }) => removed.filter((line) => kept.has(line))).length;
      return lines === 0 ? [] : [{ commit, evidence: { kind: "removed", path, lines, neededBy: asked.commit } }];
    });
  });
  return lacking(ground, asked, (await Promise.all(found)).flat());
}

/**
 * Whether the line itself wrote something into a contested region that the source branch never had there: then no
 * commit of the source branch takes it away, and only a person can.
 */
export async function isOwnWork(ground: Ground, asked: Asked): Promise<boolean> {
  for (const { paths, hunks } of asked.contests) {
    const own = new Set(hunks.flatMap(({ added }) => added.filter(hasWords)));
    if (own.size === 0) continue;
    for (const line of await linesAtBases(ground, paths)) own.delete(line);
    if (own.size === 0) continue;
    const question = { commit: asked.parent, without: ground.mergeBases, paths };
    for (const { hunks: patch } of await pathPatches(ground.scratch, question))
      for (const { removed } of patch) for (const line of removed) own.delete(line);
    if (own.size > 0) return true;
  }
  return false;
}

async function linesAtBases({ scratch, mergeBases }: Ground, paths: readonly BytePath[]): Promise<string[]> {
  const names = mergeBases.flatMap((base) => paths.map((path) => `${base}:${argumentOf(path) ?? ""}`));
  const blobs = await Promise.all(names.map((name) => scratch.reader.read(name)));
  return blobs.flatMap((blob) => (blob?.type === "blob" ? blob.body.toString("latin1").split("\n") : []));
}

function hasWords(line: string): boolean {
  return /\w/.test(line);
}

async function byPaths(
  { scratch, mergeBases }: Ground,
  { commit: neededBy, parent }: Asked,
  paths: readonly BytePath[],
): Promise<{ readonly how: "added" | "deleted" | "changed"; readonly named: Named }[]> {
  const changes = await pathLog(scratch, { commit: parent, without: mergeBases, paths });
  return changes.map(({ commit, path, how }) => ({
    how,
    named: { commit, evidence: { kind: "path", path, how, neededBy } },
  }));
}

async function byTrailers({ scratch }: Ground, { commit: neededBy }: Asked): Promise<Named[]> {
  const message = (await scratch.reader.commit(neededBy))?.message ?? "";
  const named = await Promise.all(claimsOf(message).prerequisites.map(({ commit }) => scratch.reader.info(commit)));
  return named.flatMap((found) =>
    found?.type === "commit" ? [{ commit: found.oid, evidence: { kind: "trailer", neededBy } }] : [],
  );
}

function lacking({ lacks }: Ground, { commit: neededBy }: Asked, named: readonly Named[]): Proposal[] {
  return gather(named.filter(({ commit }) => commit !== neededBy && lacks(commit)));
}
