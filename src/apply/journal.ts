// The write-ahead record of every run that moves refs: what it will move is written before, that it is done after.
import { createHash } from "node:crypto";
import type { Repository } from "../git/repository.ts";
import { listState, removeState, statePath, STATE_SCHEMA, writeState } from "./state.ts";

export interface TransactionUpdate {
  readonly line: string;
  readonly refname: string;
  /** Null: it did not exist. */
  readonly expected: string | null;
  readonly to: string;
  /** Work trees that follow. */
  readonly worktrees: readonly string[];
}

export interface LandedPick {
  readonly source: string;
  readonly refname: string;
  readonly commit: string;
}

export interface Transaction {
  readonly schema: string;
  readonly kind: "transaction";
  readonly id: string;
  /** Unix seconds. */
  readonly time: number;
  readonly pid: number;
  /** `prepared`: refs may be part moved; `failed`: none moved; `undone`: moved back. */
  readonly state: "prepared" | "done" | "failed" | "undone";
  readonly updates: readonly TransactionUpdate[];
  readonly picks: readonly LandedPick[];
  /** Remote and refs that were pushed. */
  readonly pushed: { readonly remote: string; readonly refnames: readonly string[] } | null;
}

/** Runs kept for `undo` and for recognising one's own picks. */
const KEPT = 200;

const pathOf = (repository: Repository, id: string): string => statePath(repository, "transactions", `${id}.json`);

export function newTransaction(time: number, updates: readonly TransactionUpdate[], picks: readonly LandedPick[]): Transaction {
  const digest = createHash("sha256").update(JSON.stringify(updates)).digest("hex").slice(0, 10);
  const id = `${String(time).padStart(12, "0")}-${digest}`;
  return { schema: STATE_SCHEMA, kind: "transaction", id, time, pid: process.pid, state: "prepared", updates, picks, pushed: null };
}

export function recordTransaction(repository: Repository, transaction: Transaction): void {
  writeState(pathOf(repository, transaction.id), transaction);
}

/** Oldest first. */
export function transactions(repository: Repository): Transaction[] {
  return listState<Transaction>(statePath(repository, "transactions"));
}

/** Forgets the oldest runs; picks stay known through later runs and through their patches. */
export function pruneTransactions(repository: Repository): void {
  for (const { id } of transactions(repository).slice(0, -KEPT)) removeState(pathOf(repository, id));
}

/** What this repository's runs landed, newest first. */
export function landedPicks(repository: Repository): LandedPick[] {
  return transactions(repository)
    .filter(({ state }) => state === "done" || state === "prepared")
    .flatMap(({ picks }) => picks)
    .toReversed();
}
