// Moves branches to their picks: all of them or none, each from the value expected, work trees along with them.
import { AppError } from "../error.ts";
import { isAncestor, readRef, updateRefs, type UpdateResult } from "../git/refs.ts";
import type { Repository } from "../git/repository.ts";
import { isRunning } from "../git/scratch.ts";
import { cannotMove, disturbance, listWorktrees, moveWorktree, rebasedBranch, type Worktree } from "../git/worktree.ts";
import { newTransaction, pruneTransactions, recordTransaction, transactions, type LandedPick, type Transaction, type TransactionUpdate } from "./journal.ts";

export interface Advance {
  readonly line: string;
  readonly refname: string;
  readonly expected: string | null;
  readonly to: string;
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
      if (rebase !== undefined) throw busy(advance, rebase, "a rebase of it is in progress", `git -C ${rebase.path} rebase --continue`);
      const following = worktrees.filter(({ branch }) => branch === advance.refname);
      for (const worktree of following) await mayMove(repository, advance, worktree);
      return { ...advance, worktrees: following.map(({ path }) => path) };
    }),
  );
}

async function mayMove(repository: Repository, advance: Advance, worktree: Worktree): Promise<void> {
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

/**
 * Moves the branches. The objects must be in the repository already. The intent is on disk before the first lock is
 * taken; work trees move while the refs are locked. Gives the transaction, or the ref that was not where it should be.
 */
export async function advance(
  repository: Repository,
  updates: readonly TransactionUpdate[],
  picks: readonly LandedPick[],
  time: number,
): Promise<{ readonly kind: "moved"; readonly transaction: Transaction } | Extract<UpdateResult, { kind: "refused" }>> {
  for (const { line, expected, to, worktrees } of updates) {
    for (const path of worktrees) {
      const obstacle = expected === null ? null : await cannotMove(repository, path, expected, to);
      if (obstacle !== null) {
        throw new AppError("worktree-busy", `Cannot move ${line}, which is checked out in ${path}: ${firstLine(obstacle)}`, {
          hint: "move the files named above away, or pick with --to-branch KEY",
          data: { line, worktree: path, stderr: obstacle },
        });
      }
    }
  }
  const transaction = newTransaction(time, updates, picks);
  recordTransaction(repository, transaction);
  const result = await complete(repository, transaction);
  if (result.kind === "refused") {
    recordTransaction(repository, { ...transaction, state: "failed" });
    return result;
  }
  recordTransaction(repository, { ...transaction, state: "done" });
  pruneTransactions(repository);
  return { kind: "moved", transaction: { ...transaction, state: "done" } };
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.startsWith("error:"))?.slice(7) ?? text.split("\n")[0] ?? text;
}

/** Moves what a transaction names and has not moved yet. */
async function complete(repository: Repository, { updates }: Transaction): Promise<UpdateResult> {
  const moved: { readonly path: string; readonly from: string; readonly to: string }[] = [];
  try {
    return await updateRefs(
      repository,
      updates.map(({ refname, expected, to }) => ({ refname, expected, to })),
      "morello: pick",
      async () => {
        for (const { worktrees, expected, to } of updates) {
          for (const path of expected === null ? [] : worktrees) {
            await moveWorktree(repository, path, expected ?? to, to);
            moved.push({ path, from: expected ?? to, to });
          }
        }
      },
    );
  } catch (error) {
    for (const { path, from, to } of moved.toReversed()) await moveWorktree(repository, path, to, from);
    throw error;
  }
}

export interface Reconciled {
  readonly transaction: Transaction;
  /** Finished now, or found unstarted, or something else has moved a ref meanwhile. */
  readonly kind: "finished" | "dropped" | "overtaken";
}

/** Ends what killed runs left: finishes it where every ref is at the old or the new value, else leaves the refs alone. */
export async function reconcile(repository: Repository): Promise<Reconciled[]> {
  const open = transactions(repository).filter(({ state, pid }) => state === "prepared" && (pid === process.pid || !isRunning(pid)));
  const results: Reconciled[] = [];
  for (const transaction of open) {
    const found = await Promise.all(transaction.updates.map(({ refname }) => readRef(repository, refname)));
    const rest = transaction.updates.filter(({ expected }, n) => found[n] === expected);
    const overtaken = await Promise.all(
      transaction.updates.map(async ({ expected, to }, n) => {
        const at = found[n] ?? null;
        return at !== expected && at !== to && (at === null || !(await isAncestor(repository, to, at)));
      }),
    );
    if (overtaken.some(Boolean)) {
      recordTransaction(repository, { ...transaction, state: "failed" });
      results.push({ transaction, kind: "overtaken" });
      continue;
    }
    const result: UpdateResult = rest.length === 0 ? { kind: "moved" } : await complete(repository, { ...transaction, updates: rest });
    recordTransaction(repository, { ...transaction, state: result.kind === "moved" ? "done" : "failed" });
    results.push({ transaction, kind: result.kind === "moved" ? "finished" : "overtaken" });
  }
  return results;
}
