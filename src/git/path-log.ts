// The commits that changed a run of lines or a path, newest first, by `git log`.
import type { BytePath } from "../object/path.ts";
import { parseHunks, type Hunk } from "../prerequisite/hunk.ts";
import { argumentOf } from "./blame.ts";
import { run, type GitContext } from "./run.ts";

export interface PathPatch {
  readonly commit: string;
  readonly hunks: readonly Hunk[];
}

/** What each commit did to the lines of those paths, newest first. Merges are not among them. */
export async function pathPatches(context: GitContext, { commit, without, paths }: PathQuestion): Promise<PathPatch[]> {
  const named = paths.map(argumentOf).filter((path) => path !== null);
  if (named.length === 0) return [];
  const args = [
    "--literal-pathspecs",
    "log",
    "--format=%x00%H",
    "--no-merges",
    "-p",
    "-U0",
    "--no-renames",
    "--no-ext-diff",
    "--no-textconv",
    commit,
    ...without.map((oid) => `^${oid}`),
    "--",
    ...named,
  ];
  const done = await run(context, args, { ok: [0, 128] });
  return done.stdout
    .toString("latin1")
    .split(/\0(?=[0-9a-f]{40,64}\n)/)
    .slice(1)
    .map((part) => ({
      commit: part.slice(0, part.indexOf("\n")),
      hunks: [...parseHunks(part).values()].flat(),
    }));
}

/** Paths as the commits down to `without` changed them. */
export interface PathQuestion {
  readonly commit: string;
  readonly without: readonly string[];
  readonly paths: readonly BytePath[];
}

export interface PathChange {
  readonly commit: string;
  readonly path: BytePath;
  readonly how: "added" | "deleted" | "changed";
  /** The blob before; all zeros where there was none. */
  readonly before: string;
}

/** What happened to those paths, newest first, without merges. A rename is a deletion and an addition. */
export async function pathChanges(
  context: GitContext,
  { commit, without, paths }: PathQuestion,
): Promise<PathChange[]> {
  const named = paths.map(argumentOf).filter((path) => path !== null);
  if (named.length === 0) return [];
  const args = [
    "--literal-pathspecs",
    "log",
    "--format=%x00%x00%H",
    "--raw",
    "--no-abbrev",
    "-z",
    "--no-renames",
    "--no-merges",
    "--full-history", // a side that a merge took nothing from may hold what a pick needs
    commit,
    ...without.map((oid) => `^${oid}`),
    "--",
    ...named,
  ];
  const done = await run(context, args, { ok: [0, 128] });
  const found: PathChange[] = [];
  let current = "";
  let change: Omit<PathChange, "path"> | null = null;
  for (const field of done.stdout.toString("latin1").split("\0")) {
    const head = /^\n?:\d+ \d+ ([0-9a-f]+) [0-9a-f]+ ([A-Z])/.exec(field);
    if (head !== null) {
      const how = head[2] === "A" ? "added" : head[2] === "D" ? "deleted" : "changed";
      change = { commit: current, how, before: head[1] ?? "" };
    } else if (change !== null) {
      found.push({ ...change, path: field as BytePath });
      change = null;
    } else if (/^[0-9a-f]{40,64}$/.test(field.trim())) current = field.trim();
  }
  return found;
}
