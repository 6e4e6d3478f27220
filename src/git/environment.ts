// The environments git runs in: the user's own (for what is theirs to decide) and a hermetic one (for every
// computation whose result must be the same on every machine).

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
