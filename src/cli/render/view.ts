// How a stream shows things: its width, whether a person reads it, its colours and symbols.
import pc from "picocolors";

type Colors = ReturnType<typeof pc.createColors>;

/** Meaning, not colour: themes of terminals decide what it looks like, and symbols and words say it again. */
export type Tone = "good" | "bad" | "warn" | "quiet" | "name" | "strong" | "id" | "plain";

export interface View {
  /** Columns. */
  readonly width: number;
  /** A pipe or a file: one fact a line, object IDs in full, nothing cut off but long conflicts. */
  readonly plain: boolean;
  readonly color: boolean;
  /** Symbols beyond ASCII can be shown. */
  readonly unicode: boolean;
}

const STYLES: Readonly<Record<Tone, (colors: Colors, text: string) => string>> = {
  // Only the eight basic colours, and neither black nor white: readable on dark and on light grounds.
  good: (colors, text) => colors.green(text),
  bad: (colors, text) => colors.red(text),
  warn: (colors, text) => colors.magenta(text),
  quiet: (colors, text) => colors.dim(text),
  name: (colors, text) => colors.cyan(text),
  strong: (colors, text) => colors.bold(text),
  id: (colors, text) => colors.dim(text),
  plain: (_colors, text) => text,
};

const colored = pc.createColors(true);
const uncolored = pc.createColors(false);

export function paint(view: View, tone: Tone, text: string): string {
  return text === "" ? "" : STYLES[tone](view.color ? colored : uncolored, text);
}

const SYMBOLS = {
  good: ["✓", "+"],
  there: ["=", "="],
  nothing: ["○", "o"],
  bad: ["✗", "x"],
  away: ["–", "-"],
  refused: ["!", "!"],
  waiting: ["…", "."],
  note: ["•", "*"],
  commit: ["●", "*"],
  before: ["○", "o"],
  arrow: ["→", "->"],
  bar: ["│", "|"],
} as const;

export type SymbolName = keyof typeof SYMBOLS;

export function symbol(view: View, name: SymbolName): string {
  return SYMBOLS[name][view.unicode ? 0 : 1];
}

/** Enough to be unique in any repository, short enough to read. */
export function shortId(oid: string): string {
  return oid.slice(0, 12);
}

/** An object ID: short for people, in full for pipes. */
export function showId(view: View, oid: string): string {
  return view.plain ? oid : paint(view, "id", shortId(oid));
}

export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
