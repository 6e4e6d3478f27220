// Moves branches to their picks: all of them or none, each from the value expected, work trees along with them.
import { existsSync } from "node:fs";
import { AppError, isAppError } from "../error.ts";
import { isMarkAlive } from "../git/claim.ts";
import { cannotMove, indexStands, mendWorktree, moveWorktree } from "../git/move-worktree.ts";
import { isAncestor, readRef, removeDeadLocks, updateRefs, type UpdateResult } from "../git/refs.ts";
import type { Repository } from "../git/repository.ts";
import { disturbance, listWorktrees, rebasedBranch, type Worktree } from "../git/worktree.ts";
import {
  newTransaction,
  pruneTransactions,
  readTransaction,
  recordTransaction,
  removeTransaction,
  transactions,
  type LandedPick,
  type Transaction,
  type TransactionUpdate,
} from "./journal.ts";
import { sweepLocks, withLines } from "./state.ts";

export interface Advance {
  readonly line: string;
  readonly refname: string;
  readonly expected: string | null;
  /** Null: the branch goes. */
  readonly to: string | null;
}

/**
 * Says which work trees follow each branch. Throws `worktree-busy` if one must not be disturbed: dirty, locked, or in
 * the middle of a merge, rebase or pick.
 */
export async function followers(repository: Repository, advances: readonly Advance[]): Promise<TransactionUpdate[]> {
  const worktrees = await listWorktrees(repository);
  const rebased = await Promise.all(worktrees.map((worktree) => rebasedBranch(repository, worktree)));
  return Promise.all(
    advances.map(async (advance) => {
      const rebase = worktrees[rebased.indexOf(advance.refname)];
      if (rebase !== undefined)
        throw busy(advance, rebase, "a rebase of it is in progress", `git -C ${rebase.path} rebase --continue`);
      const following = worktrees.filter(({ branch }) => branch === advance.refname);
      for (const worktree of following) await mayMove(repository, advance, worktree);
      return { ...advance, worktrees: following.map(({ path }) => path) };
    }),
  );
}

async function mayMove(repository: Repository, advance: Advance, worktree: Worktree): Promise<void> {
  if (advance.to === null) {
    throw busy(advance, worktree, "the branch is to go", `git -C ${worktree.path} switch --detach`);
  }
  const found = await disturbance(repository, worktree);
  switch (found?.kind) {
    case undefined:
      return;
    case "locked":
      throw busy(advance, worktree, "the work tree is locked", `git worktree unlock ${worktree.path}`);
    case "operation":
      throw busy(advance, worktree, `a ${found.operation} is in progress`, `git -C ${worktree.path} status`);
    case "dirty": {
      const shown = found.paths.slice(0, 3).join(", ");
      const more = found.paths.length > 3 ? ` and ${found.paths.length - 3} more` : "";
      throw busy(advance, worktree, `it has uncommitted changes (${shown}${more})`, `git -C ${worktree.path} stash`);
    }
  }
}

function busy({ line }: Advance, { path }: Worktree, why: string, hint: string): AppError {
  return new AppError("worktree-busy", `Cannot move ${line}, which is checked out in ${path}: ${why}`, {
    hint: `${hint}   (or pick with --to-branch KEY, which leaves the work tree alone)`,
    data: { line, worktree: path },
  });
}

/** What a run moves, and why. */
export interface Run {
  readonly picks: readonly LandedPick[];
  /** Unix seconds. */
  readonly time: number;
  /** The run that this one takes back. */
  readonly undoes?: string | null;
}

export type AdvanceResult =
  { readonly kind: "moved"; readonly transaction: Transaction } | Extract<UpdateResult, { kind: "refused" }>;

/**
 * Moves the branches. The objects must be in the repository already. The intent is on disk before the first lock is
 * taken; work trees move while the refs are locked. Gives the transaction, or the ref that was not where it should be.
 */
export async function advance(
  repository: Repository,
  updates: readonly TransactionUpdate[],
  { picks, time, undoes = null }: Run,
): Promise<AdvanceResult> {
  for (const update of updates)
    for (const { path, from, to } of movesOf(update)) await mustMove(repository, update, path, from, to);
  const transaction = newTransaction(repository, { time, updates, picks, undoes });
  recordTransaction(repository, transaction);
  try {
    const result = await complete(repository, transaction, updates);
    if (result.kind === "moved") return { kind: "moved", transaction: settle(repository, transaction) };
    giveUp(repository, transaction);
    return result;
  } catch (error) {
    // What cannot be ended now stays written down, and the next start tries again.
    const ended = await reconcileOne(repository, transaction).catch(() => null);
    if (ended?.kind === "finished") return { kind: "moved", transaction: { ...transaction, state: "done" } };
    throw error;
  }
}

async function mustMove(
  repository: Repository,
  { line }: TransactionUpdate,
  path: string,
  from: string,
  to: string,
): Promise<void> {
  const obstacle = await cannotMove(repository, path, from, to);
  if (obstacle === null) return;
  throw new AppError("worktree-busy", `Cannot move ${line}, which is checked out in ${path}: ${firstLine(obstacle)}`, {
    hint: "move the files named above away, or pick with --to-branch KEY",
    data: { line, worktree: path, stderr: obstacle },
  });
}

function firstLine(text: string): string {
  const lines = text.split("\n");
  return (
    lines
      .find((line) => line.startsWith("error:"))
      ?.slice("error:".length)
      .trim() ??
    lines[0] ??
    text
  );
}

interface WorktreeMove {
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

/** A branch that comes or goes takes no work tree along. */
function movesOf({ worktrees, expected, to }: TransactionUpdate): WorktreeMove[] {
  return expected === null || to === null ? [] : worktrees.map((path) => ({ path, from: expected, to }));
}

/** Writes down that a run is done. One that took another back leaves no record of its own. */
function settle(repository: Repository, transaction: Transaction): Transaction {
  const done: Transaction = { ...transaction, state: "done" };
  const undone = transaction.undoes === null ? null : readTransaction(repository, transaction.undoes);
  if (transaction.undoes === null) {
    recordTransaction(repository, done);
  } else {
    if (undone !== null) recordTransaction(repository, { ...undone, state: "undone" });
    removeTransaction(repository, transaction.id);
  }
  pruneTransactions(repository);
  return done;
}

/** Writes down that a run moved nothing. */
function giveUp(repository: Repository, transaction: Transaction): void {
  if (transaction.undoes === null) recordTransaction(repository, { ...transaction, state: "failed" });
  else removeTransaction(repository, transaction.id);
}

function isTag({ refname }: Advance): boolean {
  return refname.startsWith("refs/tags/");
}

/** Moves some updates of a transaction. If it throws, work trees may have moved and refs not. */
function complete(
  repository: Repository,
  { undoes }: Transaction,
  updates: readonly TransactionUpdate[],
): Promise<UpdateResult> {
  const verb = undoes !== null ? "undo" : updates.some(isTag) ? "release" : "pick";
  return updateRefs(repository, updates, `morello: ${verb}`, async () => {
    for (const { path, from, to } of updates.flatMap(movesOf)) await moveWorktree(repository, path, from, to);
  });
}

export interface Reconciled {
  readonly transaction: Transaction;
  /** Part was moved, and now all is; nothing was moved, and it stays so; something else has moved a ref meanwhile. */
  readonly kind: "finished" | "dropped" | "overtaken";
}

/**
 * Ends what killed runs left. Where refs were moved the rest follow; where none was, work trees go back and the run
 * counts as not begun. Runs whose lines another process holds are that one's. Throws `worktree-busy` if a person's work
 * is in the way of either.
 */
export async function reconcile(repository: Repository): Promise<Reconciled[]> {
  sweepLocks(repository);
  const results: Reconciled[] = [];
  for (const { id, state, owner, updates } of transactions(repository)) {
    if (state !== "prepared" || (isMarkAlive(owner) && Number.parseInt(owner, 10) !== process.pid)) continue;
    const lines = updates.map(({ line }) => line);
    try {
      const result = await withLines(repository, lines, () =>
        reconcileOne(repository, readTransaction(repository, id)),
      );
      if (result !== null) results.push(result);
    } catch (error) {
      if (!isAppError(error, "line-busy")) throw error;
    }
  }
  return results;
}

async function reconcileOne(repository: Repository, transaction: Transaction | null): Promise<Reconciled | null> {
  if (transaction?.state !== "prepared") return null; // another run was quicker
  const { updates, gitDir } = transaction;
  await removeDeadLocks(repository, gitDir, updates);
  const places = await Promise.all(updates.map((update) => placeOf(repository, update)));
  const waiting = updates.filter((_, n) => places[n] === "before");
  const moved = updates.filter((_, n) => places[n] === "after");
  for (const move of waiting.flatMap(movesOf)) await mend(repository, transaction, move);
  const isOvertaken = places.includes("elsewhere");
  if (isOvertaken || moved.length === 0) {
    for (const move of waiting.flatMap(movesOf)) await takeBack(repository, move);
    if (moved.length > 0) settle(repository, { ...transaction, updates: moved });
    else giveUp(repository, transaction);
    return { transaction, kind: isOvertaken ? "overtaken" : "dropped" };
  }
  const result = waiting.length === 0 ? null : await complete(repository, transaction, waiting);
  if (result?.kind === "refused") return reconcileOne(repository, transaction); // overtaken this moment
  settle(repository, transaction);
  return { transaction, kind: "finished" };
}

/** Where a ref stands: not moved yet, moved (and perhaps gone on from there), or put elsewhere by somebody else. */
async function placeOf(repository: Repository, update: TransactionUpdate): Promise<"before" | "after" | "elsewhere"> {
  const { refname, expected, to } = update;
  const at = await readRef(repository, refname);
  if (at === expected) return "before";
  if (at === to) return "after";
  if (isTag(update)) return "elsewhere"; // a tag goes nowhere from where it is
  return at !== null && to !== null && (await isAncestor(repository, to, at)) ? "after" : "elsewhere";
}

async function mend(repository: Repository, { id }: Transaction, { path, from, to }: WorktreeMove): Promise<void> {
  if (!existsSync(path)) return;
  const foreign = await mendWorktree(repository, path, from, to);
  if (foreign.length === 0) return;
  throw new AppError(
    "worktree-busy",
    `A run that was killed left the work tree ${path} half way, and ${foreign.join(", ")} changed since`,
    {
      hint: `git -C ${path} stash, then run this again`,
      data: { worktree: path, paths: foreign, transaction: id },
    },
  );
}

async function takeBack(repository: Repository, { path, from, to }: WorktreeMove): Promise<void> {
  if (existsSync(path) && (await indexStands(repository, path, from, to)) === "to")
    await moveWorktree(repository, path, to, from);
}
