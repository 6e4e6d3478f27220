// The hermetic engine: merges many (base, ours, theirs) trees at once, exactly as git would, in the scratch repository.
// Paths that only one side changed are decided here; all contents that both sides changed go to git in one merge;
// whole trees go to git only where renames could matter.
import { AppError, unreachable } from "../error.ts";
import type { Scratch } from "../git/scratch.ts";
import { hashObject } from "../object/hash.ts";
import type { BytePath } from "../object/path.ts";
import { MODE_GITLINK, MODE_TREE, serialiseTree, type Tree, type TreeEntry } from "../object/tree.ts";
import { AttributeFiles } from "./attribute-files.ts";
import { mergeContents, type ContentResult } from "./contents.ts";
import { decide, type ContentMerge, type Decision, type Sides } from "./decide.ts";
import { Merger } from "./merger.ts";
import { splice } from "./splice.ts";
import { touchedPaths } from "./touched.ts";
import { orMissing, type Conflict, type Task, type TreeMerge } from "./tree-merge.ts";
import { mergeWholeTrees } from "./whole-trees.ts";

/** Merges decided together; bounds memory. */
const CHUNK = 512;

export class MergeEngine {
  readonly scratch: Scratch;
  readonly #overlay = new Map<string, Tree>();
  readonly #attributes: AttributeFiles;
  readonly #merger: Merger;

  constructor(scratch: Scratch) {
    this.scratch = scratch;
    this.#merger = new Merger(scratch);
    this.#attributes = new AttributeFiles((oid) => this.tree(oid), scratch.reader);
  }

  /** A directory, made here or stored in the repository. */
  readonly tree = (oid: string): Promise<Tree | null> => {
    const made = this.#overlay.get(oid);
    return made === undefined ? this.scratch.reader.tree(oid) : Promise.resolve(made);
  };

  readonly #write = (tree: Tree): string => {
    const body = serialiseTree(tree);
    const oid = hashObject(this.scratch.repository.objectFormat, "tree", body);
    if (!this.#overlay.has(oid)) this.#overlay.set(oid, tree);
    return oid;
  };

  /** Writes a tree made here, with all below it, to the scratch repository, where git processes see it. */
  publish(root: string): void {
    const tree = this.#overlay.get(root);
    if (tree === undefined) return;
    for (const { mode, oid } of tree.values()) if (mode === MODE_TREE) this.publish(oid);
    this.scratch.write("tree", serialiseTree(tree));
  }

  /** Forgets the trees made so far, for callers that only wanted their IDs. */
  forget(): void {
    this.#overlay.clear();
  }

  /** Sets and removes entries of a tree; gives the new root's ID. */
  splice(root: string, edits: ReadonlyMap<BytePath, TreeEntry | null>): Promise<string> {
    return splice(this.tree, this.#write, root, edits);
  }

  /** Merges independent trees; the answers stand in the order of the questions. */
  async merge(requests: readonly Sides[]): Promise<TreeMerge[]> {
    const results: TreeMerge[] = [];
    for (let at = 0; at < requests.length; at += CHUNK) {
      results.push(...(await this.#chunk(requests.slice(at, at + CHUNK))));
    }
    return results;
  }

  close(): void {
    this.#merger.close();
  }

  async #chunk(requests: readonly Sides[]): Promise<TreeMerge[]> {
    const prepared = await Promise.all(requests.map((sides) => this.#prepare(sides)));
    const results: (TreeMerge | null)[] = prepared.map((task) => ("kind" in task ? task : null));
    const byPath: { index: number; task: Task; decision: Extract<Decision, { kind: "by-path" }> }[] = [];
    const whole: { index: number; task: Task }[] = [];
    for (const [index, task] of prepared.entries()) {
      if ("kind" in task) continue;
      const { decision } = task;
      if (decision.kind === "by-path") byPath.push({ index, task, decision });
      else whole.push({ index, task });
    }
    const merges = byPath.flatMap(({ decision }) => decision.merge);
    const [contents, trees] = await Promise.all([
      mergeContents(this.#merger, merges),
      this.#wholeTrees(whole.map(({ task }) => task)),
    ]);
    let next = 0;
    for (const { index, task, decision } of byPath) {
      const merged = contents.slice(next, (next += decision.merge.length));
      results[index] = await this.#assemble(task, decision, merged);
    }
    for (const [n, { index }] of whole.entries()) results[index] = trees[n] ?? null;
    return results.map((result) => result ?? unreachable(result as never));
  }

  #prepare(sides: Sides): Promise<Task | TreeMerge> {
    return orMissing(this.#taskOf(sides));
  }

  async #taskOf(sides: Sides): Promise<Task> {
    const touched = await touchedPaths(this.tree, sides.base, sides.theirs);
    // What is taken as it is, git never reads; a commit that names it would still be broken.
    const taken = touched.flatMap(({ after }) => (after === null || after.mode === MODE_GITLINK ? [] : [after.oid]));
    const [decision, [absent]] = await Promise.all([
      decide(this.tree, sides, touched),
      this.#merger.missingAmong(taken),
    ]);
    if (absent !== undefined) {
      throw new AppError("object-missing", `Blob ${absent} is missing from the repository`, {
        data: { object: absent },
      });
    }
    const attributed =
      decision.kind === "by-path" &&
      (await this.#attributes.sayHowToMerge(
        sides.ours,
        decision.merge.map(({ path }) => path),
      ));
    return { sides, touched, decision: attributed ? { kind: "structural" } : decision };
  }

  /** Puts a by-path decision and its merged contents together. */
  async #assemble(
    task: Task,
    decision: Extract<Decision, { kind: "by-path" }>,
    merged: readonly (ContentResult | null)[],
  ): Promise<TreeMerge> {
    const edits = new Map(decision.take);
    const conflicts: Conflict[] = [];
    const unread: ContentMerge[] = [];
    for (const [index, one] of decision.merge.entries()) {
      const { path, base, ours, theirs } = one;
      const result = merged[index];
      if (result === null || result === undefined) {
        unread.push(one);
        continue;
      }
      edits.set(path, result.entry);
      if (result.types === null) continue;
      conflicts.push({
        path,
        types: result.types,
        base: { ...base, path },
        ours: { ...ours, path },
        theirs: { ...theirs, path },
      });
    }
    if (unread.length > 0) return this.#unreadable(unread);
    const tree = await this.splice(task.sides.ours, edits);
    if (conflicts.length > 0) return { kind: "conflict", tree, touched: task.touched, whole: false, conflicts };
    return { kind: "clean", tree, touched: task.touched, whole: false };
  }

  async #unreadable(merges: readonly ContentMerge[]): Promise<TreeMerge> {
    const blobs = merges.flatMap(({ base, ours, theirs }) => [base.oid, ours.oid, theirs.oid]);
    const objects = await this.#merger.missingAmong(blobs);
    if (objects.length > 0)
      return { kind: "missing", objects, detail: `Blob ${objects[0]} is missing from the repository` };
    return {
      kind: "missing",
      objects: blobs,
      detail: `git cannot merge the blobs ${blobs.slice(0, 3).join(", ")}: one of them is damaged`,
    };
  }

  #wholeTrees(tasks: readonly Task[]): Promise<TreeMerge[]> {
    for (const { sides } of tasks) for (const root of [sides.base, sides.ours, sides.theirs]) this.publish(root);
    return mergeWholeTrees(this.#merger, this.#attributes, tasks);
  }
}
