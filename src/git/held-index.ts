// Holds the index of a work tree: git's own lock does not say whose it is; this one does, and names whoever works on it.
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { AppError } from "../error.ts";
import { claim, isMarkAlive, processMark } from "./claim.ts";
import { runFailure, spawnFailure, start, type GitContext } from "./run.ts";
import { gitDirOf } from "./worktree.ts";

const MARK = "morello ";

/** A work tree whose index is held, with the copy of it that git works on. */
export interface HeldIndex extends GitContext {
  /** Runs git on files of the work tree; see `runKnown`. */
  runKnown(args: readonly string[], input?: Uint8Array): Promise<void>;
}

/** Works on a copy of the index, which takes the original's place in the end, failure or not. */
export async function holdingIndex<T>(worktree: GitContext, use: (context: HeldIndex) => Promise<T>): Promise<T> {
  const gitDir = await gitDirOf(worktree);
  const at = (name: string): string => join(gitDir, name);
  const [index, lock, copy] = [at("index"), at("index.lock"), at("morello-index")];
  if (await isOurDeadLock(lock)) rmSync(lock, { force: true });
  if (!claim(lock, `${MARK}${processMark()}\n`)) throw indexBusy(worktree.cwd, lock);
  try {
    for (const rest of [copy, `${copy}.lock`]) rmSync(rest, { force: true });
    if (existsSync(index)) copyIndex(index, copy);
    const context = { ...worktree, env: { ...worktree.env, GIT_INDEX_FILE: copy } };
    const held = {
      ...context,
      runKnown: (args: readonly string[], input?: Uint8Array) => runKnown(context, lock, args, input),
    };
    const result = await use(held);
    return result;
  } finally {
    if (existsSync(copy)) renameSync(copy, index);
    rmSync(lock, { force: true });
  }
}

function isFull(directory: string): boolean {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize < 2 ** 20;
}

/**
 * Runs git so that it does nothing before it is named in the lock: if this process alone is killed, git works on, and
 * whoever comes next must wait for it. The shell waits for a word, and ends if none comes.
 */
async function runKnown(context: GitContext, lock: string, args: readonly string[], input?: Uint8Array): Promise<void> {
  const guarded = ["-c", 'read -r go && exec git "$@"', "sh", ...args];
  const child = start(context, guarded, { program: "sh" });
  appendFileSync(lock, `${processMark(child.pid)}\n`);
  child.stdin?.on("error", () => undefined);
  child.stdin?.write("go\n");
  child.stdin?.end(input ?? "");
  let stderr = "";
  child.stdout?.resume();
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString("utf8")));
  const status = await new Promise<number>((resolve, reject) => {
    child.once("error", (cause) => reject(spawnFailure("sh", cause)));
    child.once("close", (code) => resolve(code ?? 128));
  });
  if (status === 0) return;
  if (isFull(context.cwd)) stderr += "No space left on device\n"; // git says only which file it could not write
  throw runFailure("git", args, { status, stdout: Buffer.alloc(0), stderr });
}

/** The copy is not newer than the original: git looks into files that are as new as the index. */
export function copyIndex(index: string, copy: string): void {
  copyFileSync(index, copy);
  const seconds = Math.floor(statSync(index).mtimeMs / 1000);
  utimesSync(copy, seconds, seconds);
}

function indexBusy(path: string, lock: string): AppError {
  return new AppError("worktree-busy", `Cannot move the work tree ${path}: another git is working on it`, {
    hint: `wait for it to end; if no git runs there: rm '${lock}'`,
    data: { worktree: path, lock },
  });
}

const PATIENCE = 600;
const PAUSE = 50; // milliseconds

/** Waits for a git that a dead process of ours left at work; it knows nothing of that, and ends soon. */
async function isOurDeadLock(lock: string): Promise<boolean> {
  for (let look = 0; ; look++) {
    const [first = "", ...children] = linesOf(lock);
    if (!first.startsWith(MARK) || isMarkAlive(first.slice(MARK.length))) return false;
    if (!children.some(isMarkAlive)) return true;
    if (look >= PATIENCE) return false;
    await setTimeout(PAUSE);
  }
}

function linesOf(file: string): string[] {
  try {
    return readFileSync(file, "latin1").trimEnd().split("\n");
  } catch {
    return []; // not there, or given back this moment
  }
}
