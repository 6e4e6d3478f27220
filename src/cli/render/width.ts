// Columns that text takes on a terminal, and text cut to fit them. No colours: styles are put on after the measuring.

const ASCII = /^[ -~]*$/;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f/u;
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]*$/u;

let segmenter: Intl.Segmenter | undefined;

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter("en", { granularity: "grapheme" });
  return [...segmenter.segment(text)].map(({ segment }) => segment);
}

function graphemeWidth(grapheme: string): number {
  if (NO_WIDTH.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/** Columns of one line of clean text. */
export function width(text: string): number {
  if (ASCII.test(text)) return text.length;
  return graphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** Cuts the end off, `…` in its place, so that it takes at most so many columns. */
export function truncate(text: string, columns: number, mark = "…"): string {
  if (width(text) <= columns) return text;
  return `${take(graphemes(text), columns - mark.length)
    .join("")
    .trimEnd()}${mark}`.slice(0, Math.max(columns, 0));
}

/** Cuts the beginning off: the end of a path or of a branch's name says more. */
export function truncateStart(text: string, columns: number, mark = "…"): string {
  if (width(text) <= columns) return text;
  const kept = take(graphemes(text).reverse(), columns - mark.length).reverse();
  return `${mark}${kept.join("")}`.slice(0, Math.max(columns, 0));
}

function take(parts: readonly string[], columns: number): string[] {
  let used = 0;
  const kept: string[] = [];
  for (const part of parts) {
    used += graphemeWidth(part);
    if (used > columns) break;
    kept.push(part);
  }
  return kept;
}

export function pad(text: string, columns: number): string {
  return text + " ".repeat(Math.max(0, columns - width(text)));
}

/** Breaks prose at spaces; a word that is longer than the line stays whole, so that commands can be pasted. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
