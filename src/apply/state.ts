// Files under the git directory in which Morello keeps what must survive it. Written whole or not at all.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { AppError, isAppError } from "../error.ts";
import type { Repository } from "../git/repository.ts";
import { claim, claimedBy, isMarkAlive, processMark, takeAway } from "../git/claim.ts";

export const STATE_SCHEMA = "morello.state/1";

export function statePath(repository: Repository, ...parts: readonly string[]): string {
  return join(repository.commonDir, "morello", ...parts);
}

/** Writes JSON so that a kill leaves the old file or the new one. */
export function writeState(path: string, value: object): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true });
    const file = openSync(temporary, "w");
    try {
      writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw writeFailure(path, cause);
  }
}

function writeFailure(path: string, cause: unknown): AppError {
  const code = codeOf(cause);
  if (code === "ENOSPC" || code === "EDQUOT") {
    return new AppError("disk-full", `Cannot write ${path}: no space left`, {
      cause,
      hint: "free some space and run the same command again",
    });
  }
  return new AppError("repository-read-only", `Cannot write ${path}`, {
    cause,
    hint: "check who owns the git directory; `morello plan` needs no write access",
  });
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && "code" in cause ? cause.code : "";
}

/** Reads one state file; null if it is not there. Throws `state-invalid`. */
export function readState<T extends { readonly schema: string }>(path: string): T | null {
  if (!existsSync(path)) return null;
  try {
    const value = JSON.parse(readFileSync(path, "utf8")) as T;
    if (value.schema === STATE_SCHEMA) return value;
    throw new Error(`its schema is ${JSON.stringify(value.schema)}, wanted ${STATE_SCHEMA}`);
  } catch (cause) {
    throw new AppError("state-invalid", `Cannot read the state file ${path}`, {
      cause,
      hint: `look at it, then move it away: mv '${path}' '${path}.broken'`,
      data: { path },
    });
  }
}

export function listState<T extends { readonly schema: string }>(directory: string): T[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .sort();
  return names.map((name) => readState<T>(join(directory, name))).filter((value) => value !== null);
}

export function removeState(path: string): void {
  rmSync(path, { force: true });
}

/**
 * Holds the lines for this process while `use` runs: two runs on one line cannot mix. Locks of dead processes are
 * taken over. Throws `line-busy`.
 */
export async function withLines<T>(
  repository: Repository,
  lines: readonly string[],
  use: () => Promise<T>,
): Promise<T> {
  const held: string[] = [];
  try {
    for (const line of [...new Set(lines)].sort()) {
      const path = statePath(repository, "locks", `${encodeURIComponent(line)}.lock`);
      takeLock(path, line);
      held.push(path);
    }
    return await use();
  } finally {
    for (const path of held) rmSync(path, { force: true });
  }
}

/** Takes away the locks of processes that are gone: they hinder nobody, and nobody would ever miss them. */
export function sweepLocks(repository: Repository): void {
  const directory = statePath(repository, "locks");
  if (!existsSync(directory)) return;
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    const mark = claimedBy(path);
    const unfinished = /\.(\d+)\.(?:tmp|dead)$/.exec(name)?.[1];
    try {
      if (unfinished !== undefined && !isMarkAlive(unfinished)) rmSync(path, { force: true });
      else if (unfinished === undefined && mark !== null && !isMarkAlive(mark)) takeAway(path, mark);
    } catch {
      return; // nothing can be written here: whoever needs the line says so
    }
  }
}

const TRIES = 5;

function takeLock(path: string, line: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (claim(path, `${processMark()}\n`)) return;
      const mark = claimedBy(path);
      if (mark === null) continue; // given back this moment
      if (isMarkAlive(mark)) throw lineBusy(line, mark);
      takeAway(path, mark);
    }
  } catch (cause) {
    if (isAppError(cause)) throw cause;
    throw writeFailure(path, cause);
  }
  throw new AppError("line-busy", `The lock ${path} cannot be taken over`, { hint: `rm '${path}'`, data: { line } });
}

function lineBusy(line: string, mark: string): AppError {
  const pid = Number.parseInt(mark, 10);
  return new AppError("line-busy", `Another run (process ${pid}) is working on ${line}`, {
    hint: "wait for it to end, then run this again",
    data: { line, pid },
  });
}
