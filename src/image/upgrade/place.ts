// Where upgrades are kept: a directory for each workbench in the user's state directory, since a host may have no
// repository. Files there are written whole or not at all.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { AppError } from "../../error.ts";
import { claim, claimedBy, isMarkAlive, processMark, takeAway } from "../../git/claim.ts";
import type { Environment } from "../../git/environment.ts";

export interface Place {
  readonly name: string;
  readonly directory: string;
  readonly journal: string;
  readonly journalBefore: string;
  readonly lock: string;
  /** What the door's container has mounted. */
  readonly door: string;
  readonly token: string;
  readonly hostKeys: string;
}

/** `XDG_STATE_HOME/morello/workbench/NAME`. Throws `usage` where there is no home either. */
export function placeOf(name: string, env: Environment): Place {
  const state = env["XDG_STATE_HOME"];
  const home = env["HOME"];
  const base =
    state !== undefined && state.startsWith("/")
      ? state
      : home === undefined || home === ""
        ? null
        : join(home, ".local", "state");
  if (base === null) {
    throw new AppError("usage", "Neither XDG_STATE_HOME nor HOME says where to keep an upgrade's journal", {
      hint: "XDG_STATE_HOME=/var/lib morello image upgrade NAME",
    });
  }
  const directory = join(base, "morello", "workbench", encodeURIComponent(name));
  const at = (file: string): string => join(directory, file);
  return {
    name,
    directory,
    journal: at("upgrade.json"),
    journalBefore: at("upgrade.before.json"),
    lock: at("lock"),
    door: at("door"),
    token: at("jupyter-token"),
    hostKeys: at("host-keys"),
  };
}

export interface WriteOptions {
  /** Default: the user's alone. */
  readonly mode?: number;
  /** Where the file that is replaced goes. */
  readonly before?: string;
}

/**
 * A kill, and a crash of the machine, leave the old file or the new one; with `before`, one of them there or here.
 * Throws `disk-full`, `state-invalid`.
 */
export function writeWhole(path: string, text: string, { mode = 0o600, before }: WriteOptions = {}): void {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeThrough(temporary, text, mode);
    if (before !== undefined && existsSync(path)) renameSync(path, before);
    renameSync(temporary, path);
    syncDirectory(dirname(path));
  } catch (cause) {
    rmSync(temporary, { force: true });
    throw writeFailure(path, cause);
  }
}

function writeThrough(path: string, text: string, mode: number): void {
  const file = openSync(path, "w", mode);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The name is on the disk as well as the bytes. */
function syncDirectory(path: string): void {
  const directory = openSync(path, "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function writeFailure(path: string, cause: unknown): AppError {
  const code = cause instanceof Error && "code" in cause ? cause.code : "";
  const isFull = code === "ENOSPC" || code === "EDQUOT" || code === "EFBIG";
  return new AppError(
    isFull ? "disk-full" : "state-invalid",
    `Cannot write ${path}${isFull ? ": no space left" : ""}`,
    {
      cause,
      hint: isFull ? "free some space and run the same command again" : `check who owns '${dirname(path)}'`,
    },
  );
}

/** Null: it is not there. */
export function readText(path: string): string | null {
  return existsSync(path) ? readFileSync(path, "utf8") : null;
}

const TRIES = 5;

/** One run at a time for a workbench; a dead one's lock is taken over. Throws `workbench-busy`. */
export async function withWorkbench<T>(place: Place, use: () => Promise<T>): Promise<T> {
  takeLock(place);
  try {
    return await use();
  } finally {
    rmSync(place.lock, { force: true });
  }
}

function takeLock({ lock, name, directory }: Place): void {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (claim(lock, `${processMark()}\n`)) return;
      const mark = claimedBy(lock);
      if (mark === null) continue; // given back this moment
      if (isMarkAlive(mark)) throw busy(name, mark);
      takeAway(lock, mark);
    }
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw writeFailure(lock, cause);
  }
  throw new AppError("workbench-busy", `The lock ${lock} cannot be taken over`, { hint: `rm '${lock}'` });
}

function busy(name: string, mark: string): AppError {
  const pid = Number.parseInt(mark, 10);
  return new AppError("workbench-busy", `Another run (process ${pid}) is upgrading ${name}`, {
    hint: `morello image upgrade ${name} --status`,
    data: { name, pid },
  });
}
