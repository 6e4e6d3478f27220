// The environments git runs in: the user's own (for what is theirs to decide) and a hermetic one (for every
// computation whose result must be the same on every machine).

import { delimiter } from "node:path";
import { parseQuotedPath, pathBytes } from "../object/path.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that would make git look at another repository or object store than the one that was opened. */
const REPOSITORY_VARIABLES = /^GIT_(DIR|WORK_TREE|INDEX_FILE|COMMON_DIR|PREFIX|NAMESPACE|CEILING_DIRECTORIES)$/;

/**
 * The user's environment for reading refs, configuration and work trees.
 * Messages stay in English, locks are taken only where needed, and replace refs never change what is read.
 */
export function userEnvironment(env: Environment): Environment {
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !REPOSITORY_VARIABLES.test(name)));
  return { ...kept, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0", GIT_NO_REPLACE_OBJECTS: "1" };
}

/**
 * An environment in which nothing of the user or the system reaches git: no configuration, no attributes, no
 * replace objects, no lazy fetch. Only what finds the program itself is taken over.
 */
export function hermeticEnvironment(env: Environment, gitDir: string): Environment {
  return {
    PATH: env["PATH"],
    LD_LIBRARY_PATH: env["LD_LIBRARY_PATH"],
    GIT_EXEC_PATH: env["GIT_EXEC_PATH"],
    TMPDIR: env["TMPDIR"],
    SystemRoot: env["SystemRoot"],
    HOME: gitDir, // no ~/.gitconfig, no ~/.config/git/attributes
    XDG_CONFIG_HOME: gitDir,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_NO_LAZY_FETCH: "1", // 2.45; before it, the scratch repository has no promisor remote anyway
    GIT_TERMINAL_PROMPT: "0",
    GIT_FLUSH: "0", // rev-list and log write a pipe line by line otherwise: 65,000 reads where 300 do
    GIT_DIR: gitDir,
    LC_ALL: "C",
  };
}

/**
 * Object stores that the environment adds to the repository's own: those of a push under examination, whose objects lie
 * in quarantine until the hooks accept them. Entries that hold the delimiter are quoted as C strings. Source: git's
 * `parse_alt_odb_entry` (object-file.c).
 */
export function alternateStores(env: Environment): string[] {
  const list = env["GIT_ALTERNATE_OBJECT_DIRECTORIES"] ?? "";
  const found: string[] = [];
  for (let at = 0; at < list.length;) {
    const quoted = /"(?:[^"\\]|\\.)*"/y;
    quoted.lastIndex = at;
    const entry = quoted.exec(list)?.[0];
    const end = entry === undefined ? list.indexOf(delimiter, at) : at + entry.length;
    const stop = end < 0 ? list.length : end;
    found.push(entry === undefined ? list.slice(at, stop) : pathBytes(parseQuotedPath(entry)).toString("utf8"));
    at = stop + 1;
  }
  return found.filter((path) => path !== "" && !path.startsWith("#"));
}
