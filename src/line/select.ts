// What people type after `--onto` -> lines.
import { AppError } from "../error.ts";
import type { Line, Maintenance } from "../wire/line.ts";
import { globMatcher, isGlob } from "./glob.ts";
import { parseLineName } from "./name.ts";
import { nearest } from "./nearest.ts";

export type SelectableLine = Readonly<Pick<Line, "name" | "refname" | "remoteRefname" | "maintenance">> & {
  readonly version: readonly number[];
};

export interface Selection<T> {
  /** In the order of the lines given. */
  readonly selected: readonly T[];
  /** What `all` or a glob covered and did not take, in the same order; never a line that is also selected. */
  readonly leftOut: readonly { readonly line: T; readonly reason: Maintenance["reason"] }[];
}

/** Every maintained line. */
const ALL = "all";

/**
 * Selects lines, each once. A pattern is, in this order: `all`; a name; a refname or a part of one that git would
 * take for it (`heads/x`, `origin/x`); a version that one line alone stands for (`2.7`, `v2.7`); a glob.
 * A line that is named is taken, maintained or not. `all` takes the maintained ones. A glob takes all it matches but
 * those that configuration declares not maintained (being idle is only a guess), unless it matches no others.
 * End-of-life lines keep their mark; refusing them is the planner's part.
 * Throws `no-lines` if there are none, `unknown-line` if a pattern fits none, or a version more than one.
 */
export function selectLines<T extends SelectableLine>(lines: readonly T[], patterns: readonly string[]): Selection<T> {
  if (lines.length === 0) {
    throw new AppError("no-lines", "There is no release line in this repository", {
      hint: "Make a branch such as release/v1.0, or name your branches in morello.yaml under lines.",
    });
  }
  const selected = new Set<T>();
  const covered = new Set<T>();
  for (const pattern of patterns) {
    const { taken, others } = pattern === ALL ? split(lines, ({ maintained }) => maintained) : resolve(lines, pattern);
    for (const line of taken) selected.add(line);
    for (const line of others) covered.add(line);
  }
  return {
    selected: lines.filter((line) => selected.has(line)),
    leftOut: lines
      .filter((line) => covered.has(line) && !selected.has(line))
      .map((line) => ({ line, reason: line.maintenance.reason })),
  };
}

interface Split<T> {
  readonly taken: readonly T[];
  readonly others: readonly T[];
}

function split<T extends SelectableLine>(lines: readonly T[], take: (maintenance: Maintenance) => boolean): Split<T> {
  const taken = lines.filter((line) => take(line.maintenance));
  return { taken, others: lines.filter((line) => !taken.includes(line)) };
}

function resolve<T extends SelectableLine>(lines: readonly T[], pattern: string): Split<T> {
  const named = lines.find(({ name }) => name === pattern) ?? lines.find((line) => isRefOf(line, pattern));
  if (named) return { taken: [named], others: [] };
  if (isGlob(pattern)) {
    const matches = globMatcher(pattern);
    const matched = lines.filter(({ name }) => matches(name));
    if (matched.length === 0) throw unknown(lines, pattern, "matches no release line");
    const result = split(matched, ({ maintained, reason }) => maintained || reason === "idle");
    return result.taken.length === 0 ? { taken: matched, others: [] } : result;
  }
  const fitting = byVersion(lines, pattern);
  if (fitting.length === 1) return { taken: fitting, others: [] };
  if (fitting.length > 1) throw unknown(fitting, pattern, "names more than one release line");
  throw unknown(lines, pattern, "is no release line");
}

function isRefOf({ refname, remoteRefname }: SelectableLine, text: string): boolean {
  return [refname, remoteRefname].some(
    (full) => full !== null && (full === text || full === `refs/${text}` || full === `refs/remotes/${text}`),
  );
}

function byVersion<T extends SelectableLine>(lines: readonly T[], text: string): T[] {
  if (!/^[vV]?\d+(?:\.\d+)*(?:\.[xXyY])?$/.test(text)) return [];
  const wanted = parseLineName(text)?.numbers.join(".");
  return lines.filter(({ version }) => version.join(".") === wanted);
}

/** A list that fits a terminal's line or two; `data` holds all of it. */
const SHOWN = 12;

function unknown(lines: readonly SelectableLine[], pattern: string, problem: string): AppError {
  const names = lines.map(({ name }) => name);
  const close = nearest(pattern, names);
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : "";
  const list = `${names.slice(0, SHOWN).join(", ")}${more}`;
  return new AppError(
    "unknown-line",
    `'${pattern}' ${problem}: ${problem.startsWith("names") ? "" : "there are "}${list}`,
    {
      hint: close.length > 0 ? `Did you mean ${close.map((name) => `'${name}'`).join(" or ")}?` : "morello lines",
      data: { pattern, lines: names, nearest: close },
    },
  );
}
