// A merged text as its parts: what git merged, and the regions that it left to a person. Texts are merged once more
// with markers that none of them holds, so that no line of any side can be taken for one.
import { mergeTrees } from "../git/merge-tree.ts";
import type { Scratch } from "../git/scratch.ts";
import type { BytePath } from "../object/path.ts";
import { readable } from "../object/text.ts";
import { parseTree, serialiseTree, type Mode, type TreeEntry } from "../object/tree.ts";
import type { AddedHunk } from "../wire/class.ts";
import type { Conflict, Stage } from "./tree-merge.ts";

/** Lines with their ends, bytes as latin1. */
type Lines = readonly string[];

export interface Region {
  readonly ours: Lines;
  readonly theirs: Lines;
}

export interface MergedText {
  /** Merged lines and regions, in turn: the first and the last are merged lines, perhaps none. */
  readonly merged: readonly Lines[];
  readonly regions: readonly Region[];
  /** Lines of ours in all regions. */
  readonly own: ReadonlySet<string>;
}

const REGULAR: Mode = "100644";

/** In the order asked. Null where git reads no text: binary contents. */
export async function mergedTexts(
  scratch: Scratch,
  conflicts: readonly Pick<Conflict, "base" | "ours" | "theirs">[],
): Promise<(MergedText | null)[]> {
  if (conflicts.length === 0) return [];
  const sizes = await Promise.all(
    conflicts.map(async ({ base, ours, theirs }) => {
      const bodies = await Promise.all([base, ours, theirs].map((stage) => bodyOf(scratch, stage)));
      return Math.max(...bodies.map(longestRun)) + 1;
    }),
  );
  const side = (pick: (conflict: Pick<Conflict, "base" | "ours" | "theirs">) => Stage | null): string => {
    const entries = conflicts.flatMap((conflict, n): [BytePath, TreeEntry][] => {
      const stage = pick(conflict);
      // Modes are judged elsewhere.
      return stage === null ? [] : [[String(n) as BytePath, { mode: REGULAR, oid: stage.oid }]];
    });
    return scratch.write("tree", serialiseTree(new Map(entries)));
  };
  const attributes = sizes.map((size, n) => `/${n} conflict-marker-size=${size}\n`).join("");
  const [result] = await mergeTrees(
    scratch,
    [{ base: side((c) => c.base), ours: side((c) => c.ours), theirs: side((c) => c.theirs) }],
    scratch.attributeTree(`marker sizes ${attributes}`, new Map([[ATTRIBUTES, Buffer.from(attributes)]])),
  );
  if (result?.kind !== "merged") return conflicts.map(() => null);
  const binary = new Set(result.messages.flatMap(({ type, paths }) => (/binary/i.test(type) ? paths.map(String) : [])));
  const tree = parseTree(
    (await scratch.reader.read(result.tree))?.body ?? Buffer.alloc(0),
    scratch.repository.objectFormat,
  );
  return Promise.all(
    sizes.map(async (size, n) => {
      const entry = tree.get(String(n) as BytePath);
      if (entry === undefined || binary.has(String(n))) return null;
      const blob = await scratch.reader.read(entry.oid);
      return blob === null ? null : cut(blob.body, size);
    }),
  );
}

const ATTRIBUTES = ".gitattributes" as BytePath;

async function bodyOf(scratch: Scratch, stage: Stage | null): Promise<Buffer> {
  return (stage === null ? null : await scratch.reader.read(stage.oid))?.body ?? Buffer.alloc(0);
}

/** Of the characters that markers are made of, at the beginning of a line; seven at least, which is git's own size. */
function longestRun(body: Buffer): number {
  const runs = body.toString("latin1").match(/^(?:<{7,}|={7,}|>{7,}|\|{7,})/gm) ?? [];
  return Math.max(7, ...runs.map(({ length }) => length));
}

function cut(body: Buffer, size: number): MergedText {
  const merged: string[][] = [[]];
  const regions: { ours: string[]; theirs: string[] }[] = [];
  const marker = (line: string, char: string): boolean =>
    line.startsWith(char.repeat(size)) && /^(?: |\r?$)/.test(line.slice(size).replace(/\n$/, ""));
  let side: "merged" | "ours" | "theirs" = "merged";
  for (const line of linesOf(body)) {
    if (side === "merged" && marker(line, "<")) {
      side = "ours";
      regions.push({ ours: [], theirs: [] });
    } else if (side === "ours" && marker(line, "=")) side = "theirs";
    else if (side === "theirs" && marker(line, ">")) {
      side = "merged";
      merged.push([]);
    } else if (side === "merged") merged.at(-1)?.push(line);
    else regions.at(-1)?.[side].push(line);
  }
  return { merged, regions, own: new Set(regions.flatMap(({ ours }) => ours)) };
}

function linesOf(body: Buffer): string[] {
  return body.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/**
 * What stands in the regions of a resolved text that no side holds, and what the source has there and the text lacks.
 * Null if the text differs from the merged one outside of the regions.
 */
export function insideRegions({ merged, regions }: MergedText, body: Buffer): Omit<AddedHunk, "path">[] | null {
  const lines = linesOf(body);
  const [first = [], ...rest] = merged;
  const last = rest.pop();
  if (last === undefined) return sameLines(lines, first) ? [] : null;
  const end = lines.length - last.length;
  if (first.length > end || !standsAt(lines, first, 0) || !standsAt(lines, last, end)) return null;
  const hunks: Omit<AddedHunk, "path">[] = [];
  let at = first.length;
  for (const [n, region] of regions.entries()) {
    const next = rest[n];
    // The first place where the merged lines go on; if any place does, then the first one does.
    const until = next === undefined ? end : indexOf(lines, next, at, end);
    if (until < 0) return null;
    hunks.push(...insideOne(region, lines.slice(at, until), at));
    at = until + (next?.length ?? 0);
  }
  return hunks;
}

function insideOne({ ours, theirs }: Region, found: Lines, at: number): Omit<AddedHunk, "path">[] {
  const known = new Set([...ours, ...theirs]);
  const firstNew = found.findIndex((line) => !known.has(line));
  const added = found.filter((line) => !known.has(line));
  const removed = theirs.filter((line) => !found.includes(line));
  if (added.length + removed.length === 0) return [];
  return [{ line: firstNew < 0 ? 0 : at + firstNew + 1, removed: removed.map(shown), added: added.map(shown) }];
}

/** A line for people, without its end. */
export function shown(line: string): string {
  return readable(line.replace(/\n$/, ""));
}

function indexOf(lines: Lines, wanted: Lines, from: number, end: number): number {
  for (let at = from; at + wanted.length <= end; at++) if (standsAt(lines, wanted, at)) return at;
  return -1;
}

function standsAt(lines: Lines, wanted: Lines, at: number): boolean {
  return wanted.every((line, n) => lines[at + n] === line);
}

function sameLines(a: Lines, b: Lines): boolean {
  return a.length === b.length && standsAt(a, b, 0);
}

export interface Span {
  /** Lines counted from 0; `end` is not among them. */
  readonly start: number;
  readonly end: number;
}

/** The text with every region as the source has it, written to the scratch repository, and where its regions stand. */
export function theirsTaken(
  scratch: Scratch,
  { merged, regions }: MergedText,
  mode: Mode,
): { entry: TreeEntry; spans: Span[] } {
  const lines: string[] = [];
  const spans: Span[] = [];
  for (const [n, some] of merged.entries()) {
    lines.push(...some);
    const region = regions[n];
    if (region === undefined) continue;
    spans.push({ start: lines.length, end: lines.length + region.theirs.length });
    lines.push(...region.theirs);
  }
  return { entry: { mode, oid: scratch.write("blob", Buffer.from(lines.join(""), "latin1")) }, spans };
}
