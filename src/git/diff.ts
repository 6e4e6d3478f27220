// Diffs of many commits or trees by one `git diff-tree --stdin`. Rename detection is off: a patch is its paths.
import { pathBytes, type BytePath } from "../object/path.ts";
import { run, type GitContext } from "./run.ts";

/** Objects that git may die on before the rest of the questions is given up. */
const PATIENCE = 50;

interface Answers<T> {
  readonly found: readonly T[];
  readonly complete: boolean;
}

/**
 * Asks git about many things at once. It dies on the first one that it cannot read, with or without the beginning of
 * an answer: that one gives null, and the rest is asked for again.
 */
async function askAll<T>(
  questions: readonly string[],
  ask: (questions: readonly string[]) => Promise<Answers<T>>,
): Promise<(T | null)[]> {
  const answers: (T | null)[] = [];
  const runs: (readonly string[])[] = [questions];
  let patience = PATIENCE;
  for (let some = runs.shift(); some !== undefined; some = runs.shift()) {
    const { found, complete } = some.length === 0 || patience === 0 ? { found: [], complete: false } : await ask(some);
    if (complete) {
      answers.push(...found);
    } else if (some.length <= 1 || patience === 0) {
      answers.push(...some.map(() => null));
      patience = Math.max(0, patience - 1);
    } else {
      const sure = Math.max(0, found.length - 1); // the last answer may be cut off
      answers.push(...found.slice(0, sure));
      runs.unshift(some.slice(sure, sure + 1), some.slice(sure + 1, sure + 2), some.slice(sure + 2));
    }
  }
  return answers;
}

function byCommit<T>(commits: readonly string[], answers: readonly (T | null)[]): Map<string, T> {
  return new Map(
    commits.flatMap((commit, n) => {
      const answer = answers[n] ?? null;
      return answer === null ? [] : [[commit, answer] as const];
    }),
  );
}

function lines(questions: readonly string[]): string {
  return questions.map((question) => `${question}\n`).join("");
}

export interface TreeStat {
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
}

/**
 * `git diff --numstat` added up, for each pair of trees, in order; null where git cannot read a file. Trees must be
 * visible to the context's git.
 */
export function treeStats(
  context: GitContext,
  pairs: readonly (readonly [string, string])[],
): Promise<(TreeStat | null)[]> {
  return askAll(
    pairs.map((pair) => pair.join(" ")),
    (some) => askStats(context, some),
  );
}

async function askStats(context: GitContext, pairs: readonly string[]): Promise<Answers<TreeStat>> {
  const args = ["diff-tree", "--stdin", "-r", "-z", "--numstat", "--no-renames"];
  const done = await run(context, args, { input: lines(pairs), ok: [0, 128] });
  const stats: { files: number; insertions: number; deletions: number }[] = [];
  // Each answer is headed by its two trees and a newline; the rest of it ends fields with NUL.
  for (const part of done.stdout
    .toString("latin1")
    .split(/[0-9a-f]{40,64} [0-9a-f]{40,64}\n/)
    .slice(1)) {
    const stat = { files: 0, insertions: 0, deletions: 0 };
    for (const [, added, removed] of part.matchAll(/(?:^|\0)(\d+|-)\t(\d+|-)\t/g)) {
      stat.files++;
      stat.insertions += added === "-" ? 0 : Number(added);
      stat.deletions += removed === "-" ? 0 : Number(removed);
    }
    stats.push(stat);
  }
  return { found: stats, complete: done.status === 0 && stats.length === pairs.length };
}

const PATCH = [
  "diff-tree",
  "--stdin",
  "-r",
  "-p",
  "--diff-merges=first-parent", // 2.31; `-m --first-parent` answers once a parent
  "--always", // an empty commit is answered too
  "--root",
  "--full-index",
  "--no-ext-diff",
  "--no-textconv",
];

/** The diff text of each commit against its first parent, bytes as latin1. Commits that git cannot read are left out. */
export function patchTexts(context: GitContext, commits: readonly string[]): Promise<Map<string, string>> {
  return diffTexts(context, commits, ["--no-renames", "--binary"]);
}

/** The same with the caller's own flags. */
export async function diffTexts(
  context: GitContext,
  commits: readonly string[],
  flags: readonly string[],
): Promise<Map<string, string>> {
  const answers = await askAll(commits, (some) => askPatches(context, some, flags));
  return byCommit(commits, answers);
}

async function askPatches(
  context: GitContext,
  commits: readonly string[],
  flags: readonly string[],
): Promise<Answers<string>> {
  const done = await run(context, [...PATCH, ...flags], { input: lines(commits), ok: [0, 128] });
  const wanted = new Set(commits);
  const found: string[][] = [];
  for (const line of done.stdout.toString("latin1").split(/(?<=\n)/)) {
    const header = line.slice(0, -1);
    if (!wanted.has(header)) found.at(-1)?.push(line);
    else if (header === commits[found.length]) found.push([]);
    else break; // git left one out
  }
  return { found: found.map((text) => text.join("")), complete: done.status === 0 && found.length === commits.length };
}

/** Renames from one tree to another, as git's default similarity finds them. */
export async function renames(
  context: GitContext,
  from: string,
  to: string,
): Promise<{ from: BytePath; to: BytePath }[]> {
  const done = await run(context, ["diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", from, to]);
  const fields = done.stdout.toString("latin1").split("\0");
  const found: { from: BytePath; to: BytePath }[] = [];
  for (let at = 0; at + 2 < fields.length; at += 3) {
    found.push({ from: (fields[at + 1] ?? "") as BytePath, to: (fields[at + 2] ?? "") as BytePath });
  }
  return found;
}

/** The diff of two trees for people, UTF-8. */
export async function patchBetween(context: GitContext, from: string, to: string): Promise<string> {
  return (await run(context, ["diff-tree", "-r", "-p", "-M", "--stat", from, to])).stdout.toString("utf8");
}

/** Paths as arguments; none, so that git names every path, where they are not UTF-8 or too many for a command line. */
function pathspecs(paths: readonly BytePath[]): string[] {
  const texts = paths.map((path) => pathBytes(path).toString("utf8"));
  const fit = texts.join("").length < 60_000 && !texts.some((text) => text.includes("\ufffd"));
  return fit ? texts : [];
}

/** Which of those commits touch which of those paths, against their first parent. Merges touch nothing. */
export async function touchingCommits(
  context: GitContext,
  commits: readonly string[],
  paths: readonly BytePath[],
): Promise<Map<string, BytePath[]>> {
  const found = new Map<string, BytePath[]>();
  if (commits.length === 0 || paths.length === 0) return found;
  const args = [
    "--literal-pathspecs",
    "diff-tree",
    "--stdin",
    "-r",
    "-z",
    "--root",
    "--name-only",
    "--no-renames",
    "--",
    ...pathspecs(paths),
  ];
  const done = await run(context, args, { input: `${commits.join("\n")}\n`, ok: [0, 128] });
  const wanted = new Set(commits);
  let current: BytePath[] = [];
  for (const field of done.stdout.toString("latin1").split("\0")) {
    if (wanted.has(field)) found.set(field, (current = []));
    else if (field !== "") current.push(field as BytePath);
  }
  return found;
}
