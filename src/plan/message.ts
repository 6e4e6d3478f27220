// The message of a pick: the source's message with `(cherry picked from commit …)` and further trailers, placed where
// git's own cherry-pick places them. Bytes in, bytes out (latin1 strings).

const GENERATED = /^(Signed-off-by: |\(cherry picked from commit )/;
const TRAILER = /^[A-Za-z0-9-]+[ \t]*:/;

export interface Trailer {
  readonly key: string;
  readonly value: string;
}

export interface MessageRule {
  /** Full object ID of the commit whose patch is carried. */
  readonly source: string;
  readonly trailers: readonly Trailer[];
  /** `Name <email>` as latin1 bytes, or null for no `Signed-off-by`. */
  readonly signoff: string | null;
}

/**
 * The pick's message. Follows `git cherry-pick -x`: leading blank lines go, the line is appended to a trailer block if
 * the message ends in one and else starts a block of its own, white space is cleaned as by `--cleanup=whitespace`.
 * Further trailers follow in the order given, `Signed-off-by` last and not twice in a row.
 */
export function pickMessage(message: string, rule: MessageRule): string {
  let text = message.replace(/^(?:[ \t\r]*\n)+/, "");
  text = appendLine(text, `(cherry picked from commit ${rule.source})`);
  for (const { key, value } of rule.trailers) text = appendLine(text, `${key}: ${value}`);
  if (rule.signoff !== null) {
    const line = `Signed-off-by: ${rule.signoff}`;
    if (lastTrailer(text) !== line) text = appendLine(text, line);
  }
  return cleanWhitespace(text);
}

function appendLine(text: string, line: string): string {
  const complete = text === "" || text.endsWith("\n") ? text : `${text}\n`;
  return endsInTrailers(complete) ? `${complete}${line}\n` : `${complete}\n${line}\n`;
}

/** What git takes for white space: unlike `\s`, no form feed and no byte above 0x7f. */
const BLANK = /^[ \t\r]*$/;
const SCISSORS = `\n# ${"-".repeat(24)} >8 ${"-".repeat(24)}\n`;

/**
 * Whether a message ends in a trailer block. Source: git's trailer.c: the last paragraph, never the first, holds only
 * trailers, or at least a quarter trailers among them one that git writes itself; a comment line does not count, and a
 * line that starts with white space continues the trailer above it.
 */
export function endsInTrailers(text: string): boolean {
  return trailerBlock(text) !== null;
}

/** The block's last trailer, without lines that continue it; null if there is no block. */
function lastTrailer(text: string): string | null {
  let continues = false;
  return (trailerBlock(text) ?? []).reduce<string | null>((last, line) => {
    if (continues && /^[ \t\r]/.test(line)) return last;
    continues = TRAILER.test(line);
    return line;
  }, null);
}

/** The lines of the trailer block, comments too; null if the message does not end in one. */
function trailerBlock(text: string): readonly string[] | null {
  const lines = text.slice(0, endOfLog(text)).replace(/\n$/, "").split("\n");
  const titleEnd = lines.findIndex((line) => BLANK.test(line));
  if (titleEnd < 0) return null;
  let generated = false;
  let onlyBlank = true;
  let trailers = 0;
  let others = 0;
  let continuations = 0;
  for (let n = lines.length - 1; n >= titleEnd; n--) {
    const line = lines[n] ?? "";
    if (line.startsWith("#")) {
      others += continuations;
      continuations = 0;
    } else if (BLANK.test(line)) {
      if (onlyBlank) continue;
      others += continuations;
      const isBlock = (generated && trailers * 3 >= others) || (trailers > 0 && others === 0);
      return isBlock ? lines.slice(n + 1) : null;
    } else {
      onlyBlank = false;
      if (GENERATED.test(line)) generated = true;
      if (GENERATED.test(line) || TRAILER.test(line)) {
        trailers += 1;
        continuations = 0;
      } else if (/^[ \t\r]/.test(line)) {
        continuations += 1;
      } else {
        others += 1 + continuations;
        continuations = 0;
      }
    }
  }
  return null;
}

/**
 * Where git takes a log message to end: before comments, empty lines and the list of conflicted paths that old versions
 * left below it, and before a scissors line. Source: git's `ignored_log_message_bytes`.
 */
function endOfLog(text: string): number {
  const scissors = `\n${text}`.indexOf(SCISSORS);
  const cutoff = scissors < 0 ? text.length : scissors;
  let start = 0; // of the run that is left out, if it goes on to the end
  let inConflicts = false;
  for (let at = 0; at < cutoff;) {
    const newline = text.indexOf("\n", at);
    const next = newline < 0 ? text.length : newline + 1;
    if (text[at] === "#" || text[at] === "\n") {
      start ||= at;
    } else if (text.startsWith("Conflicts:\n", at)) {
      inConflicts = true;
      start ||= at;
    } else if (!(inConflicts && text[at] === "\t")) {
      if (start > 0) inConflicts = false;
      start = 0;
    }
    at = next;
  }
  return start === 0 ? cutoff : start;
}

/** git's `--cleanup=whitespace`: no trailing white space, no blank lines at the ends, none twice in a row. */
export function cleanWhitespace(text: string): string {
  const lines = text.split("\n").map((line) => line.replace(/[ \t\r]+$/, ""));
  const kept = lines.filter((line, n) => line !== "" || (n > 0 && lines[n - 1] !== ""));
  while (kept[0] === "") kept.shift();
  while (kept.at(-1) === "") kept.pop();
  return kept.length === 0 ? "" : `${kept.join("\n")}\n`;
}
