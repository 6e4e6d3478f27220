// What is hard about a scenario, read off its trees alone: so that a generator cannot flatter itself.
import { treeOf, type Scenario } from "./scenario.ts";
import { contentOf, difference, modeOf, sameEntry, type Entry, type FileTree } from "./tree.ts";

interface Change {
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
}

/** Names of all hard things the scenario holds, such as `rename/edit` or `symlink`. */
export function featuresOf(scenario: Scenario): ReadonlySet<string> {
  const found = new Set<string>([`shape ${scenario.shape}${scenario.mainline ?? ""}`]);
  const base = treeOf(scenario, "base");
  const [source, line] = [treeOf(scenario, "source"), treeOf(scenario, "line")];
  const [ours, theirs] = [changesOf(base, line), changesOf(base, source)];
  const moved = { line: renames(base, line), source: renames(base, source) };
  if (theirs.size === 0) found.add("empty commit");
  for (const [path, change] of theirs) for (const name of pairFeatures(change, ours.get(path))) found.add(name);
  for (const [side, from, changes, added] of [
    ["source", moved.source, ours, line],
    ["line", moved.line, theirs, source],
  ] as const) {
    if (from.size > 0) found.add(`rename by ${side}`);
    for (const [path, to] of from) {
      if (changes.get(path)?.after !== undefined) found.add(`rename by ${side}, edit by the other`);
      if (changes.has(path) && changes.get(path)?.after === undefined) found.add("rename/delete or rename");
      const directory = path.slice(0, path.lastIndexOf("/") + 1);
      const left = ![...(side === "source" ? source : line).keys()].some((key) => key.startsWith(directory));
      const addition = [...added.keys()].some((key) => key.startsWith(directory) && !base.has(key));
      if (directory !== "" && left && addition && !to.startsWith(directory))
        found.add("directory rename against an addition");
    }
  }
  for (const tree of [base, source, line])
    for (const [path, entry] of tree) for (const name of entryFeatures(path, entry)) found.add(name);
  if (scenario.encoding !== undefined) found.add("encoding");
  return found;
}

function changesOf(from: FileTree, to: FileTree): Map<string, Change> {
  return new Map(
    [...difference(from, to).keys()].map((path) => [path, { before: from.get(path), after: to.get(path) }]),
  );
}

function pairFeatures(theirs: Change, ours: Change | undefined): string[] {
  const found: string[] = [];
  const [before, after] = [theirs.before, theirs.after];
  if (before !== undefined && after !== undefined && modeOf(before) !== modeOf(after)) {
    found.push(modeOf(before).startsWith("100") && modeOf(after).startsWith("100") ? "mode change" : "type change");
  }
  if (ours === undefined) return found;
  if (before === undefined) found.push("add/add");
  else if (after === undefined && ours.after === undefined) found.push("delete/delete");
  else if (after === undefined || ours.after === undefined) found.push("modify/delete");
  else found.push(sameEntry(after, ours.after) ? "same edit on both sides" : "edits by both sides");
  return found;
}

/** Paths that went, with a new path that holds at least half of their lines. */
function renames(from: FileTree, to: FileTree): Map<string, string> {
  const found = new Map<string, string>();
  const added = [...to].filter(([path]) => !from.has(path));
  for (const [path, entry] of from) {
    if (to.has(path) || linesOf(entry).length < 3) continue;
    const match = added.find(([, candidate]) => similar(entry, candidate));
    if (match !== undefined) found.set(path, match[0]);
  }
  return found;
}

function similar(a: Entry, b: Entry): boolean {
  const [left, right] = [linesOf(a), new Set(linesOf(b))];
  return left.filter((line) => right.has(line)).length * 2 > Math.max(left.length, right.size);
}

function linesOf(entry: Entry): string[] {
  const body = contentOf(entry);
  return typeof body === "string" ? body.split("\n") : [];
}

function entryFeatures(path: string, entry: Entry): string[] {
  const found: string[] = [];
  const body = contentOf(entry);
  if (modeOf(entry) === "120000") found.push("symlink");
  if (modeOf(entry) === "160000") found.push("submodule");
  if (path.endsWith(".gitattributes") && typeof body === "string") {
    found.push(path.includes("/") ? "nested attributes" : "root attributes");
    for (const rule of ["merge=union", "binary", "-merge", "text", "merge=custom-driver"])
      if (body.includes(rule)) found.push(`attribute ${rule}`);
  }
  if (typeof body === "string" && modeOf(entry) !== "120000") {
    if (body === "") found.push("empty file");
    else if (!body.endsWith("\n")) found.push("no last newline");
    if (body.includes("\0")) found.push("binary content");
    if (body.includes("\r\n")) found.push("CRLF");
  }
  for (const [name, pattern] of STRANGE) if (pattern.test(path)) found.push(`name with ${name}`);
  return found;
}

const STRANGE: readonly (readonly [string, RegExp])[] = [
  ["a space", / /],
  ["a quote", /"/],
  ["a newline", /\n/],
  ["a leading dash", /(^|\/)-/],
  ["UTF-8", /\xc3\xa9/],
  ["bytes that are not UTF-8", /\xff/],
  ["great depth", /(deep\/){40}/],
];
