// Conflicts: each path with its kind and regions, clipped with a count; and the commits that caused them.
import type { CommitSummary } from "../../wire/basic.ts";
import type { ConflictedPath, ConflictRegion } from "../../wire/plan.ts";
import { cleaned } from "./clean.ts";
import { CONFLICT_KINDS } from "./pick.ts";
import { count, paint, shortId, symbol, type Tone, type View } from "./view.ts";
import { pad, truncate, truncateStart } from "./width.ts";

const MAX_PATHS = 20;
const MAX_REGIONS = 3;
const MAX_LINES = 4;

const SIDES: readonly { readonly side: "base" | "ours" | "theirs"; readonly tone: Tone }[] = [
  { side: "base", tone: "quiet" },
  { side: "ours", tone: "name" },
  { side: "theirs", tone: "warn" },
];

/** The conflicted paths of one pick; its texts must be clean already. `where` begins each line of plain text. */
export function conflictLines(view: View, paths: readonly ConflictedPath[], where: string): string[] {
  const lines = paths
    .slice(0, MAX_PATHS)
    .flatMap((path) => (view.plain ? plainPath(path, where) : pathLines(view, path)));
  const more = paths.length - MAX_PATHS;
  if (more <= 0) return lines;
  return [
    ...lines,
    view.plain ? `${where}: ${more} more paths (--json has them)` : `  … ${more} more paths (--json has them)`,
  ];
}

function pathLines(view: View, path: ConflictedPath): string[] {
  const what = `${path.kind}: ${CONFLICT_KINDS[path.kind]}`;
  const name = truncateStart(path.path, view.width - 4);
  const fits = name.length + what.length + 6 <= view.width;
  const head = `  ${paint(view, "strong", name)}`;
  const lines = fits ? [`${head}  ${paint(view, "quiet", what)}`] : [head, `    ${paint(view, "quiet", what)}`];
  for (const region of path.regions.slice(0, MAX_REGIONS)) lines.push(...regionLines(view, region));
  const more = moreRegions(path);
  if (more > 0) lines.push(`    … ${count(more, "more region")}`);
  return lines;
}

function moreRegions({ regions, moreRegions: uncounted }: ConflictedPath): number {
  return Math.max(0, regions.length - MAX_REGIONS) + uncounted;
}

function regionLines(view: View, region: ConflictRegion): string[] {
  const bar = paint(view, "quiet", symbol(view, "bar"));
  const lines = [`    ${paint(view, "quiet", `line ${region.line}`)}`];
  for (const { side, tone } of SIDES) {
    const text = region[side];
    const label = (n: number): string => paint(view, tone, pad(n === 0 ? side : "", 6));
    if (text.length === 0) lines.push(`      ${label(0)} ${bar} ${paint(view, "quiet", "(nothing)")}`);
    for (const [n, line] of clip(text).entries()) {
      lines.push(`      ${label(n)} ${bar} ${truncate(line, view.width - 15)}`.trimEnd());
    }
    const more = text.length - MAX_LINES;
    if (more > 0) lines.push(`      ${label(1)} ${bar} ${paint(view, "quiet", `… ${count(more, "more line")}`)}`);
  }
  return lines;
}

function clip(lines: readonly string[]): readonly string[] {
  return lines.slice(0, MAX_LINES);
}

function plainPath(path: ConflictedPath, where: string): string[] {
  const lines = [`${where}: ${path.path}: ${path.kind}: ${CONFLICT_KINDS[path.kind]}`];
  for (const region of path.regions.slice(0, MAX_REGIONS)) {
    const at = `${where}: ${path.path}:${region.line}`;
    for (const { side } of SIDES) {
      const text = region[side];
      if (text.length === 0) lines.push(`${at}: ${side} | (nothing)`);
      for (const line of clip(text)) lines.push(`${at}: ${side} | ${line}`.trimEnd());
      if (text.length > MAX_LINES) lines.push(`${at}: ${side} | (${count(text.length - MAX_LINES, "more line")})`);
    }
  }
  const more = moreRegions(path);
  if (more > 0) lines.push(`${where}: ${path.path}: ${count(more, "more region")}`);
  return lines;
}

/** The causes of one conflicted path, as they are known; the first one of a table comes with its heading. */
export function renderCauses(view: View, line: string, conflicted: ConflictedPath, first: boolean): string {
  const { path, causes } = cleaned(conflicted);
  const where = cleaned(line);
  if (causes === null) return "";
  if (view.plain) {
    const side = (name: string, commits: readonly CommitSummary[]): string[] =>
      commits.map(
        (cause) => `${where}: ${path}: cause in ${name} ${cause.commit} ${cause.date.slice(0, 10)} ${cause.subject}`,
      );
    return text([...side("ours", causes.ours), ...side("theirs", causes.theirs)]);
  }
  const heading = first ? ["", paint(view, "strong", "What touched these paths since the merge base")] : [];
  const name = truncateStart(path, Math.max(20, view.width - where.length - 7));
  const side = (label: string, tone: Tone, commits: readonly CommitSummary[]): string[] => {
    if (commits.length === 0) return [`    ${paint(view, tone, pad(label, 6))}  ${paint(view, "quiet", "nothing")}`];
    return commits.map((cause, n) => {
      const room = view.width - 38;
      const shown = paint(view, "id", shortId(cause.commit));
      return `    ${paint(view, tone, pad(n === 0 ? label : "", 6))}  ${shown} ${cause.date.slice(0, 10)} ${truncate(cause.subject, room)}`;
    });
  };
  return text([
    ...heading,
    `  ${paint(view, "strong", name)}  ${paint(view, "quiet", `on ${where}`)}`,
    ...side("ours", "name", causes.ours),
    ...side("theirs", "warn", causes.theirs),
  ]);
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}
