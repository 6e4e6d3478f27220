// Which commits could be missing where a pick conflicts: proposals by blame and by the history of lines and paths. A
// proposal is a guess; only a pick that becomes clean proves it.
import type { Conflict, TreeMerge } from "../apply/tree-merge.ts";
import { blame } from "../git/blame.ts";
import { fileHunks } from "../git/file-hunks.ts";
import { pathLog, pathPatches } from "../git/line-log.ts";
import type { Scratch } from "../git/scratch.ts";
import type { CommitGraph } from "../index/graph.ts";
import { isRegular, type TreeEntry } from "../object/tree.ts";
import type { BytePath } from "../object/path.ts";
import { contested, endOf, type Hunk } from "../prerequisite/hunk.ts";

export type Conflicted = Extract<TreeMerge, { kind: "conflict" }>;

export type Evidence =
  | { readonly kind: "lines"; readonly path: BytePath; readonly lines: number }
  | { readonly kind: "removed"; readonly path: BytePath; readonly lines: number }
  | { readonly kind: "path"; readonly path: BytePath };

export interface Proposal {
  readonly commit: string;
  readonly evidence: Evidence[];
  weight: number;
}

export interface Ground {
  readonly scratch: Scratch;
  readonly graph: CommitGraph;
  /** Whether the line lacks a commit of the source's history. */
  readonly lacks: (oid: string) => boolean;
  /** Merge bases. */
  readonly without: readonly string[];
}

/** One conflicted path as a question to history. */
export interface Contest {
  readonly path: BytePath;
  /** Hunks of the line against the pick's base that the pick's own hunks meet. */
  readonly hunks: readonly Hunk[];
  /** All paths that the conflict is about. */
  readonly paths: readonly BytePath[];
  /** Not about lines. */
  readonly whole: boolean;
}

/** The conflicted paths of a pick with the regions that are contested. One git process. */
export async function contests(scratch: Scratch, merge: Conflicted): Promise<Contest[]> {
  const questions = merge.conflicts.map((conflict) => ({ conflict, ...namesOf(conflict, merge) }));
  const pairs = questions.flatMap(({ conflict: { base, ours, theirs } }) => {
    if (base === null || ours === null || !isRegular(base.mode) || !isRegular(ours.mode)) return [];
    return theirs !== null && isRegular(theirs.mode)
      ? ([[base, ours], [base, theirs]] as const)
      : ([[base, ours]] as const);
  });
  const hunks = await fileHunks(scratch, pairs);
  let next = 0;
  return questions.map(({ conflict: { base, ours, theirs }, path, paths }) => {
    if (base === null || ours === null || !isRegular(base.mode) || !isRegular(ours.mode))
      return { path, paths, hunks: [], whole: true };
    const our = hunks[next++] ?? [];
    const found = theirs !== null && isRegular(theirs.mode) ? contested(our, hunks[next++] ?? []) : our;
    return { path, paths, hunks: found, whole: found.length === 0 };
  });
}

/** The path in the source's parent, and every path that takes part. */
function namesOf(conflict: Conflict, { touched }: Conflicted): { path: BytePath; paths: BytePath[] } {
  const { base, theirs } = conflict;
  const own = touched.find(({ path }) => path === conflict.path);
  const same = (a: TreeEntry | null, b: { oid: string } | null): boolean => a !== null && b !== null && a.oid === b.oid;
  const before = own?.before != null && (base === null || same(own.before, base)) ? own : touched.find((t) => same(t.before, base));
  const after = touched.find((t) => same(t.after, theirs));
  const path = before?.path ?? conflict.path;
  const paths = [path, conflict.path, conflict.ours?.path, after?.path].filter((p) => p !== undefined);
  return { path, paths: [...new Set(paths)] };
}

/** Commits that brought the contested lines which the line lacks, and those that brought the files it lacks. */
export async function proposeByBlame(ground: Ground, parent: string, found: readonly Contest[]): Promise<Proposal[]> {
  const proposals = new Proposals(ground);
  await Promise.all(
    found.map(async ({ path, paths, hunks, whole }) => {
      if (whole) {
        for (const change of await pathLog(ground.scratch, { commit: parent, without: ground.without, paths })) {
          if (change.how !== "changed") proposals.add(change.commit, { kind: "path", path: change.path }, 1);
        }
        return;
      }
      const ranges = hunks.filter(({ removed }) => removed.length > 0).map((hunk) => ({ start: hunk.start, end: endOf(hunk) }));
      const lines = await blame(ground.scratch, { commit: parent, path, ranges, without: ground.without });
      for (const { commit, start, end } of lines) proposals.add(commit, { kind: "lines", path, lines: end - start }, end - start);
    }),
  );
  return proposals.list();
}

/** Commits that took away what the line still has between the contested lines, or changed their neighbours. */
export async function proposeByLines(ground: Ground, parent: string, found: readonly Contest[]): Promise<Proposal[]> {
  const proposals = new Proposals(ground);
  await Promise.all(
    found.map(async ({ path, paths, hunks, whole }) => {
      if (whole) {
        for (const change of await pathLog(ground.scratch, { commit: parent, without: ground.without, paths })) proposals.add(change.commit, { kind: "path", path: change.path }, 1);
        return;
      }
      const kept = new Set(hunks.flatMap(({ added }) => added.filter((line) => line.trim() !== "")));
      if (kept.size === 0) return;
      for (const { commit, hunks } of await pathPatches(ground.scratch, { commit: parent, without: ground.without, paths })) {
        const lines = hunks.flatMap(({ removed }) => removed.filter((line) => kept.has(line))).length;
        if (lines > 0) proposals.add(commit, { kind: "removed", path, lines }, lines);
      }
    }),
  );
  return proposals.list();
}

class Proposals {
  readonly #ground: Ground;
  readonly #found = new Map<string, Proposal>();

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  add(commit: string, evidence: Evidence, weight: number): void {
    if (!this.#ground.lacks(commit)) return;
    const known = this.#found.get(commit);
    if (known === undefined) this.#found.set(commit, { commit, evidence: [evidence], weight });
    else {
      known.evidence.push(evidence);
      known.weight += weight;
    }
  }

  list(): Proposal[] {
    return [...this.#found.values()].sort((a, b) => b.weight - a.weight);
  }
}
