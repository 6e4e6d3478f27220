// The lines of a message that say `cherry picked from commit`, and whether each stands where git and people find it.
import { endsInTrailers } from "../plan/message.ts";

export interface XLine {
  /** Lower-case hexadecimal digits. */
  readonly id: string;
  /** It fills its line exactly as `git cherry-pick -x` writes it. */
  readonly exact: boolean;
  /**
   * `good`: git reads it as part of the trailer block; `prose`: it ends a paragraph of text; `apart`: an empty line
   * before it makes git no longer read the trailers above; `early`: paragraphs follow.
   */
  readonly place: "good" | "prose" | "apart" | "early";
}

const EXACT = /^\(cherry picked from commit ([0-9a-f]{7,64})\)[ \t\r]*$/;
const LOOSE = /\bcherry[- ]?picked from commit[ :]*([0-9a-f]{7,64})\b/i;

/** Trailers, what continues them, remarks of maintainers. git itself would bear with some lines of text among them. */
const IN_BLOCK = /^(?:[A-Za-z0-9-]+[ \t]*:|\(cherry picked from commit |[ \t]|\[)/;

/** In the order of the message; of UTF-8 text. */
export function xLines(message: string): XLine[] {
  const lines = message.replace(/\s+$/, "").split("\n");
  const lastParagraph = lines.findLastIndex((line) => line.trim() === "") + 1;
  return lines.flatMap((line, at): XLine[] => {
    const exact = EXACT.exec(line);
    const id = (exact ?? LOOSE.exec(line))?.[1];
    if (id === undefined) return [];
    return [{ id: id.toLowerCase(), exact: exact !== null, place: placeOf(lines, at, lastParagraph) }];
  });
}

function placeOf(lines: readonly string[], at: number, lastParagraph: number): XLine["place"] {
  if (at < lastParagraph) return "early";
  const isText = lines.slice(lastParagraph, at).some((line) => !IN_BLOCK.test(line));
  if (isText || !endsInTrailers(`${lines.join("\n")}\n`)) return "prose";
  const above = `${lines.slice(0, lastParagraph).join("\n").trimEnd()}\n`;
  return at === lastParagraph && endsInTrailers(above) ? "apart" : "good";
}
