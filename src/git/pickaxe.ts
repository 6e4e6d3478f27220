// The commits that brought or took away a word in some paths, by `git log -S`.
import { pathBytes, type BytePath } from "../object/path.ts";
import { run, type GitContext } from "./run.ts";

export interface PickaxeQuestion {
  readonly commit: string;
  /** Commits whose history is left out. */
  readonly without: readonly string[];
  readonly word: string;
  readonly path: BytePath;
}

/** Oldest first, without merges. */
export async function commitsOfWord(context: GitContext, question: PickaxeQuestion): Promise<string[]> {
  const { commit, without, word, path } = question;
  return log(context, [`-S${word}`], commit, without, path);
}

/** Commits that added files at or below a path, oldest first, without merges. */
export async function commitsAdding(
  context: GitContext,
  { commit, without, path }: Omit<PickaxeQuestion, "word">,
): Promise<string[]> {
  return log(context, ["--diff-filter=A"], commit, without, path);
}

async function log(
  context: GitContext,
  how: readonly string[],
  commit: string,
  without: readonly string[],
  path: BytePath,
): Promise<string[]> {
  const args = [
    "--literal-pathspecs",
    "log",
    "--format=%H",
    "--reverse",
    "--topo-order", // a child never before its parent, whatever the dates say
    "--no-merges",
    "--no-renames", // a file that was moved here was added here
    ...how,
    commit,
    ...without.map((oid) => `^${oid}`),
    "--",
    pathBytes(path).toString("utf8"),
  ];
  const done = await run(context, args, { ok: [0, 128] });
  return done.stdout
    .toString("latin1")
    .split("\n")
    .filter((line) => line !== "");
}
