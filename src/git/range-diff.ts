// How two patches differ, for people: `git range-diff` of two ranges of one commit each, made for the question.
import { treeStats } from "./diff.ts";
import { run } from "./run.ts";
import type { Scratch } from "./scratch.ts";

export interface Patch {
  /** Of the commit that the text is to name. */
  readonly commit: string;
  /** Trees that git can see. */
  readonly before: string;
  readonly after: string;
  /** `Name <email> seconds zone` and the message, bytes as latin1. */
  readonly author: string;
  readonly message: string;
}

const ARGS = [
  "-c",
  "core.quotePath=false", // paths as every text of ours shows them
  "range-diff",
  "--no-color",
  "--creation-factor=1000", // the two are a pair, however different they are
  "--no-ext-diff",
  "--no-textconv",
];

const COMMITTER = "morello <morello> 0 +0000";

/** Lines that a patch may change: git's time grows with the square of them, and nobody reads more. */
const MOST = 5_000;

/**
 * UTF-8 text as git prints it, with the names of the real commits; a sentence for patches that are too large, empty
 * where git cannot read a file.
 */
export async function rangeDiff(scratch: Scratch, before: Patch, after: Patch): Promise<string> {
  const stats = await treeStats(
    scratch,
    [before, after].map((patch) => [patch.before, patch.after] as const),
  );
  const sizes = stats.map((stat) => (stat === null ? 0 : stat.insertions + stat.deletions));
  if (Math.max(...sizes) > MOST) return `Too large to be shown: the patches change ${sizes.join(" and ")} lines.\n`;
  const ranges = [before, after].map((patch) => rangeOf(scratch, patch));
  const done = await run(scratch, [...ARGS, ...ranges.map(({ range }) => range)], { ok: [0, 128, 255] });
  if (done.status !== 0) return "";
  const names = [before, after].map(({ commit }) => commit.slice(0, 12));
  return done.stdout
    .toString("utf8")
    .replace(/^1: +[0-9a-f]+ ([!=<>]) 1: +[0-9a-f]+ /, (_, sign: string) => `1:  ${names[0]} ${sign} 1:  ${names[1]} `);
}

/** Without the history around them, which costs time and is no part of the question. */
function rangeOf(scratch: Scratch, { before, after, author, message }: Patch): { readonly range: string } {
  const commit = (tree: string, rest: string): string =>
    scratch.write("commit", Buffer.from(`tree ${tree}\n${rest}`, "latin1"));
  const root = commit(before, `author ${COMMITTER}\ncommitter ${COMMITTER}\n\n`);
  const tip = commit(after, `parent ${root}\nauthor ${author}\ncommitter ${COMMITTER}\n\n${message}`);
  return { range: `${root}..${tip}` };
}
