// Where the version stands in a TOML file: the one key that release files need, read line by line.
import type { Span } from "./json-value.ts";

interface Entry {
  /** The table's name in its parts; `[[package]]` as `[package]`. */
  readonly table: readonly string[];
  /** Counted from the file's start: tells one `[[package]]` from the next. */
  readonly section: number;
  readonly key: string;
  /** Of the content between the quotes. */
  readonly span: Span;
}

const HEADER = /^[ \t]*\[{1,2}([^[\]]+)\]{1,2}[ \t]*(?:#.*)?\r?$/;
const ASSIGNMENT = /^([ \t]*(?:"([\w.-]+)"|([\w-]+(?:[ \t]*\.[ \t]*[\w-]+)*))[ \t]*=[ \t]*)(["'])([^"'\n]*)\4/;

/** Strings that stand on one line, in order. What multi-line strings hold is no entry. */
function entries(text: string): Entry[] {
  const found: Entry[] = [];
  let table: readonly string[] = [];
  let section = 0;
  let closing: string | null = null;
  let at = 0;
  for (const line of text.split("\n")) {
    const start = at;
    at += line.length + 1;
    if (closing !== null) {
      if (line.includes(closing)) closing = null;
      continue;
    }
    const header = HEADER.exec(line)?.[1];
    if (header !== undefined) {
      table = header.split(".").map((part) => part.trim().replace(/^["']|["']$/g, ""));
      section += 1;
      continue;
    }
    const opened = /=[ \t]*("""|''')/.exec(line);
    if (opened !== null) {
      const mark = opened[1] ?? "";
      if (!line.slice(opened.index + opened[0].length).includes(mark)) closing = mark;
      continue;
    }
    const [, before = "", quoted, bare, , value = ""] = ASSIGNMENT.exec(line) ?? [];
    if (before === "") continue;
    const path = quoted === undefined ? (bare ?? "").split(".").map((part) => part.trim()) : [quoted];
    const from = start + before.length + 1;
    found.push({
      table: [...table, ...path.slice(0, -1)],
      section,
      key: path.at(-1) ?? "",
      span: { start: from, end: from + value.length },
    });
  }
  return found;
}

const isTable = ({ table }: Entry, wanted: readonly string[]): boolean =>
  table.length === wanted.length && wanted.every((part, n) => table[n] === part);

/** The `version` of a table. */
export function tomlVersion(text: string, table: readonly string[]): Span | null {
  return entries(text).find((entry) => entry.key === "version" && isTable(entry, table))?.span ?? null;
}

/** The version that a Cargo.lock holds of the package that the manifest beside it describes; not of one from a registry. */
export function cargoLockVersion(lock: string, manifest: string): Span | null {
  const named = entries(manifest).find((entry) => entry.key === "name" && isTable(entry, ["package"]));
  if (named === undefined) return null;
  const name = manifest.slice(named.span.start, named.span.end);
  const all = entries(lock).filter((entry) => isTable(entry, ["package"]));
  const own = all.find(
    ({ key, span, section }) =>
      key === "name" &&
      lock.slice(span.start, span.end) === name &&
      !all.some((other) => other.section === section && other.key === "source"),
  );
  return all.find(({ key, section }) => key === "version" && section === own?.section)?.span ?? null;
}
