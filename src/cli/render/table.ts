// Rows of cells -> lines of equal columns that fit the width.
import { truncate, truncateStart, width } from "./width.ts";
import { paint, type Tone, type View } from "./view.ts";

export interface Cell {
  readonly text: string;
  readonly tone?: Tone;
  /** Follows the text quietly, and is cut off first. */
  readonly rest?: string;
}

export interface Column {
  readonly align?: "left" | "right";
  /** Columns with the largest number give way first when the table is too wide; without it a column keeps its width. */
  readonly shrink?: number;
  /** What is cut off. Default: the end. */
  readonly cut?: "start" | "end";
  /** Never narrower than this. Default: 8. */
  readonly least?: number;
}

const GAP = "  ";

/** Columns that the table needs without being cut. */
export function naturalWidth(rows: readonly (readonly Cell[])[], indent = 0): number {
  const widths = naturalWidths(rows);
  return indent + widths.reduce((sum, each) => sum + each, 0) + GAP.length * Math.max(0, widths.length - 1);
}

/** Lines of a table, without trailing blanks. Empty columns are left out. */
export function table(
  view: View,
  columns: readonly Column[],
  rows: readonly (readonly Cell[])[],
  indent = 0,
): string[] {
  const natural = naturalWidths(rows);
  const used = natural.flatMap((each, n) => (each > 0 ? [n] : []));
  const available = view.width - indent - GAP.length * Math.max(0, used.length - 1);
  const widths = fit(columns, natural, available);
  const mark = view.unicode ? "…" : "~";
  return rows.map((row) => {
    const cells = used.map((n) => {
      const cell = row[n] ?? { text: "" };
      const { align = "left", cut = "end" } = columns[n] ?? {};
      const room = widths[n] ?? 0;
      const shown = (cut === "start" ? truncateStart : truncate)(whole(cell), room, mark);
      const blanks = " ".repeat(Math.max(0, room - width(shown)));
      const styled =
        paint(view, cell.tone ?? "plain", shown.slice(0, cell.text.length)) +
        paint(view, "quiet", shown.slice(cell.text.length));
      return align === "right" ? blanks + styled : styled + blanks;
    });
    return `${" ".repeat(indent)}${cells.join(GAP)}`.trimEnd();
  });
}

function whole({ text, rest = "" }: Cell): string {
  return text + rest;
}

function naturalWidths(rows: readonly (readonly Cell[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [n, cell] of row.entries()) widths[n] = Math.max(widths[n] ?? 0, width(whole(cell)));
  return widths;
}

function fit(columns: readonly Column[], natural: readonly number[], available: number): number[] {
  const widths = [...natural];
  const order = columns
    .flatMap(({ shrink, least = 8 }, n) => (shrink === undefined ? [] : [{ n, shrink, least }]))
    .sort((a, b) => b.shrink - a.shrink);
  let excess = widths.reduce((sum, each) => sum + each, 0) - available;
  for (const { n, least } of order) {
    if (excess <= 0) break;
    const given = Math.min(excess, Math.max(0, (widths[n] ?? 0) - least));
    widths[n] = (widths[n] ?? 0) - given;
    excess -= given;
  }
  return widths;
}
