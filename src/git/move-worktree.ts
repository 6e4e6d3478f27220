// Takes a work tree from one commit to another so that a kill at any moment can be told from a person's work, and mended.
// git's own index lock does not say whose it is: while the move lasts, the lock here is ours and says so.
import {
  copyFileSync,
  existsSync,
  lstatSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  utimesSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../error.ts";
import { pathBytes, quotePath, type BytePath } from "../object/path.ts";
import { MODE_GITLINK } from "../object/tree.ts";
import { claim, isMarkAlive, processMark } from "./claim.ts";
import type { Repository } from "./repository.ts";
import { run, type GitContext } from "./run.ts";
import { gitDirOf, inWorktree } from "./worktree.ts";

const MARK = "morello ";
const SYMLINK = "120000";

/** Whether `moveWorktree` would work: it fails where an untracked file is in the way. Gives git's words, or null. */
export async function cannotMove(
  repository: Repository,
  path: string,
  from: string,
  to: string,
): Promise<string | null> {
  const worktree = inWorktree(repository, path);
  const gitDir = await gitDirOf(worktree);
  const trial = join(gitDir, `morello-trial.${process.pid}`); // git locks the index even to try: not the real one
  try {
    if (existsSync(join(gitDir, "index"))) copyIndex(join(gitDir, "index"), trial);
    const env = { ...worktree.env, GIT_INDEX_FILE: trial };
    const tried = await run({ ...worktree, env }, ["read-tree", "-m", "-u", "-n", from, to], { ok: [0, 128] });
    return tried.status === 0 ? null : tried.stderr.trim();
  } finally {
    rmSync(trial, { force: true });
  }
}

/**
 * Takes index and files from one commit to the other, keeping everything that differs from neither. What fails is put
 * back. Throws `worktree-busy` if another git holds the index.
 */
export function moveWorktree(repository: Repository, path: string, from: string, to: string): Promise<void> {
  return holdingIndex(inWorktree(repository, path), async (context) => {
    try {
      await run(context, ["read-tree", "-m", "-u", from, to]);
    } catch (error) {
      await restoreFiles(context, from, to);
      throw error;
    }
  });
}

/**
 * Ends what a killed move left: gives its lock back, and takes files that are half way back to what the index says.
 * Gives the paths that hold what neither commit does: a person's, left as they are.
 */
export async function mendWorktree(
  repository: Repository,
  path: string,
  from: string,
  to: string,
): Promise<readonly string[]> {
  const foreign = await holdingIndex(inWorktree(repository, path), (context) => restoreFiles(context, from, to));
  return foreign.map(quotePath);
}

/** Where a work tree stands between two commits. */
export async function indexStands(
  repository: Repository,
  path: string,
  from: string,
  to: string,
): Promise<"from" | "to" | "elsewhere"> {
  const context = inWorktree(repository, path);
  const changed = new Set((await changes(context, from, to)).map(({ path: name }) => name));
  const differs = async (commit: string): Promise<boolean> => {
    const listed = await run(context, ["diff-index", "--cached", "--name-only", "-z", "--no-renames", commit]);
    return pathsIn(listed.stdout).some((name) => changed.has(name));
  };
  if (!(await differs(from))) return "from";
  return (await differs(to)) ? "elsewhere" : "to";
}

/** Works on a copy of the index, which takes the original's place in the end, failure or not. */
async function holdingIndex<T>(worktree: GitContext, use: (context: GitContext) => Promise<T>): Promise<T> {
  const gitDir = await gitDirOf(worktree);
  const [index, lock, copy] = ["index", "index.lock", "morello-index"].map((name) => join(gitDir, name)) as [
    string,
    string,
    string,
  ];
  if (isOurDeadLock(lock)) rmSync(lock, { force: true });
  if (!claim(lock, `${MARK}${processMark()}\n`)) throw indexBusy(worktree.cwd, lock);
  try {
    for (const rest of [copy, `${copy}.lock`]) rmSync(rest, { force: true });
    if (existsSync(index)) copyIndex(index, copy);
    const result = await use({ ...worktree, env: { ...worktree.env, GIT_INDEX_FILE: copy } });
    return result;
  } finally {
    if (existsSync(copy)) renameSync(copy, index);
    rmSync(lock, { force: true });
  }
}

/** The copy is not newer than the original: git looks into files that are as new as the index. */
function copyIndex(index: string, copy: string): void {
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

function isOurDeadLock(lock: string): boolean {
  try {
    const content = readFileSync(lock, "latin1");
    return content.startsWith(MARK) && !isMarkAlive(content.slice(MARK.length));
  } catch {
    return false; // not there, or given back this moment
  }
}

interface Change {
  readonly path: BytePath;
  readonly oldMode: string;
  readonly newMode: string;
  readonly newOid: string;
}

async function changes(context: GitContext, from: string, to: string): Promise<Change[]> {
  const listed = await run(context, ["diff-tree", "-r", "-z", "--no-renames", from, to]);
  const fields = listed.stdout.toString("latin1").split("\0");
  const found: Change[] = [];
  for (let n = 0; n + 1 < fields.length; n += 2) {
    const [oldMode = "", newMode = "", , newOid = ""] = (fields[n] ?? "").slice(1).split(" ");
    found.push({ path: fields[n + 1] as BytePath, oldMode, newMode, newOid });
  }
  return found.filter(({ oldMode, newMode }) => oldMode !== MODE_GITLINK && newMode !== MODE_GITLINK);
}

function pathsIn(listed: Buffer): BytePath[] {
  return listed
    .toString("latin1")
    .split("\0")
    .filter((name) => name !== "") as BytePath[];
}

/** Files on their way from one commit to the other go back to what the index says, if it stands at `from`. */
async function restoreFiles(context: GitContext, from: string, to: string): Promise<BytePath[]> {
  const staged = new Set(
    pathsIn((await run(context, ["diff-index", "--cached", "--name-only", "-z", "--no-renames", from])).stdout),
  );
  const differing = new Set(pathsIn((await run(context, ["diff-files", "--name-only", "-z"])).stdout));
  const foreign: BytePath[] = [];
  const back: BytePath[] = [];
  for (const change of await changes(context, from, to)) {
    if (staged.has(change.path)) continue; // the index is past it, or a person's
    const added = change.oldMode === "000000";
    if (added ? !isThere(context, change.path) : !differing.has(change.path)) continue;
    if (!(await isHalfWay(context, change))) foreign.push(change.path);
    else if (added) removeFile(context, change.path);
    else back.push(change.path);
  }
  const input = Buffer.from(back.map((name) => `${name}\0`).join(""), "latin1");
  if (back.length > 0) await run(context, ["checkout-index", "--force", "-u", "-z", "--stdin"], { input });
  return foreign;
}

/** Gone, or as far as the new content was written. */
async function isHalfWay(context: GitContext, { path, newMode, newOid }: Change): Promise<boolean> {
  const file = fileAt(context, path);
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined) return true;
  if (newMode === "000000") return false;
  if (newMode === SYMLINK || found.isSymbolicLink()) {
    const wanted = await run(context, ["cat-file", "blob", newOid]);
    const target = found.isSymbolicLink() ? readlinkSync(file, { encoding: "buffer" }) : readFileSync(file);
    return target.equals(wanted.stdout);
  }
  if (!found.isFile()) return false;
  const name = pathBytes(path).toString("utf8");
  const wanted = await run(context, ["cat-file", "--filters", `--path=${name}`, newOid]); // as the work tree gets it
  const content = readFileSync(file);
  return content.equals(wanted.stdout.subarray(0, content.length));
}

function isThere(context: GitContext, path: BytePath): boolean {
  return lstatSync(fileAt(context, path), { throwIfNoEntry: false }) !== undefined;
}

function fileAt({ cwd }: GitContext, path: BytePath): Buffer {
  return Buffer.concat([Buffer.from(`${cwd}/`), pathBytes(path)]);
}

/** Removes a file and the directories that it leaves empty. */
function removeFile(context: GitContext, path: BytePath): void {
  rmSync(fileAt(context, path), { force: true });
  for (let at = dirname(path); at !== "."; at = dirname(at)) {
    try {
      rmdirSync(fileAt(context, at as BytePath));
    } catch {
      return; // not empty
    }
  }
}
