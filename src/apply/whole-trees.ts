// Merges whole trees where renames could matter: git's own merge, under the attributes of ours.
import type { MergeMessage, MergeResult, StageEntry } from "../git/merge-tree.ts";
import { ancestors, type BytePath } from "../object/path.ts";
import type { AttributeFiles } from "./attribute-files.ts";
import { inShares, typesByPath, type Merger } from "./merger.ts";
import { orMissing, type Conflict, type Stage, type Task, type TreeMerge } from "./tree-merge.ts";

/** Whole-tree merges, batched by the attributes that govern them. */
export async function mergeWholeTrees(
  merger: Merger,
  files: AttributeFiles,
  tasks: readonly Task[],
): Promise<TreeMerge[]> {
  const results = new Array<TreeMerge>(tasks.length);
  let open = tasks.map((task, index) => ({ task, index, extra: [] as readonly BytePath[] }));
  while (open.length > 0) {
    const groups = new Map<string, typeof open>();
    const laid = await Promise.all(open.map(({ task, extra }) => orMissing(layAttributes(merger, files, task, extra))));
    for (const [n, item] of open.entries()) {
      const directory = laid[n] ?? "";
      if (typeof directory !== "string") {
        results[item.index] = directory;
        continue;
      }
      groups.set(directory, [...(groups.get(directory) ?? []), item]);
    }
    const again: typeof open = [];
    // Rename detection is what takes time here, so the processors share it.
    const shares = [...groups].flatMap(([directory, items]) =>
      inShares(items, 4).map((share) => ({ directory, share })),
    );
    const answers = await merger.runAll(
      shares.map(({ directory, share }) => ({ sides: share.map(({ task }) => task.sides), attributes: directory })),
    );
    for (const [k, { share }] of shares.entries()) {
      const merged = answers[k] ?? [];
      for (const [n, item] of share.entries()) {
        const result = merged[n];
        if (result?.kind === "merged" && item.extra.length === 0) {
          // git merged contents at a path that the patch does not name (a rename): its attributes must be there too.
          const extra = await orMissing(unforeseen(files, item.task, result.messages));
          if ("kind" in extra) {
            results[item.index] = extra;
            continue;
          }
          if (extra.length > 0) {
            again.push({ ...item, extra });
            continue;
          }
        }
        results[item.index] = await wholeResult(merger, item.task, result);
      }
    }
    open = again;
  }
  return results;
}

async function wholeResult(merger: Merger, task: Task, result: MergeResult | undefined): Promise<TreeMerge> {
  if (result === undefined || result.kind === "failed") {
    const stderr = result?.stderr.trim() ?? "";
    const objects = await merger.missingAmong(
      task.touched.flatMap(({ before, after }) => [before, after].flatMap((e) => (e === null ? [] : [e.oid]))),
    );
    return { kind: "missing", objects, detail: stderr === "" ? "git merge-tree ended without an answer" : stderr };
  }
  const { tree, touched } = { tree: result.tree, touched: task.touched };
  if (result.clean) return { kind: "clean", tree, touched, whole: true };
  return { kind: "conflict", tree, touched, whole: true, conflicts: conflictsOf(result.stages, result.messages) };
}

async function layAttributes(
  { scratch }: Merger,
  files: AttributeFiles,
  { sides, touched }: Task,
  extra: readonly BytePath[],
): Promise<string> {
  const laid = await files.at(sides.ours, [...touched.map(({ path }) => path), ...extra]);
  const key = laid.map(({ path, read }) => `${path}\0${read.deciding}\0`).join("");
  return scratch.attributeTree(
    key,
    new Map(laid.map(({ path, read }) => [path, Buffer.from(read.deciding, "latin1")])),
  );
}

async function unforeseen(
  files: AttributeFiles,
  { sides, touched }: Task,
  messages: readonly MergeMessage[],
): Promise<BytePath[]> {
  const foreseen = new Set(touched.flatMap(({ path }) => ancestors(path)));
  const paths = messages
    .flatMap((message) => message.paths)
    .filter((path) => ancestors(path).some((d) => !foreseen.has(d)));
  return (await files.at(sides.ours, paths)).some(({ path }) => path.includes("/")) ? paths : [];
}

function conflictsOf(stages: readonly StageEntry[], messages: readonly MergeMessage[]): Conflict[] {
  const types = typesByPath(messages);
  const paths = new Map<BytePath, Partial<Record<1 | 2 | 3, Stage>>>();
  for (const { path, stage, mode, oid } of stages) {
    paths.set(path, { ...paths.get(path), [stage]: { mode, oid, path } });
  }
  return [...paths].map(([path, found]) => ({
    path,
    types: types.get(path) ?? [],
    base: found[1] ?? null,
    ours: found[2] ?? null,
    theirs: found[3] ?? null,
  }));
}
