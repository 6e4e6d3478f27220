// Work trees: which branch is checked out where, whether it may be disturbed, and moving one along with its branch.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { userEnvironment } from "./environment.ts";
import type { Repository } from "./repository.ts";
import { run, text, type GitContext } from "./run.ts";

export interface Worktree {
  readonly path: string;
  /** Full refname; null if HEAD is detached. */
  readonly branch: string | null;
  readonly locked: boolean;
}

/** All work trees whose directory is there. */
export async function listWorktrees(repository: Repository): Promise<Worktree[]> {
  const listed = await run(repository, ["worktree", "list", "--porcelain", "-z"]); // -z: 2.36
  const records = listed.stdout.toString("utf8").split("\0\0");
  return records.flatMap((record) => {
    const fields = record.split("\0").filter((field) => field !== "");
    const value = (key: string): string | null => {
      const field = fields.find((candidate) => candidate === key || candidate.startsWith(`${key} `));
      return field === undefined ? null : field.slice(key.length + 1);
    };
    const path = value("worktree");
    if (path === null || value("bare") !== null || !existsSync(path)) return [];
    return [{ path, branch: value("branch"), locked: value("locked") !== null }];
  });
}

/** The user's git in a given work tree. */
export function inWorktree(repository: Repository, path: string): GitContext {
  return { cwd: path, env: userEnvironment(repository.baseEnvironment) };
}

/** The git directory of the work tree that a context stands in. */
export function gitDirOf(context: GitContext): Promise<string> {
  return text(context, ["rev-parse", "--absolute-git-dir"]);
}

export type Disturbance =
  | { readonly kind: "dirty"; readonly paths: readonly string[] }
  | { readonly kind: "operation"; readonly operation: string }
  | { readonly kind: "locked" };

/** Files in a work tree's git directory that tell of an operation that a person has not finished. */
const OPERATIONS: readonly (readonly [file: string, operation: string])[] = [
  ["MERGE_HEAD", "merge"],
  ["CHERRY_PICK_HEAD", "cherry-pick"],
  ["REVERT_HEAD", "revert"],
  ["rebase-merge", "rebase"],
  ["rebase-apply", "rebase"],
  ["sequencer", "cherry-pick or revert"],
  ["BISECT_LOG", "bisect"],
];

/** Why a work tree must be left alone, or null. Untracked files are no reason. */
export async function disturbance(repository: Repository, worktree: Worktree): Promise<Disturbance | null> {
  if (worktree.locked) return { kind: "locked" };
  const context = inWorktree(repository, worktree.path);
  const gitDir = await gitDirOf(context);
  const found = OPERATIONS.find(([file]) => existsSync(join(gitDir, file)));
  if (found !== undefined) return { kind: "operation", operation: found[1] };
  const status = await run(context, ["status", "--porcelain", "-z", "--untracked-files=no"]);
  const paths = status.stdout
    .toString("utf8")
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => line.slice(3));
  return paths.length === 0 ? null : { kind: "dirty", paths };
}

/** The branch that a rebase in this work tree will move when it ends; HEAD is detached meanwhile. */
export async function rebasedBranch(repository: Repository, worktree: Worktree): Promise<string | null> {
  const gitDir = await gitDirOf(inWorktree(repository, worktree.path));
  for (const directory of ["rebase-merge", "rebase-apply"]) {
    const file = join(gitDir, directory, "head-name");
    if (existsSync(file)) return readFileSync(file, "utf8").trim();
  }
  return null;
}
