// What a landed commit holds beyond the pick that Morello computes, for a reviewer to read in a minute.
import type { ClassedCommit } from "../../wire/class.ts";
import { count, paint, type View } from "./view.ts";
import { truncate } from "./width.ts";

/** Hunks that are shown in full, and lines of each. */
const HUNKS = 6;
const LINES = 12;

/** Lines for a terminal: its own hunks where it was changed by hand, the range-diff where conflicts were resolved. */
export function landedDetail(view: View, { beyond, rangeDiff, class: kind }: ClassedCommit, indent: number): string[] {
  const margin = " ".repeat(indent);
  const fit = (text: string): string => truncate(text, view.width - indent);
  if (kind === "resolved" && rangeDiff !== "")
    return rangeDiff
      .trimEnd()
      .split("\n")
      .slice(0, HUNKS * LINES)
      .map((text) => `${margin}${paint(view, "quiet", fit(text))}`.trimEnd());
  if (beyond.length === 0) return [];
  const shown = beyond.slice(0, HUNKS).flatMap(({ path, line, removed, added }) => {
    const lines = [...removed.map((text) => `- ${text}`.trimEnd()), ...added.map((text) => `+ ${text}`.trimEnd())];
    const more = lines.length > LINES ? [`  … ${lines.length - LINES} more lines`] : [];
    return [
      `${margin}  ${path}${line === 0 ? "" : `:${line}`}`,
      ...lines.slice(0, LINES).map((text) => `${margin}    ${toned(view, truncate(text, view.width - indent - 4))}`),
      ...more.map((text) => `${margin}  ${text}`),
    ];
  });
  const rest = beyond.length > HUNKS ? [`${margin}  and ${count(beyond.length - HUNKS, "more hunk")}`] : [];
  return [`${margin}beyond the source:`, ...shown, ...rest];
}

/** A line for each line that was added or taken away: `loader.py:12: + text`. */
export function plainDetail({ beyond }: ClassedCommit): string[] {
  return beyond.flatMap(({ path, line, removed, added }) => {
    const place = line === 0 ? path : `${path}:${line}`;
    return [...removed.map((text) => `${place}: - ${text}`), ...added.map((text) => `${place}: + ${text}`)];
  });
}

function toned(view: View, text: string): string {
  return paint(view, text.startsWith("-") ? "bad" : "good", text);
}
