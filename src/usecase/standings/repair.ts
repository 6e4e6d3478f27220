// Which lines hold what a fix repairs: the lines it changes are looked for on each line, and where a line has none of
// them, git's blame says which commits brought them.
import { isAppError } from "../../error.ts";
import { blame, type LineRange } from "../../git/blame.ts";
import { fileHunks } from "../../git/file-hunks.ts";
import { lookUp, touchedPaths, type Touched } from "../../apply/touched.ts";
import { recall, remember } from "../../index/remembered.ts";
import type { CommitGraph } from "../../index/graph.ts";
import {
  isTelling,
  linesOfFile,
  squeezed,
  unaffected,
  type RepairedLine,
  type Unaffected,
} from "../../line/affected.ts";
import { isRegular, type TreeEntry } from "../../object/tree.ts";
import type { BytePath } from "../../object/path.ts";
import type { Line } from "../../wire/line.ts";
import type { Source } from "../../wire/plan.ts";
import type { Workspace } from "../workspace.ts";

/** Larger fixes are looked at as far as this; what is left out only makes "not affected" rarer. */
const MAX_FILES = 30;
const MAX_LINES = 400;

/** A line of the fix's pre-image, not yet blamed. Counted from 0. */
interface PreLine {
  readonly path: BytePath;
  readonly number: number;
  readonly text: string;
  readonly changed: boolean;
}

/**
 * Why lines do not need a fix, by the line's name; lines that may need it are left out. `named` are the commits that the
 * fix says it repairs. Ancestry alone decides what a line has: callers check for equivalents of `introduced`.
 */
export async function unaffectedLines(
  workspace: Workspace,
  graph: CommitGraph,
  source: Source,
  named: readonly string[],
  lines: readonly Line[],
): Promise<Map<string, Unaffected>> {
  // A shallow clone's history changes when it is deepened.
  if (workspace.repository.shallow) return findOut(workspace, graph, source, named, lines);
  const keyOf = ({ tip }: Line): string => `unaffected/${source.commit}${source.mainline ?? ""}/${named.length}/${tip}`;
  const known = new Map(
    lines.map((line) => [line.name, recall<Unaffected | null>(workspace.store, keyOf(line))] as const),
  );
  const open = lines.filter(({ name }) => known.get(name) === undefined);
  const found = open.length === 0 ? null : await findOut(workspace, graph, source, named, open);
  remember(
    workspace.store,
    open.map((line) => [keyOf(line), found?.get(line.name) ?? null]),
  );
  return new Map(
    lines.flatMap(({ name }) => {
      const why = known.get(name) ?? found?.get(name) ?? null;
      return why === null ? [] : [[name, why] as const];
    }),
  );
}

async function findOut(
  workspace: Workspace,
  graph: CommitGraph,
  source: Source,
  named: readonly string[],
  lines: readonly Line[],
): Promise<Map<string, Unaffected>> {
  const before = await preImage(workspace, source);
  const evidence = evidenceOf(before);
  const contents = await Promise.all(
    lines.map(async (line) => ({ line, files: await filesOf(workspace, line.tip, evidence) })),
  );
  const open = contents.filter(({ files }) => {
    if (files === null) return false;
    return (
      !evidence.some(({ path, text }) => files.get(path)?.has(text) === true) && evidence.length + named.length > 0
    );
  });
  if (open.length === 0) return new Map();
  const blamed =
    named.length > 0
      ? evidence.map((line) => ({ ...line, commit: "" }))
      : await blameLines(
          workspace,
          graph,
          source,
          evidence,
          open.map(({ line }) => line),
        );
  if (blamed === null) return new Map();
  const found = new Map<string, Unaffected>();
  for (const { line, files } of open) {
    const tip = graph.find(line.tip);
    if (tip === null) continue;
    const has = (commit: string): boolean => {
      const at = graph.find(commit);
      return at === null || graph.isAncestor(at, tip); // what is not known is taken to be there
    };
    const why = unaffected({ lines: blamed, named }, { has, file: (path) => files?.get(path) ?? null });
    if (why !== null) found.set(line.name, why);
  }
  return found;
}

/** Lines that the fix changes, and those beside what it only adds. */
async function preImage({ scratch, engine }: Workspace, source: Source): Promise<PreLine[]> {
  const parent = source.parents[(source.mainline ?? 1) - 1];
  const [commit, base] = await Promise.all([
    scratch.reader.commit(source.commit),
    parent === undefined ? null : scratch.reader.commit(parent),
  ]);
  if (commit === null || base === null) return [];
  const touched = await touchedPaths(engine.tree, base.tree, commit.tree).catch((error: unknown): Touched[] => {
    if (isAppError(error, "object-missing")) return []; // nothing can be said, so the lines may need it
    throw error;
  });
  const files = touched
    .filter((file): file is typeof file & { before: TreeEntry } => file.before !== null && isRegular(file.before.mode))
    .slice(0, MAX_FILES);
  const empty = { mode: "100644", oid: scratch.write("blob", Buffer.alloc(0)) } as const;
  const hunks = await fileHunks(
    scratch,
    files.map(({ before, after }) => [before, after !== null && isRegular(after.mode) ? after : empty]),
  );
  const found = await Promise.all(
    files.map(async ({ path, before }, n): Promise<PreLine[]> => {
      const blob = await scratch.reader.read(before.oid);
      if (blob === null) return [];
      const texts = blob.body.toString("latin1").split("\n");
      const line = (number: number, changed: boolean): PreLine[] => {
        const text = texts[number];
        return text === undefined || !isTelling(text) ? [] : [{ path, number, text: squeezed(text), changed }];
      };
      return (hunks[n] ?? []).flatMap(({ start, removed }) =>
        removed.length === 0
          ? [...line(start - 1, false), ...line(start, false)]
          : removed.flatMap((_, k) => line(start + k, true)),
      );
    }),
  );
  return found.flat();
}

/** What a fix changes tells more than what it stands beside. Texts are squeezed as `linesOfFile` does. */
function evidenceOf(lines: readonly PreLine[]): PreLine[] {
  const changed = lines.filter((line) => line.changed);
  return (changed.length > 0 ? changed : [...lines]).slice(0, MAX_LINES);
}

/** Null where a file cannot be read: what it holds is not known. */
async function filesOf(
  { scratch, engine }: Workspace,
  tip: string,
  evidence: readonly PreLine[],
): Promise<ReadonlyMap<BytePath, ReadonlySet<string>> | null> {
  const tree = (await scratch.reader.commit(tip))?.tree;
  const found = new Map<BytePath, ReadonlySet<string>>();
  if (tree === undefined) return found;
  const paths = [...new Set(evidence.map(({ path }) => path))];
  let unreadable = false;
  await Promise.all(
    paths.map(async (path) => {
      const entry = await lookUp(engine.tree, tree, path);
      if (entry === null || !isRegular(entry.mode)) return;
      const blob = await scratch.reader.read(entry.oid);
      if (blob === null) unreadable = true;
      else found.set(path, linesOfFile(blob.body.toString("latin1")));
    }),
  );
  return unreadable ? null : found;
}

/** Null where a line came from before all those release lines, so that all may need the fix. */
async function blameLines(
  { scratch }: Workspace,
  graph: CommitGraph,
  source: Source,
  evidence: readonly PreLine[],
  lines: readonly Line[],
): Promise<RepairedLine[] | null> {
  const parent = source.parents[(source.mainline ?? 1) - 1] ?? "";
  const shared = newestShared(graph, [parent, ...lines.map(({ tip }) => tip)]);
  const paths = [...new Set(evidence.map(({ path }) => path))];
  const answers = await Promise.all(
    paths.map(async (path) => {
      const own = evidence.filter((line) => line.path === path);
      const found = await blame(scratch, {
        commit: parent,
        path,
        ranges: rangesOf(own.map(({ number }) => number)),
        without: shared === null ? [] : [shared],
      });
      return own.map((line): RepairedLine | null => {
        const by = found.find(({ start, end }) => start <= line.number && line.number < end);
        return by === undefined ? null : { ...line, commit: by.commit };
      });
    }),
  );
  const blamed = answers.flat();
  return blamed.some((line) => line === null) ? null : blamed.filter((line) => line !== null);
}

/** Numbers in runs; ascending. */
function rangesOf(numbers: readonly number[]): LineRange[] {
  const ranges: { start: number; end: number }[] = [];
  for (const number of [...new Set(numbers)].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.end === number) last.end++;
    else ranges.push({ start: number, end: number + 1 });
  }
  return ranges;
}

/** The newest commit that all of them reach. */
function newestShared(graph: CommitGraph, commits: readonly string[]): string | null {
  const numbers = commits.map((commit) => graph.find(commit)).filter((number) => number !== null);
  if (numbers.length < commits.length) return null;
  const newest = graph.reach(numbers).every.lastIndexOf(1);
  return newest < 0 ? null : graph.oid(newest);
}
