// The environment every test starts from: nothing of the machine's or the person's but the way to the programs.
import { join } from "node:path";

/** `undefined` takes a variable away. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The first second of the clock that tests live by: 2026-01-01T00:00:00Z. */
export const CLOCK = 1_767_225_600;

export const AUTHOR = { name: "Ada Author", email: "ada@example.com" } as const;
export const COMMITTER = { name: "Cleo Committer", email: "cleo@example.com" } as const;

/** A date in git's raw format, so many seconds after `CLOCK`. */
export function dateAt(seconds: number): string {
  return `${CLOCK + seconds} +0000`;
}

/** `root` holds the home directory (empty: no git configuration) and the directory for temporary files. */
export function clearedEnvironment(root: string): Environment {
  return {
    PATH: process.env["PATH"],
    LD_LIBRARY_PATH: process.env["LD_LIBRARY_PATH"],
    HOME: join(root, "home"),
    XDG_CONFIG_HOME: join(root, "home", ".config"),
    XDG_CACHE_HOME: join(root, "home", ".cache"),
    TMPDIR: join(root, "tmp"), // what a program leaves behind can be seen there, and goes with the sandbox
    LC_ALL: "C",
    TZ: "UTC",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_CEILING_DIRECTORIES: root, // a checkout above the temporary directory is not ours
    GIT_TERMINAL_PROMPT: "0",
    GIT_EDITOR: "false", // a test that needs an editor writes one: see `fakeEditor`
    GIT_PAGER: "cat",
    GIT_AUTHOR_NAME: AUTHOR.name,
    GIT_AUTHOR_EMAIL: AUTHOR.email,
    GIT_AUTHOR_DATE: dateAt(0),
    GIT_COMMITTER_NAME: COMMITTER.name,
    GIT_COMMITTER_EMAIL: COMMITTER.email,
    GIT_COMMITTER_DATE: dateAt(0),
  };
}
