// Hooks of a repository as files: where they lie, putting one in, taking it out. What was there is kept.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Repository } from "./repository.ts";
import { text } from "./run.ts";

/** Where git looks for hooks: `core.hooksPath`, else `hooks` under the git directory. Absolute. */
export async function hooksDirectory(repository: Repository): Promise<string> {
  const args = ["rev-parse", "--path-format=absolute", "--git-path", "hooks"]; // honours core.hooksPath; 2.31
  return resolve(repository.gitDir, await text(repository, args));
}

/** The text of a hook, or null if there is none. */
export function readHook(file: string): string | null {
  return isThere(file) ? (existsSync(file) ? readFileSync(file, "utf8") : "") : null;
}

/** Writes an executable hook; git sees the old one or the new one, never half of one. */
export function writeHook(file: string, script: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, script, { mode: 0o755, flag: "wx" });
  renameSync(fresh, file);
}

/** Moves a hook, mode and all. A link that names its target from where it lies goes on to name it. */
export function moveHook(from: string, to: string): void {
  mkdirSync(dirname(to), { recursive: true });
  const target = lstatSync(from).isSymbolicLink() ? readlinkSync(from) : null;
  if (target === null || isAbsolute(target)) {
    renameSync(from, to);
    return;
  }
  symlinkSync(join(dirname(from), target), to);
  rmSync(from);
}

export function removeHook(file: string): void {
  rmSync(file);
}

/** Takes a directory away if it is there and empty. */
export function removeDirectory(directory: string): void {
  if (isThere(directory) && readdirSync(directory).length === 0) rmdirSync(directory);
}

/** True for a link that leads nowhere, too: it is somebody's hook. */
export function isThere(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}
