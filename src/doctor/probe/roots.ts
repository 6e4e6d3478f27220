// Where a machine's files are looked for, and readers that take what is not there for an answer.
import { access, readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** Directories that stand for those of the machine. */
export interface Roots {
  readonly proc: string;
  readonly sys: string;
  readonly dev: string;
  readonly etc: string;
  readonly usr: string;
  readonly run: string;
  readonly opt: string;
}

/** `/` for this machine; a directory where a host is mounted for another. */
export function rootsBelow(directory: string): Roots {
  const below = (name: string): string => join(directory, name);
  return {
    proc: below("proc"),
    sys: below("sys"),
    dev: below("dev"),
    etc: below("etc"),
    usr: below("usr"),
    run: below("run"),
    opt: below("opt"),
  };
}

/** Where a path that programs of the machine use is to be looked for; null where it is below none of the roots. */
export function within(roots: Roots, path: string): string | null {
  const [, name = "", rest = ""] = /^\/([^/]+)(\/.*)?$/.exec(path) ?? [];
  const root = (roots as unknown as Readonly<Record<string, string>>)[name];
  return root === undefined ? null : join(root, rest);
}

/** Null: not there, or not ours to read. */
export async function text(...path: readonly string[]): Promise<string | null> {
  try {
    return await readFile(join(...path), "utf8");
  } catch {
    return null;
  }
}

/** In order of name; empty where there is no such directory. */
export async function names(...path: readonly string[]): Promise<string[]> {
  try {
    return (await readdir(join(...path))).sort();
  } catch {
    return [];
  }
}

export async function isThere(...path: readonly string[]): Promise<boolean> {
  try {
    await access(join(...path));
    return true;
  } catch {
    return false;
  }
}

/** The last name of what a link leads to; null where it is no link. */
export async function linked(...path: readonly string[]): Promise<string | null> {
  try {
    return (await readlink(join(...path))).split("/").at(-1) ?? null;
  } catch {
    return null;
  }
}
