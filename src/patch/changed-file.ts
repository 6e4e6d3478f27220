// A diff without context, as git prints it with rename detection -> what people call the changed files of a commit.
import { parseQuotedPath, quotePath, type BytePath } from "../object/path.ts";
import { readable } from "../object/text.ts";

/** A run of changed lines. Text is decoded for people, without line breaks. */
export interface ChangedHunk {
  /** 1-based first line in the new file; 0 for a hunk that only takes lines away at the file's beginning. */
  readonly line: number;
  /** The heading that git finds above the hunk, such as a function's first line; empty without one. */
  readonly section: string;
  readonly removed: readonly string[];
  readonly added: readonly string[];
}

/** One changed path of a commit. Binary files and submodules have no hunks. */
export interface ChangedFile {
  /** As git quotes it. */
  readonly path: string;
  /** The path before, of a renamed file. */
  readonly from: string | null;
  /** A file that becomes a link is deleted and added, as git's patches have it. */
  readonly status: "added" | "deleted" | "modified" | "renamed";
  readonly binary: boolean;
  readonly hunks: readonly ChangedHunk[];
}

/** Reads `git diff-tree -p -U0 -M`; bytes as latin1. In git's order. */
export function changedFiles(diff: string): ChangedFile[] {
  const files: (ChangedFile & { hunks: ChangedHunk[] })[] = [];
  const lines = diff.split("\n");
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (line.startsWith("diff --git ")) {
      const header = headerOf(lines, at);
      files.push({ ...header.file, hunks: [] });
      at = header.end - 1;
      continue;
    }
    const head = /^@@ -\d+(?:,(\d+))? \+(\d+)(?:,(\d+))? @@ ?(.*)$/.exec(line);
    if (head === null) continue;
    const [, minus = "1", start = "0", plus = "1", section = ""] = head;
    const take = (sign: string, count: number): string[] => {
      const taken: string[] = [];
      while (taken.length < count && (lines[at + 1] ?? "").startsWith(sign))
        taken.push(readable((lines[++at] ?? "").slice(1)));
      if ((lines[at + 1] ?? "").startsWith("\\")) at++; // "No newline at end of file"
      return taken;
    };
    const removed = take("-", Number(minus));
    files
      .at(-1)
      ?.hunks.push({ line: Number(start), section: readable(section), removed, added: take("+", Number(plus)) });
  }
  return files;
}

/** `end`: the first line that is no header any more. */
function headerOf(lines: readonly string[], at: number): { file: ChangedFile; end: number } {
  let end = at + 1;
  let status: ChangedFile["status"] = "modified";
  let binary = false;
  let [from, to] = namesOf(lines[at] ?? "");
  for (; end < lines.length; end++) {
    const line = lines[end] ?? "";
    if (line.startsWith("@@ ") || line.startsWith("diff --git ")) break;
    if (line.startsWith("new file mode")) status = "added";
    else if (line.startsWith("deleted file mode")) status = "deleted";
    else if (line.startsWith("rename from ")) [from, status] = [parseQuotedPath(line.slice(12)), "renamed"];
    else if (line.startsWith("rename to ")) to = parseQuotedPath(line.slice(10));
    else if (line.startsWith("Binary files ")) binary = true;
  }
  return {
    file: { path: quotePath(to), from: status === "renamed" ? quotePath(from) : null, status, binary, hunks: [] },
    end,
  };
}

/** `diff --git a/x b/x`, quoted or not. Where the names differ, the lines that follow say it again. */
function namesOf(header: string): [BytePath, BytePath] {
  const rest = header.slice("diff --git ".length);
  if (rest.startsWith('"')) {
    const quoted = /^"(?:[^"\\]|\\.)*"/.exec(rest)?.[0] ?? rest;
    const name = parseQuotedPath(quoted).slice(2) as BytePath;
    return [name, name];
  }
  const name = rest.slice(2, (rest.length - 1) / 2) as BytePath;
  return [name, name];
}
