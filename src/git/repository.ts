// Opens the user's repository: where its parts lie and what this git can do. Changes nothing.
import { existsSync, realpathSync } from "node:fs";
import { AppError, isAppError } from "../error.ts";
import { alternateStores, userEnvironment, type Environment } from "./environment.ts";
import type { ObjectFormat } from "../object/hash.ts";
import { text, type GitContext } from "./run.ts";
import { detectCapabilities, type Capabilities } from "./version.ts";

export interface Repository extends GitContext {
  /** As the caller gave it, for hermetic environments. */
  readonly baseEnvironment: Environment;
  readonly gitDir: string;
  /** Shared by all linked work trees: refs, objects, Morello's state. */
  readonly commonDir: string;
  /** Where new objects go: in a hook that examines a push, its quarantine. */
  readonly objectsDir: string;
  /** Further object stores that the environment names: in such a hook, the repository's own. */
  readonly alternateStores: readonly string[];
  /** Null in a bare repository. */
  readonly workTree: string | null;
  readonly objectFormat: ObjectFormat;
  readonly shallow: boolean;
  readonly capabilities: Capabilities;
}

/** Opens the repository that holds `cwd`. Throws `not-a-repository`, `unsafe-repository`, `git-too-old`, `git-missing`. */
export async function openRepository(cwd: string, environment: Environment): Promise<Repository> {
  if (!existsSync(cwd)) {
    throw new AppError("not-a-repository", `Cannot open ${cwd}: there is no such directory`, {
      hint: "check the path given to -C",
    });
  }
  const finding: GitContext = { cwd, env: { ...environment, LC_ALL: "C" } };
  const [capabilities, answers] = await Promise.all([detectCapabilities(finding), locate(finding)]);
  const [gitDir = "", commonDir = "", objectsDir = "", format, shallow, bare, topLevel = ""] = answers;
  return {
    cwd: bare === "true" ? gitDir : topLevel === "" ? realpathSync(cwd) : topLevel,
    env: { ...userEnvironment(environment), GIT_DIR: gitDir, ...(topLevel === "" ? {} : { GIT_WORK_TREE: topLevel }) },
    baseEnvironment: environment,
    gitDir,
    commonDir,
    objectsDir,
    alternateStores: alternateStores(environment),
    workTree: topLevel === "" ? null : topLevel,
    objectFormat: format === "sha256" ? "sha256" : "sha1",
    shallow: shallow === "true",
    capabilities,
  };
}

async function locate(context: GitContext): Promise<string[]> {
  const common = [
    "rev-parse",
    "--path-format=absolute", // 2.31
    "--git-dir",
    "--git-common-dir",
    "--git-path",
    "objects",
    "--show-object-format",
    "--is-shallow-repository",
    "--is-bare-repository",
  ];
  try {
    const lines = (await text(context, [...common, "--is-inside-work-tree"])).split("\n");
    if (lines.pop() !== "true") return lines;
    return [...lines, await text(context, ["rev-parse", "--path-format=absolute", "--show-toplevel"])];
  } catch (cause) {
    if (isAppError(cause, "git-failed")) {
      throw new AppError("not-a-repository", `Cannot open a repository at ${context.cwd}`, {
        cause,
        hint: "change into a repository, or name one: morello -C DIR …",
      });
    }
    throw cause;
  }
}
