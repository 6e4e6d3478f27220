// The write-ahead record of every run that moves refs: what it will move is written before, that it is done after.
import { createHash } from "node:crypto";
import { processMark } from "../git/claim.ts";
import type { Repository } from "../git/repository.ts";
import { listState, readState, removeState, statePath, STATE_SCHEMA, writeState } from "./state.ts";

export interface TransactionUpdate {
  readonly line: string;
  readonly refname: string;
  /** Null: it did not exist. */
  readonly expected: string | null;
  /** Null: it goes. */
  readonly to: string | null;
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
  /** The process that runs it; see `processMark`. */
  readonly owner: string;
  /** The git directory it ran in: whose HEAD git locks along with the refs. */
  readonly gitDir: string;
  /** `prepared`: refs may be part moved; `failed`: none moved; `undone`: moved back. */
  readonly state: "prepared" | "done" | "failed" | "undone";
  readonly updates: readonly TransactionUpdate[];
  readonly picks: readonly LandedPick[];
  /** The run that this one takes back. */
  readonly undoes: string | null;
  /** Remote and refs that were pushed. */
  readonly pushed: { readonly remote: string; readonly refnames: readonly string[] } | null;
}

/** Runs kept for `undo` and for recognising one's own picks. */
const KEPT = 200;

const pathOf = (repository: Repository, id: string): string => statePath(repository, "transactions", `${id}.json`);

export interface NewTransaction {
  /** Unix seconds. */
  readonly time: number;
  readonly updates: readonly TransactionUpdate[];
  readonly picks: readonly LandedPick[];
  readonly undoes: string | null;
}

/** A run that is about to move refs. Its ID sorts behind all there are, whatever the clock says. */
export function newTransaction(repository: Repository, { time, updates, picks, undoes }: NewTransaction): Transaction {
  const last = /^(\d+)-(\d+)-/.exec(transactions(repository).at(-1)?.id ?? "");
  const [lastTime, lastCount] = [Number(last?.[1] ?? 0), Number(last?.[2] ?? 0)];
  const order = Math.max(time, lastTime);
  const count = order === lastTime ? lastCount + 1 : 0;
  const digest = createHash("sha256").update(JSON.stringify(updates)).digest("hex").slice(0, 10);
  const id = `${String(order).padStart(12, "0")}-${String(count).padStart(4, "0")}-${digest}`;
  const process = { owner: processMark(), gitDir: repository.gitDir };
  return {
    schema: STATE_SCHEMA,
    kind: "transaction",
    id,
    time,
    ...process,
    state: "prepared",
    updates,
    picks,
    undoes,
    pushed: null,
  };
}

export function recordTransaction(repository: Repository, transaction: Transaction): void {
  writeState(pathOf(repository, transaction.id), transaction);
}

/** Oldest first. */
export function transactions(repository: Repository): Transaction[] {
  return listState<Transaction>(statePath(repository, "transactions"));
}

export function readTransaction(repository: Repository, id: string): Transaction | null {
  return readState<Transaction>(pathOf(repository, id));
}

export function removeTransaction(repository: Repository, id: string): void {
  removeState(pathOf(repository, id));
}

/** Forgets the oldest runs; picks stay known through later runs and through their patches. */
export function pruneTransactions(repository: Repository): void {
  for (const { id } of transactions(repository).slice(0, -KEPT)) removeTransaction(repository, id);
}

/** What this repository's runs landed, newest first. */
export function landedPicks(repository: Repository): LandedPick[] {
  return transactions(repository)
    .filter(({ state }) => state === "done" || state === "prepared")
    .flatMap(({ picks }) => picks)
    .toReversed();
}
