// Which commits the lines of a file came from, by `git blame` of those lines alone.
import { pathBytes, type BytePath } from "../object/path.ts";
import { run, type GitContext } from "./run.ts";

/** Lines counted from 0, the end not among them. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

export interface BlamedLines extends LineRange {
  readonly commit: string;
}

export interface BlameQuestion {
  /** The commit whose version of the file is asked about. */
  readonly commit: string;
  readonly path: BytePath;
  readonly ranges: readonly LineRange[];
  /** Where blame stops: lines that these commits have are not answered. */
  readonly without: readonly string[];
}

/** Lines by the commit that brought them, also across renames. Empty where git cannot tell. */
export async function blame(context: GitContext, question: BlameQuestion): Promise<BlamedLines[]> {
  const path = argumentOf(question.path);
  if (path === null || question.ranges.length === 0) return [];
  const args = [
    "blame",
    "--incremental", // positions alone, as they are found
    "--root", // a root commit is an answer like any other
    ...question.ranges.map(({ start, end }) => `-L${start + 1},${end}`),
    ...question.without.map((oid) => `^${oid}`),
    question.commit,
    "--",
    path,
  ];
  const done = await run(context, args, { ok: [0, 128] });
  const found: BlamedLines[] = [];
  let current: BlamedLines | null = null;
  for (const line of done.stdout.toString("latin1").split("\n")) {
    const head = /^([0-9a-f]{40,64}) \d+ (\d+) (\d+)$/.exec(line);
    if (head !== null) {
      const start = Number(head[2]) - 1;
      current = { commit: head[1] ?? "", start, end: start + Number(head[3]) };
    } else if (line === "boundary") {
      current = null;
    } else if (line.startsWith("filename ") && current !== null) {
      found.push(current);
      current = null;
    }
  }
  return found;
}

/** A path as an argument; null where it is not UTF-8, which no argument can carry. */
export function argumentOf(path: BytePath): string | null {
  const text = pathBytes(path).toString("utf8");
  return text.includes("\ufffd") ? null : text;
}
