// What a person asks `morello check` for -> lines, each with the commits that are looked at.
import { AppError } from "../../error.ts";
import { resolveRevisions } from "../../git/revisions.ts";
import type { CommitGraph } from "../../index/graph.ts";
import { selectLines } from "../../line/select.ts";
import type { Line } from "../../wire/line.ts";
import { historyOf, linesOf, type Workspace } from "../workspace.ts";
import type { CheckContext } from "./context.ts";

export interface Selection {
  readonly line: Line;
  /** Exclusive; null: from the line's root. */
  readonly from: string | null;
  readonly to: string;
  /** Oldest first. */
  readonly commits: readonly string[];
}

export interface Selected {
  readonly graph: CommitGraph;
  readonly selections: readonly Selection[];
}

type ContextOf = (line: Line) => Promise<CheckContext>;

/**
 * All commits of a range, merged ones too, on the line that `named` or its ends name. Throws `unknown-revision`,
 * `unknown-line`, `no-lines`, `usage`.
 */
export async function rangeCommits(workspace: Workspace, range: string, named: string | null): Promise<Selected> {
  const ends = range.split("..");
  const [commits, from, to] = await resolveRevisions(workspace.repository, [
    range,
    ...ends.map((end) => (end === "" ? "HEAD" : end)),
  ]);
  const [start, end] = [from?.at(-1), to?.at(-1)];
  if (commits == null || start === undefined || end === undefined || ends.length !== 2)
    throw new AppError("unknown-revision", `'${range}' is no range of commits of this repository`, {
      hint: "name two revisions that git knows: A..B",
      data: { revision: range },
    });
  const graph = await historyOf(workspace, [start, end]);
  const line = lineOf(linesOf(workspace, graph), graph, { named, ends, end, head: workspace.head });
  return { graph, selections: [{ line, from: start, to: end, commits }] };
}

interface Where {
  readonly named: string | null;
  /** As typed. */
  readonly ends: readonly string[];
  readonly end: string;
  readonly head: string | null;
}

/** The line that is named; that B names, or A; that alone reaches B. */
function lineOf(lines: readonly Line[], graph: CommitGraph, { named, ends, end, head }: Where): Line {
  if (named !== null) return onlyOne(lines, named);
  for (const name of [...ends].reverse()) {
    const full = name === "" || name === "HEAD" ? head : name;
    const found = lines.find((line) => full !== null && names(line).includes(full));
    if (found !== undefined) return found;
  }
  const number = graph.find(end);
  const reaching = lines.filter(({ tip }) => {
    const at = graph.find(tip);
    return at !== null && number !== null && graph.isAncestor(number, at);
  });
  const [only] = reaching;
  if (only !== undefined && reaching.length === 1) return only;
  const why = reaching.length === 0 ? "no release line holds it" : `${reaching.length} release lines hold it`;
  throw new AppError("usage", `Cannot tell which line ${end.slice(0, 12)} is meant for: ${why}`, {
    hint: `name it: --line ${(reaching[0] ?? lines[0])?.name ?? "LINE"}`,
  });
}

/** What git would take for the line's branch. */
function names({ name, refname, remoteRefname }: Line): string[] {
  const remote = remoteRefname === null ? [] : [remoteRefname, remoteRefname.replace(/^refs\/(?:remotes\/)?/, "")];
  return [name, refname, `heads/${name}`, ...remote];
}

function onlyOne(lines: readonly Line[], pattern: string): Line {
  const { selected } = selectLines(lines, [pattern]);
  const [only] = selected;
  if (only !== undefined && selected.length === 1) return only;
  throw new AppError("usage", `--line ${pattern} names ${selected.length} lines, and one is wanted`, {
    hint: `--line ${only?.name ?? "LINE"}`,
  });
}

/**
 * Each line from its ledger's baseline, else from its last tag, else from where it left main. Without patterns: the
 * branch that HEAD is on, or every maintained line.
 */
export async function lineCommits(
  workspace: Workspace,
  patterns: readonly string[],
  contextOf: ContextOf,
): Promise<Selected> {
  const graph = await historyOf(workspace, []);
  const all = linesOf(workspace, graph);
  const current = all.find(({ refname }) => refname === workspace.head);
  const lines =
    patterns.length === 0 && current !== undefined
      ? [current]
      : selectLines(all, patterns.length === 0 ? ["all"] : patterns).selected;
  const selections: Selection[] = [];
  for (const line of lines) {
    const from = await startOf(workspace, graph, line, contextOf);
    selections.push({ line, from, to: line.tip, commits: between(graph, from, line.tip) });
  }
  return { graph, selections };
}

/** Where what is looked at begins; exclusive. Null: at the root. */
export async function startOf(
  workspace: Workspace,
  graph: CommitGraph,
  line: Line,
  contextOf: ContextOf,
): Promise<string | null> {
  const { baseline } = await contextOf(line);
  if (baseline !== null && graph.find(baseline) !== null) return baseline;
  const tags = workspace.detected.find(({ name }) => name === line.name)?.tags ?? [];
  const tag = tags.find(({ name }) => name === line.lastTag);
  if (tag !== undefined) return tag.oid;
  const [main, tip] = [workspace.main === null ? null : graph.find(workspace.main.tip), graph.find(line.tip)];
  const base = main === null || tip === null ? undefined : graph.mergeBases(main, tip)[0];
  return base === undefined ? null : graph.oid(base);
}

/** Oldest first. */
export function between(graph: CommitGraph, from: string | null, to: string): string[] {
  const [start, end] = [from === null ? null : graph.find(from), graph.find(to)];
  if (end === null) return [];
  return graph
    .difference([end], start === null ? [] : [start])
    .reverse()
    .map((number) => graph.oid(number));
}
