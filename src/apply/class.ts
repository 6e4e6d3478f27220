// Compares landed commits with the picks that the engine computes of their sources onto their parents, tree for tree.
// Tells what a commit holds beyond its pick; never looks at patch IDs, messages or authors.
import { AppError } from "../error.ts";
import type { BytePath } from "../object/path.ts";
import type { AddedHunk, LandedClass } from "../wire/class.ts";
import { addedHunks, type Difference } from "./added-hunks.ts";
import { settleConflicts, type LandedConflict, type Settled } from "./class-conflicts.ts";
import type { MergeEngine } from "./merge.ts";
import { lookUp, touchedPaths, type Touched } from "./touched.ts";
import type { Conflict, TreeMerge } from "./tree-merge.ts";

/** A landed commit and the patches that it is to carry. All are root trees. */
export interface Landed {
  /** Of the commit's parent. */
  readonly onto: string;
  readonly tree: string;
  /** Oldest first; they are picked one onto the other. */
  readonly patches: readonly { readonly before: string; readonly after: string }[];
}

export interface Compared {
  readonly kind: "compared";
  readonly class: Exclude<LandedClass, "native">;
  /** The computed pick; with conflict markers where there are conflicts. */
  readonly computed: string;
  /** Paths in conflict in the computed pick, in git's order. */
  readonly conflicted: readonly BytePath[];
  /** What the commit holds beyond the computed pick; for `resolved`, what stands in the regions that no side holds. */
  readonly beyond: readonly AddedHunk[];
}

export type Comparison =
  | Compared
  /** Objects that the pick needs are not in the repository. */
  | { readonly kind: "missing"; readonly objects: readonly string[] };

/** One comparison for each question, in order. All first patches are merged together, then all second ones and so on. */
export async function compareLanded(engine: MergeEngine, questions: readonly Landed[]): Promise<Comparison[]> {
  const tracks = questions.map((landed): Track => ({ landed, tree: landed.onto, conflicts: new Map(), missing: null }));
  for (let step = 0; ; step++) {
    const open = tracks.filter(({ landed, missing }) => missing === null && step < landed.patches.length);
    if (open.length === 0) break;
    const merges = await engine.merge(
      open.map(({ landed, tree }) => {
        const patch = landed.patches[step];
        if (patch === undefined) throw new AppError("internal", "A patch is not there");
        return { base: patch.before, ours: tree, theirs: patch.after };
      }),
    );
    for (const [n, track] of open.entries()) await advance(engine, track, merges[n]);
  }
  return judge(engine, tracks);
}

interface Track {
  readonly landed: Landed;
  tree: string;
  /** With the blob that git left at the path, by path. */
  readonly conflicts: Map<BytePath, { readonly conflict: Conflict; readonly left: string | null }>;
  missing: readonly string[] | null;
}

async function advance(engine: MergeEngine, track: Track, merge: TreeMerge | undefined): Promise<void> {
  if (merge === undefined || merge.kind === "missing") {
    track.missing = merge?.objects ?? [];
    return;
  }
  track.tree = merge.tree;
  if (merge.kind === "clean") return;
  for (const conflict of merge.conflicts) {
    const left = (await lookUp(engine.tree, merge.tree, conflict.path))?.oid ?? null;
    track.conflicts.set(conflict.path, { conflict, left });
  }
}

async function judge(engine: MergeEngine, tracks: readonly Track[]): Promise<Comparison[]> {
  const found = await Promise.all(tracks.map((track) => differencesOf(engine, track)));
  const settled = await settleConflicts(
    engine,
    found.map(({ conflicts }) => conflicts),
  );
  const differences = found.map(({ outside }, n): Difference[] => {
    const done = settled[n] ?? [];
    return [
      ...placed(outside, done).map(({ path, before, after }) => ({ path, before, after, own: null })),
      ...done.flatMap(({ difference }) => (difference === null ? [] : [difference])),
    ];
  });
  const hunks = await addedHunks(engine.scratch, differences);
  return tracks.map(({ landed, tree, conflicts, missing }, n): Comparison => {
    if (missing !== null) return { kind: "missing", objects: missing };
    const common = { kind: "compared", computed: tree, conflicted: [...conflicts.keys()] } as const;
    if (tree === landed.tree && conflicts.size === 0) return { ...common, class: "exact", beyond: [] };
    const inside = (settled[n] ?? []).flatMap((one) => one.inside);
    const isResolved = conflicts.size > 0 && (differences[n] ?? []).length === 0;
    return { ...common, class: isResolved ? "resolved" : "adapted", beyond: [...inside, ...(hunks[n] ?? [])] };
  });
}

/** Where a commit's tree is not the computed one: at conflicts, and elsewhere. */
async function differencesOf(
  { tree: trees }: MergeEngine,
  { landed, tree, conflicts, missing }: Track,
): Promise<{ outside: Touched[]; conflicts: LandedConflict[] }> {
  if (missing !== null) return { outside: [], conflicts: [] };
  const differing = await touchedPaths(trees, tree, landed.tree);
  const at = [...conflicts.values()].map(async ({ conflict, left }): Promise<LandedConflict> => {
    const [computed, there] = await Promise.all([
      lookUp(trees, tree, conflict.path),
      lookUp(trees, landed.tree, conflict.path),
    ]);
    // A later patch of a series went over the markers: there are no regions any more.
    return { conflict, computed, landed: there, overwritten: (computed?.oid ?? null) !== left };
  });
  return { outside: differing.filter(({ path }) => !conflicts.has(path)), conflicts: await Promise.all(at) };
}

/**
 * Without the places where a file may stand by its conflict: where git moved an added file along with a renamed
 * directory, and asks, it may stand where the source has it.
 */
function placed<T extends { readonly path: BytePath; readonly after: { readonly oid: string } | null }>(
  outside: readonly T[],
  settled: readonly Settled[],
): T[] {
  const elsewhere = settled.flatMap(({ elsewhere: oid }) => (oid === null ? [] : [oid]));
  return outside.filter(({ after }) => {
    const at = after === null ? -1 : elsewhere.indexOf(after.oid);
    if (at >= 0) elsewhere.splice(at, 1);
    return at < 0;
  });
}
