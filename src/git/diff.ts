// Diffs of many commits or trees by one `git diff-tree --stdin`. Rename detection is off: a patch is its paths.
import type { BytePath } from "../object/path.ts";
import type { RawChange } from "../patch/digest.ts";
import { run, type GitContext } from "./run.ts";

const RAW = [
  "diff-tree",
  "--stdin",
  "-r",
  "-z",
  "--root", // a root commit's patch adds everything
  "--raw",
  "--no-renames",
  "--no-abbrev",
  "--always", // an empty commit is answered too
  "-m", // merges answer once a parent; callers name commits with one
  "--first-parent",
];

/** What each commit changes against its first parent. Commits that git cannot read are left out. */
export async function rawChanges(context: GitContext, commits: readonly string[]): Promise<Map<string, RawChange[]>> {
  const found = new Map<string, RawChange[]>();
  if (commits.length === 0) return found;
  const done = await run(context, RAW, { input: `${commits.join("\n")}\n`, ok: [0, 128] });
  const fields = done.stdout.toString("latin1").split("\0");
  let current: RawChange[] | null = null;
  for (let at = 0; at < fields.length; at++) {
    const field = fields[at] ?? "";
    const change = /^:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*$/.exec(field);
    if (change !== null && current !== null) {
      const [, oldMode = "", newMode = "", oldOid = "", newOid = ""] = change;
      current.push({ path: (fields[++at] ?? "") as BytePath, oldMode, newMode, oldOid, newOid });
    } else if (field !== "") {
      found.set(field, (current = []));
    }
  }
  return found;
}

export interface TreeStat {
  readonly files: number;
  readonly insertions: number;
  readonly deletions: number;
}

/** `git diff --numstat` added up, for each pair of trees, in order. Trees must be visible to the context's git. */
export async function treeStats(context: GitContext, pairs: readonly (readonly [string, string])[]): Promise<TreeStat[]> {
  if (pairs.length === 0) return [];
  const args = ["diff-tree", "--stdin", "-r", "-z", "--numstat", "--no-renames"];
  const done = await run(context, args, { input: pairs.map((pair) => `${pair.join(" ")}\n`).join("") });
  const stats: { files: number; insertions: number; deletions: number }[] = [];
  // Each answer is headed by its two trees and a newline; the rest of it ends fields with NUL.
  for (const part of done.stdout.toString("latin1").split(/[0-9a-f]{40,64} [0-9a-f]{40,64}\n/).slice(1)) {
    const stat = { files: 0, insertions: 0, deletions: 0 };
    for (const [, added, removed] of part.matchAll(/(?:^|\0)(\d+|-)\t(\d+|-)\t/g)) {
      stat.files++;
      stat.insertions += added === "-" ? 0 : Number(added);
      stat.deletions += removed === "-" ? 0 : Number(removed);
    }
    stats.push(stat);
  }
  return stats;
}

const PATCH = ["diff-tree", "--stdin", "-r", "-p", "-m", "--first-parent", "--root", "--no-renames", "--full-index", "--no-ext-diff", "--no-textconv", "--binary"];

/** The diff text of each commit against its first parent, bytes as latin1. */
export async function patchTexts(context: GitContext, commits: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  if (commits.length === 0) return texts;
  const done = await run(context, PATCH, { input: `${commits.join("\n")}\n`, ok: [0, 128] });
  const wanted = new Set(commits);
  let current: string | null = null;
  let lines: string[] = [];
  const close = (): void => void (current !== null && texts.set(current, lines.join("\n")));
  for (const line of done.stdout.toString("latin1").split("\n")) {
    if (wanted.has(line)) {
      close();
      current = line;
      lines = [];
    } else lines.push(line);
  }
  close();
  return texts;
}

/** Renames from one tree to another, as git's default similarity finds them. */
export async function renames(context: GitContext, from: string, to: string): Promise<{ from: BytePath; to: BytePath }[]> {
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
