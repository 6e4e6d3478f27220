// Takes a work tree from one commit to another so that a kill at any moment can be told from a person's work, and mended.
import { existsSync, lstatSync, mkdtempSync, readFileSync, readlinkSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathBytes, quotePath, type BytePath } from "../object/path.ts";
import { MODE_GITLINK } from "../object/tree.ts";
import { copyIndex, holdingIndex, type HeldIndex } from "./held-index.ts";
import type { Repository } from "./repository.ts";
import { run, type GitContext } from "./run.ts";
import { gitDirOf, inWorktree } from "./worktree.ts";

const SYMLINK = "120000";
/** As scratch repositories are named: whoever comes next takes away what a kill left. */
const SCRATCH_PREFIX = `morello-scratch-${process.pid}-`;

/** Whether `moveWorktree` would work: it fails where an untracked file is in the way. Gives git's words, or null. */
export async function cannotMove(
  repository: Repository,
  path: string,
  from: string,
  to: string,
): Promise<string | null> {
  const worktree = inWorktree(repository, path);
  const index = join(await gitDirOf(worktree), "index");
  const directory = mkdtempSync(join(tmpdir(), SCRATCH_PREFIX)); // git locks the index even to try: not the real one
  try {
    const trial = join(directory, "index");
    if (existsSync(index)) copyIndex(index, trial);
    const env = { ...worktree.env, GIT_INDEX_FILE: trial };
    const tried = await run({ ...worktree, env }, ["read-tree", "-m", "-u", "-n", from, to], { ok: [0, 128] });
    return tried.status === 0 ? null : tried.stderr.trim();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * Takes index and files from one commit to the other, keeping everything that differs from neither. What fails is put
 * back. Throws `worktree-busy` if another git holds the index.
 */
export function moveWorktree(repository: Repository, path: string, from: string, to: string): Promise<void> {
  return holdingIndex(inWorktree(repository, path), async (context) => {
    try {
      await context.runKnown(["read-tree", "-m", "-u", from, to]);
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
async function restoreFiles(context: HeldIndex, from: string, to: string): Promise<BytePath[]> {
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
  if (back.length > 0) await context.runKnown(["checkout-index", "--force", "-u", "-z", "--stdin"], input);
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
