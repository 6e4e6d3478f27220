// Lays a conflicted merge out in a work tree of its own: stages in the index, zdiff3 markers in the files.
import { existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathBytes, type BytePath } from "../object/path.ts";
import { isRegular } from "../object/tree.ts";
import { userEnvironment } from "./environment.ts";
import type { Repository } from "./repository.ts";
import { run, text, type GitContext } from "./run.ts";
import type { Scratch } from "./scratch.ts";
import { gitDirOf } from "./worktree.ts";

export interface LaidStage {
  readonly mode: string;
  readonly oid: string;
}

export interface LaidConflict {
  readonly path: BytePath;
  readonly base: LaidStage | null;
  readonly ours: LaidStage | null;
  readonly theirs: LaidStage | null;
}

/** Names of the three sides, as they stand beside the markers. */
export interface Labels {
  readonly ours: string;
  readonly base: string;
  readonly theirs: string;
}

/** No hook of the user's runs for a work tree that is Morello's own. */
const QUIET = ["-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false"];

/** The user's git in the resolution's work tree. */
function inLayout(repository: Repository, path: string): GitContext {
  return { cwd: path, env: userEnvironment(repository.baseEnvironment) };
}

/** The repository from where no work tree is current: the one that goes may be where the command was given. */
function fromOutside(repository: Repository): GitContext {
  return {
    cwd: repository.commonDir,
    env: { ...userEnvironment(repository.baseEnvironment), GIT_DIR: repository.commonDir },
  };
}

export function isLaidOut(path: string): boolean {
  return existsSync(join(path, ".git"));
}

/** Makes the work tree at `tip` if it is not there, with nothing in it yet. */
export async function openLayout(repository: Repository, path: string, tip: string): Promise<void> {
  if (!isLaidOut(path)) {
    await removeLayout(repository, path);
    mkdirSync(dirname(path), { recursive: true });
    const args = ["worktree", "add", "--quiet", "--detach", "--no-checkout", path, tip];
    await run(fromOutside(repository), [...QUIET, ...args]);
  }
  const context = inLayout(repository, path);
  rmSync(join(await gitDirOf(context), "index.lock"), { force: true }); // of a run that was killed: nobody else is here
  await run(context, ["update-ref", "--no-deref", "HEAD", tip]);
}

/**
 * Fills the work tree with a merged tree and its conflicts. Objects must be in the repository. Files about whose lines
 * the sides disagree get zdiff3 markers; whatever else conflicts is left as git's merge leaves it.
 */
export async function layOut(
  repository: Repository,
  scratch: Scratch,
  path: string,
  tree: string,
  conflicts: readonly LaidConflict[],
  labels: Labels,
): Promise<void> {
  const context = inLayout(repository, path);
  await run(context, ["read-tree", "--reset", "-u", tree]);
  const zero = "0".repeat(tree.length);
  const entries = conflicts.flatMap((conflict) => {
    const stages = [conflict.base, conflict.ours, conflict.theirs];
    const lines = stages.flatMap((stage, n) =>
      stage === null ? [] : [`${stage.mode} ${stage.oid} ${n + 1}\t${conflict.path}\0`],
    );
    return [`0 ${zero}\t${conflict.path}\0`, ...lines];
  });
  await run(context, ["update-index", "-z", "--index-info"], { input: Buffer.from(entries.join(""), "latin1") });
  for (const conflict of conflicts) await writeMarkers(scratch, path, conflict, labels);
}

async function writeMarkers(
  scratch: Scratch,
  path: string,
  { path: name, base, ours, theirs }: LaidConflict,
  labels: Labels,
): Promise<void> {
  if (ours === null || theirs === null || !isRegular(ours.mode) || !isRegular(theirs.mode)) return;
  const file = (side: string): string => join(scratch.cwd, `side-${side}`);
  for (const [side, stage] of [
    ["ours", ours],
    ["base", base],
    ["theirs", theirs],
  ] as const) {
    const blob = stage === null || !isRegular(stage.mode) ? null : await scratch.reader.read(stage.oid);
    writeFileSync(file(side), blob?.body ?? Buffer.alloc(0));
  }
  const args = [
    "merge-file",
    "-p",
    "--zdiff3",
    "-L",
    labels.ours,
    "-L",
    labels.base,
    "-L",
    labels.theirs,
    file("ours"),
    file("base"),
    file("theirs"),
  ];
  const merged = await run(scratch, args, { ok: Array.from({ length: 256 }, (_, n) => n) });
  if (merged.status > 127) return; // binary: ours is in the work tree already
  const target = Buffer.concat([Buffer.from(`${path}/`), pathBytes(name)]);
  if (!existsSync(target) || !lstatSync(target).isFile()) return;
  writeFileSync(target, merged.stdout);
}

/** Takes the work tree away, and what git knows of it; half of it may be gone already. */
export async function removeLayout(repository: Repository, path: string): Promise<void> {
  const context = fromOutside(repository);
  // Twice: also if it is locked, as one is that was being made when its maker was killed.
  await run(context, ["worktree", "remove", "--force", "--force", path], { ok: [0, 128] });
  rmSync(path, { recursive: true, force: true });
  await run(context, ["worktree", "prune"]);
}

export interface LayoutState {
  readonly head: string;
  /** Paths that the index still holds in stages. */
  readonly unmerged: ReadonlySet<BytePath>;
}

export async function layoutState(repository: Repository, path: string): Promise<LayoutState> {
  const context = inLayout(repository, path);
  const [head, listed] = await Promise.all([
    text(context, ["rev-parse", "HEAD"]),
    run(context, ["ls-files", "-u", "-z"]),
  ]);
  const paths = listed.stdout
    .toString("latin1")
    .split("\0")
    .filter((line) => line !== "")
    .map((line) => line.slice(line.indexOf("\t") + 1) as BytePath);
  return { head, unmerged: new Set(paths) };
}

/** The file's bytes; null if it is not a plain file there. */
export function readLaidFile(path: string, name: BytePath): Buffer | null {
  const target = Buffer.concat([Buffer.from(`${path}/`), pathBytes(name)]);
  return existsSync(target) && lstatSync(target).isFile() ? readFileSync(target) : null;
}

export function isThere(path: string, name: BytePath): boolean {
  const target = Buffer.concat([Buffer.from(`${path}/`), pathBytes(name)]);
  return lstatSync(target, { throwIfNoEntry: false }) !== undefined;
}

/** Whether the file there, as git would store it, is that blob. */
export async function holdsBlob(repository: Repository, path: string, name: BytePath, oid: string): Promise<boolean> {
  const file = readLaidFile(path, name);
  if (file === null) return false;
  const args = ["hash-object", "--stdin", `--path=${pathBytes(name).toString("utf8")}`];
  return (await run(inLayout(repository, path), args, { input: file })).stdout.toString("latin1").trim() === oid;
}

/**
 * Stages what the work tree holds at those paths, or with `all` at every tracked path, and gives the tree. A path that a
 * person took out of the index stays out, whether the file is there or not.
 */
export async function stageAndWrite(
  repository: Repository,
  path: string,
  names: readonly BytePath[],
  all: boolean,
): Promise<string> {
  const context = inLayout(repository, path);
  const listed = await run(context, ["ls-files", "--cached", "-z"]);
  const tracked = new Set(listed.stdout.toString("latin1").split("\0"));
  const staged = names.filter((name) => tracked.has(name));
  const there = staged.filter((name) => isThere(path, name));
  const gone = staged.filter((name) => !isThere(path, name));
  const input = (paths: readonly BytePath[]): Buffer =>
    Buffer.from(paths.map((name) => `${name}\0`).join(""), "latin1");
  // --force: a conflicted path may be ignored by .gitignore and is tracked all the same.
  const add = ["--literal-pathspecs", "add", "--all", "--force", "--pathspec-from-file=-", "--pathspec-file-nul"];
  if (there.length > 0) await run(context, add, { input: input(there) });
  if (gone.length > 0) await run(context, ["update-index", "--force-remove", "-z", "--stdin"], { input: input(gone) });
  if (all) await run(context, ["add", "--update", "--", ":/"]);
  return text(context, ["write-tree"]);
}

/** Tracked paths whose work tree file differs from the index. */
export async function unstaged(repository: Repository, path: string): Promise<BytePath[]> {
  const listed = await run(inLayout(repository, path), ["diff-files", "--name-only", "-z", "--ignore-submodules"]);
  return listed.stdout
    .toString("latin1")
    .split("\0")
    .filter((name) => name !== "") as BytePath[];
}
