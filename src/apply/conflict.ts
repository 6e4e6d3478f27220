// What a conflict is, in words and regions that a person can act on.
import type { MergeRequest } from "../git/merge-tree.ts";
import { mergeTrees } from "../git/merge-tree.ts";
import type { Scratch } from "../git/scratch.ts";
import { quotePath, type BytePath } from "../object/path.ts";
import { isRegular, MODE_GITLINK, parseTree, serialiseTree, type TreeEntry } from "../object/tree.ts";
import type { ConflictedPath, ConflictKind, ConflictRegion } from "../wire/plan.ts";
import type { Conflict, Stage } from "./tree-merge.ts";

const MAX_REGIONS = 50;
/** Lines of one side that are shown of a region; a longer one ends in a line that counts the rest. */
const MAX_LINES = 200;

/** The kind that people know, from the stages there are and git's own types. */
export function conflictKind({ types, base, ours, theirs }: Conflict): ConflictKind {
  const said = (words: RegExp): boolean => types.some((type) => words.test(type));
  if (said(/file\/directory/)) return "file/directory";
  if (said(/directory rename/)) return "directory-rename";
  if (said(/rename\/delete/)) return "rename/delete";
  if (said(/rename\/rename/)) return "rename/rename";
  if (said(/rename involved in collision/)) return "rename/add";
  if (said(/modify\/delete/)) return "modify/delete";
  if (said(/submodule/) || [base, ours, theirs].some((stage) => stage?.mode === MODE_GITLINK)) return "submodule";
  if (said(/binary/)) return "binary";
  if (said(/distinct modes|distinct types/)) return "type";
  if (ours !== null && theirs !== null) {
    if (ours.oid === theirs.oid) return "mode";
    if (!isRegular(ours.mode) || !isRegular(theirs.mode)) return "type";
    return base === null ? "add/add" : "content";
  }
  if (base !== null && (ours === null) !== (theirs === null)) return "modify/delete";
  return "other";
}

/** Conflicts as wire values, with the regions of those that are about lines. `causes` is left for later. */
export async function describeConflicts(scratch: Scratch, conflicts: readonly Conflict[]): Promise<ConflictedPath[]> {
  const regions = await regionsOf(scratch, conflicts);
  return conflicts.map((conflict, n) => {
    const found = regions[n] ?? [];
    return {
      path: quotePath(conflict.path),
      kind: conflictKind(conflict),
      base: wireStage(conflict.base),
      ours: wireStage(conflict.ours),
      theirs: wireStage(conflict.theirs),
      regions: found.slice(0, MAX_REGIONS),
      moreRegions: Math.max(0, found.length - MAX_REGIONS),
      causes: null,
    };
  });
}

function wireStage(stage: Stage | null): ConflictedPath["base"] {
  return stage === null ? null : { mode: stage.mode, oid: stage.oid, path: quotePath(stage.path) };
}

/**
 * Merges the files once more with git's diff3 style, each under a name of its own, and reads the regions between the
 * markers. The verdict is not taken from here: that style refines conflicts less than the default one.
 */
async function regionsOf(scratch: Scratch, conflicts: readonly Conflict[]): Promise<ConflictRegion[][]> {
  const files = conflicts.flatMap((conflict, n) => (isAboutLines(conflict) ? [{ conflict, n }] : []));
  if (files.length === 0) return [];
  const side = (pick: (conflict: Conflict) => Stage | null): string => {
    const entries = files.flatMap(({ conflict, n }): [BytePath, TreeEntry][] => {
      const stage = pick(conflict);
      return stage === null ? [] : [[String(n) as BytePath, { mode: stage.mode, oid: stage.oid }]];
    });
    return scratch.write("tree", serialiseTree(new Map(entries)));
  };
  const request: MergeRequest = { base: side((c) => c.base), ours: side((c) => c.ours), theirs: side((c) => c.theirs) };
  const [result] = await mergeTrees(scratch, [request], scratch.attributeTree("", new Map()), [
    "-c",
    "merge.conflictStyle=diff3",
  ]);
  if (result?.kind !== "merged") return [];
  const tree = await scratch.reader.read(result.tree);
  const entries = parseTree(tree?.body ?? Buffer.alloc(0), scratch.repository.objectFormat);
  const found: ConflictRegion[][] = conflicts.map(() => []);
  await Promise.all(
    files.map(async ({ n }) => {
      const blob = await scratch.reader.read(entries.get(String(n) as BytePath)?.oid ?? "");
      if (blob !== null) found[n] = parseRegions(blob.body.toString("utf8"));
    }),
  );
  return found;
}

function isAboutLines({ ours, theirs }: Conflict): boolean {
  return ours !== null && theirs !== null && isRegular(ours.mode) && isRegular(theirs.mode) && ours.oid !== theirs.oid;
}

/** Cuts a file with diff3 markers, as git writes them with seven characters, into its regions. */
export function parseRegions(text: string): ConflictRegion[] {
  const regions: ConflictRegion[] = [];
  let side: "ours" | "base" | "theirs" | null = null;
  let region = { line: 1, base: [] as string[], ours: [] as string[], theirs: [] as string[] };
  let line = 1;
  for (const content of text.split("\n")) {
    if (side === null && content.startsWith("<<<<<<< ")) {
      side = "ours";
      region = { line, base: [], ours: [], theirs: [] };
    } else if (side === "ours" && content.startsWith("||||||| ")) side = "base";
    else if (side === "base" && content === "=======") side = "theirs";
    else if (side === "ours" && content === "=======") side = "theirs";
    else if (side === "theirs" && content.startsWith(">>>>>>> ")) {
      regions.push({
        line: region.line,
        base: clip(region.base),
        ours: clip(region.ours),
        theirs: clip(region.theirs),
      });
      side = null;
    } else {
      if (side !== null) region[side].push(content);
      if (side === null || side === "ours") line++;
    }
  }
  return regions;
}

function clip(lines: string[]): string[] {
  return lines.length <= MAX_LINES ? lines : [...lines.slice(0, MAX_LINES), `… ${lines.length - MAX_LINES} more lines`];
}
