// A tree laid out as files in a temporary directory, as git would check it out in a fresh clone: attributes are the
// tree's own, no filter driver and no hook runs. Never touches a work tree or an index of the user's.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, type Dirent } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MODE_GITLINK } from "../object/tree.ts";
import type { Environment } from "./environment.ts";
import { run } from "./run.ts";
import { isRunning, type Scratch } from "./scratch.ts";

const PREFIX = "morello-checkout-";

export interface Checkout {
  /** The directory of the files. */
  readonly path: string;
  /** Submodules, which are empty directories. */
  readonly submodules: number;
  /** Paths with a filter (Git LFS, say), which hold what git stores. */
  readonly filtered: number;
  /** What cannot be removed (a container left files of another user's) is left to `sweepCheckouts`. */
  remove(): Promise<void>;
}

/** Throws `git-failed` if a blob is missing, `disk-full`. The tree must be published in the scratch repository. */
export async function checkOut(scratch: Scratch, tree: string): Promise<Checkout> {
  const root = mkdtempSync(join(realpathSync(temporaryDirectory(scratch.env)), `${PREFIX}${process.pid}-`));
  const remove = (): Promise<void> => removeTree(root);
  try {
    const path = join(root, "checkout");
    mkdirSync(path);
    const options = { cwd: path, env: { GIT_WORK_TREE: path, GIT_INDEX_FILE: join(root, "index") } };
    await run(scratch, ["read-tree", "--reset", "-u", tree], options); // with an index of its own, and no commit
    const listed = await run(scratch, ["ls-files", "--stage", "-z"], options);
    const entries = listed.stdout
      .toString("latin1")
      .split("\0")
      .filter((entry) => entry !== "");
    const paths = entries.map((entry) => entry.slice(entry.indexOf("\t") + 1));
    const submodules = entries.filter((entry) => entry.startsWith(MODE_GITLINK)).length;
    if (!paths.some((name) => /(^|\/)\.gitattributes$/.test(name))) return { path, submodules, filtered: 0, remove };
    const input = Buffer.from(paths.map((name) => `${name}\0`).join(""), "latin1");
    const said = await run(scratch, ["check-attr", "--stdin", "-z", "filter"], { ...options, input });
    const values = said.stdout.toString("latin1").split("\0");
    const filtered = values.filter((value, n) => n % 3 === 2 && value !== "unspecified" && value !== "unset").length;
    return { path, submodules, filtered, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Removes the checkouts of processes that were killed. */
export async function sweepCheckouts(env: Environment): Promise<void> {
  const temporary = temporaryDirectory(env);
  for (const name of namesIn(temporary)) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await removeTree(join(temporary, name));
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // nothing of ours is there, or nothing of it can be had
  }
}

/** On a disk, unlike the scratch repository: a checkout with all that is built in it can be large. */
function temporaryDirectory(env: Environment): string {
  return env["TMPDIR"] ?? tmpdir();
}

/** Also what builds have made read-only, as caches of Go modules are. */
async function removeTree(root: string): Promise<void> {
  const options = { recursive: true, force: true, maxRetries: 3 } as const;
  try {
    await rm(root, options); // other lines' commands are waited for meanwhile
  } catch {
    try {
      openDirectories(root);
      await rm(root, options);
    } catch {
      return; // another user's: tried again at every start
    }
  }
}

function openDirectories(directory: string): void {
  chmodSync(directory, 0o700);
  const entries: Dirent[] = readdirSync(directory, { withFileTypes: true });
  for (const entry of entries) if (entry.isDirectory()) openDirectories(join(directory, entry.name));
}
