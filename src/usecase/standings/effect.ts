// Whether a commit of a line still has its effect at the line's tip, or whether its change was taken out again: asked of
// the contents, by picking the commit and by taking it back, in memory.
import { lookUp, touchedPaths } from "../../apply/touched.ts";
import type { Sides } from "../../apply/decide.ts";
import type { TreeMerge } from "../../apply/tree-merge.ts";
import { isAppError } from "../../error.ts";
import { recall, remember } from "../../index/remembered.ts";
import type { Workspace } from "../workspace.ts";

export interface EffectQuestion {
  /** A commit that the tip reaches. */
  readonly commit: string;
  readonly tip: string;
}

type Effect = "there" | "gone";

/**
 * `gone` only where the tip has what was there before the commit: picking it anew would change the tip, and taking it
 * back would not. What was changed further since is `there`. One answer a question, in order.
 */
export async function effects(workspace: Workspace, questions: readonly EffectQuestion[]): Promise<Effect[]> {
  const known = questions.map((question) => recall<Effect>(workspace.store, keyOf(workspace, question)));
  const open = questions.filter((_, n) => known[n] === undefined);
  const found = await findOut(workspace, open);
  remember(
    workspace.store,
    open.map((question, n) => [keyOf(workspace, question), found[n]]),
  );
  return known.map((effect) => effect ?? found.shift() ?? "there");
}

function keyOf({ repository }: Workspace, { commit, tip }: EffectQuestion): string {
  return `effect/${repository.capabilities.versionText}/${commit}${tip}`;
}

async function findOut(workspace: Workspace, questions: readonly EffectQuestion[]): Promise<Effect[]> {
  const trees = await Promise.all(
    questions.map(async (question) => {
      const found = await treesOf(workspace, question);
      return found === null || (await isUntouched(workspace, found)) ? null : found;
    }),
  );
  const again = await mergeAll(
    workspace,
    trees.map((found) => found && { base: found.before, ours: found.tip, theirs: found.after }),
  );
  const doubtful = trees.map((found, n) => {
    const merge = again[n];
    return found !== null && merge?.kind === "clean" && merge.tree !== found.tip ? found : null;
  });
  const back = await mergeAll(
    workspace,
    doubtful.map((found) => found && { base: found.after, ours: found.tip, theirs: found.before }),
  );
  return doubtful.map((found, n) => {
    const merge = back[n];
    return found !== null && merge?.kind === "clean" && merge.tree === found.tip ? "gone" : "there";
  });
}

/** Paths that are looked up one by one; of more, a merge tells. */
const MOST = 200;

interface Trees {
  readonly before: string;
  readonly after: string;
  readonly tip: string;
}

/** The tip has every path just as the commit left it. */
async function isUntouched({ engine }: Workspace, { before, after, tip }: Trees): Promise<boolean> {
  try {
    const touched = await touchedPaths(engine.tree, before, after);
    if (touched.length > MOST) return false;
    const there = await Promise.all(touched.map(({ path }) => lookUp(engine.tree, tip, path)));
    return touched.every((file, n) => file.after?.oid === there[n]?.oid && file.after?.mode === there[n]?.mode);
  } catch (error) {
    if (isAppError(error, "object-missing")) return false; // the merge says what can be said
    throw error;
  }
}

async function treesOf({ scratch }: Workspace, { commit, tip }: EffectQuestion): Promise<Trees | null> {
  const [made, top] = await Promise.all([scratch.reader.commit(commit), scratch.reader.commit(tip)]);
  const parent = made?.parents[0] === undefined ? null : await scratch.reader.commit(made.parents[0]);
  if (made === null || top === null || parent === null || commit === tip) return null;
  return { before: parent.tree, after: made.tree, tip: top.tree };
}

/** Null stays null; the others are merged together. */
async function mergeAll({ engine }: Workspace, sides: readonly (Sides | null)[]): Promise<(TreeMerge | null)[]> {
  const merges = await engine.merge(sides.filter((one) => one !== null));
  let next = 0;
  return sides.map((one) => (one === null ? null : (merges[next++] ?? null)));
}
