// Release lines as a table.
import type { Line, LineReport, LinesOutcome } from "../../wire/line.ts";
import { cleaned } from "./clean.ts";
import { table, type Cell, type Column } from "./table.ts";
import { count, paint, shortId, symbol, type View } from "./view.ts";
import { wrap } from "./width.ts";

export function renderLines(view: View, found: LinesOutcome): string {
  const outcome = cleaned(found);
  const lines = view.plain ? plainLines(outcome) : tableLines(view, outcome);
  return lines.map((line) => `${line}\n`).join("");
}

/** Wider terminals show the day of the tip, too. */
const WIDE = 100;

function tableLines(view: View, { main, lines }: LinesOutcome): string[] {
  if (lines.length === 0)
    return ["There is no release line. Lines are branches such as release/v1.0, stable-2 or 3.x."];
  const wide = view.width >= WIDE;
  const titles = [
    "",
    "line",
    "tip",
    "last tag",
    "since",
    main === null ? "" : `ahead`,
    main === null ? "" : `behind`,
    wide ? "moved" : "",
    "maintained",
  ];
  const head = titles.map((text): Cell => ({ text, tone: "quiet" }));
  const rows = lines.map((line): Cell[] => {
    const { maintained } = line.maintenance;
    return [
      maintained ? { text: symbol(view, "good"), tone: "good" } : { text: symbol(view, "away"), tone: "quiet" },
      { text: line.name, tone: maintained ? "strong" : "plain" },
      { text: shortId(line.tip), tone: "id" },
      { text: line.lastTag ?? "none" },
      { text: numberOr(line.sinceTag) },
      { text: numberOr(line.onlyHere) },
      { text: numberOr(line.onlyMain) },
      { text: wide ? day(line.tipTime) : "", tone: "quiet" },
      { text: maintenance(line), tone: maintained ? "good" : "quiet" },
    ];
  });
  const right: Column = { align: "right" };
  const columns: Column[] = [
    {},
    { shrink: 3, cut: "start", least: 14 },
    { shrink: 1, least: 7 },
    { shrink: 2, cut: "start", least: 10 },
    right,
    right,
    right,
  ];
  const foot =
    main === null
      ? "There is no main branch to compare with."
      : `ahead of and behind ${main.name} at ${shortId(main.tip)}, in commits; since: commits since the last tag`;
  return [
    ...table(view, columns, [head, ...rows]),
    "",
    ...wrap(foot, view.width).map((text) => paint(view, "quiet", text)),
    ...lines.flatMap((line) => {
      const text = difference(line);
      return text === null
        ? []
        : wrap(`${line.name} ${text}`, view.width - 2).map(
            (part, n) => `${n === 0 ? paint(view, "warn", symbol(view, "note")) : " "} ${part}`,
          );
    }),
  ];
}

function plainLines({ main, lines }: LinesOutcome): string[] {
  const facts = lines.flatMap((line) => {
    const text = difference(line);
    return [
      `${line.name}: tip ${line.tip} ${day(line.tipTime)}`,
      line.lastTag === null
        ? `${line.name}: no tag`
        : `${line.name}: last tag ${line.lastTag}, ${count(line.sinceTag ?? 0, "commit")} since`,
      ...(main === null
        ? []
        : [`${line.name}: ${numberOr(line.onlyHere)} ahead of ${main.name}, ${numberOr(line.onlyMain)} behind`]),
      `${line.name}: maintained: ${maintenance(line)}`,
      ...(text === null ? [] : [`${line.name}: ${text}`]),
    ];
  });
  return lines.length === 0 ? ["no release line"] : facts;
}

/** Why a line is maintained, or why not. */
function maintenance({ maintenance: { reason, maintained } }: Pick<Line, "maintenance">): string {
  switch (reason) {
    case "configured":
      return maintained ? "yes: configured" : "no: configured";
    case "recent-tip":
      return "yes: tip moved";
    case "recent-tag":
      return "yes: new tag";
    case "idle":
      return "no: idle";
    case "end-of-life":
      return "no: end of life";
  }
}

function difference({ difference: found }: LineReport): string | null {
  if (found === null) return null;
  const upstream = found.upstream.replace(/^refs\/remotes\//, "");
  return `is ${found.ahead} ahead of ${upstream} and ${found.behind} behind it`;
}

function numberOr(number: number | null): string {
  return number === null ? "?" : String(number);
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}
