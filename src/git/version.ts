// What this git can do. One function, one result; the reason for each requirement beside it.
import { AppError } from "../error.ts";
import { text, type GitContext } from "./run.ts";

export type GitVersion = readonly [number, number, number];

/**
 * Oldest git that works. 2.38 brought `merge-tree --write-tree`, merges without a work tree; it needs a merge base
 * that two commits have, which synthetic commits give (`--merge-base` is 2.40, bare trees 2.45, and neither is faster).
 * Older requirements: `cat-file --batch-command` and `worktree list -z` 2.36, zdiff3 2.35, `--path-format` 2.31.
 */
export const MINIMUM_GIT: GitVersion = [2, 38, 0];

export interface Capabilities {
  readonly version: GitVersion;
  /** As git prints it, for plan files and records. */
  readonly versionText: string;
  /** 2.39: `merge-tree --stdin`, many merges a process. Before it each merge takes one of its own. */
  readonly mergeStdin: boolean;
  /** 2.49: `merge-tree --stdin` flushes each answer, so one process can serve a series. */
  readonly mergeConversation: boolean;
}

function parseGitVersion(line: string): GitVersion | null {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(line);
  return found === null ? null : [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)];
}

function atLeast(version: GitVersion, major: number, minor: number): boolean {
  return version[0] > major || (version[0] === major && version[1] >= minor);
}

export function capabilitiesOf(versionText: string): Capabilities {
  const version = parseGitVersion(versionText);
  if (version === null || !atLeast(version, MINIMUM_GIT[0], MINIMUM_GIT[1])) {
    throw new AppError("git-too-old", `git is ${versionText}, and Morello needs ${MINIMUM_GIT.join(".")} or newer`, {
      hint: "upgrade git; nothing else on the machine has to change",
      data: { found: versionText, minimum: MINIMUM_GIT.join(".") },
    });
  }
  return {
    version,
    versionText,
    mergeStdin: atLeast(version, 2, 39),
    mergeConversation: atLeast(version, 2, 49),
  };
}

export async function detectCapabilities(context: GitContext): Promise<Capabilities> {
  const line = await text(context, ["version"]);
  return capabilitiesOf(line.replace(/^git version /, ""));
}
