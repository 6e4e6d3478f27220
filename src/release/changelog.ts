// A changelog and a release's notes -> the changelog with a section for the release. Texts are bytes as latin1. Pure.

/** `## v2.7.0 (2025-01-01)`, `## [2.7.0] - 2025-01-01`, `# 2.7.0`: a heading with a version in it. */
const HEADING = /^(#{1,3}) +\[?(?:(?:version|release) )?[A-Za-z-]*?(\d+(?:\.\d+)+[\w.+-]*)\]?(.*)$/im;
const DAY = /\d{4}-\d{2}-\d{2}/;
/** What stands behind a version beside the day, and says nothing. */
const PLAIN = /^[\s()–—:,-]*$/;

export interface Section {
  /** Without the tag's prefix. */
  readonly version: string;
  /** `2026-01-02` */
  readonly day: string;
  /** As `releaseNotes` gives them, their heading first; UTF-8 bytes as latin1. */
  readonly notes: string;
}

/**
 * The section stands above the newest one, below whatever introduces the file or says what is unreleased; its heading
 * is spelt as the one below it. The file as it is if it has a section of that version; a new one if there is none.
 */
export function withSection(text: string | null, { version, day, notes }: Section): string {
  if (text === null) return `# Changelog\n\n${notes}`;
  const newest = HEADING.exec(text);
  if (sections(text).includes(version)) return text;
  const ending = text.includes("\r\n") ? "\r\n" : "\n";
  const section = (newest === null ? notes : respelt(notes, newest, version, day)).replaceAll("\n", ending);
  if (newest !== null) return `${text.slice(0, newest.index)}${section}${ending}${text.slice(newest.index)}`;
  const before = text === "" || text.endsWith("\n") ? text : `${text}${ending}`;
  const top = /^# .*\r?\n(?:\r?\n)*/.exec(before)?.[0] ?? "";
  const rest = before.slice(top.length);
  const gap = top === "" || top.endsWith(`${ending}${ending}`) ? "" : ending;
  return `${top}${gap}${section}${rest === "" ? "" : ending}${rest}`;
}

function sections(text: string): string[] {
  return [...text.matchAll(new RegExp(HEADING, "gim"))].map(([, , version = ""]) => version);
}

/** The notes under a heading like the newest section's. One that says more than version and day would say it of this one. */
function respelt(
  notes: string,
  [heading, marks = "##", before = "", rest = ""]: RegExpExecArray,
  version: string,
  day: string,
): string {
  const [usual = "", ...lines] = notes.split("\n");
  const isPlain = PLAIN.test(rest.replace(DAY, ""));
  const own = isPlain ? heading.trimEnd().replace(before, version).replace(DAY, day) : usual.replace(/^#+/, marks);
  return [own, ...lines.map((line) => line.replace(/^##(?=# )/, marks))].join("\n");
}
