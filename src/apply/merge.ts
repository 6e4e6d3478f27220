// The hermetic engine: merges many (base, ours, theirs) trees at once, exactly as git would, in the scratch repository.
// Paths that only one side changed are decided here; all contents that both sides changed go to git in one merge;
// whole trees go to git only where renames could matter.
import { availableParallelism } from "node:os";
import { AppError, isAppError, unreachable } from "../error.ts";
import {
  MergeConversation,
  mergeTrees,
  type MergeMessage,
  type MergeResult,
  type StageEntry,
} from "../git/merge-tree.ts";
import { hashObject } from "../object/hash.ts";
import {
  MODE_GITLINK,
  MODE_TREE,
  parseTree,
  serialiseTree,
  type Mode,
  type Tree,
  type TreeEntry,
} from "../object/tree.ts";
import { ancestors, type BytePath } from "../object/path.ts";
import type { Scratch } from "../git/scratch.ts";
import { AttributeFiles } from "./attribute-files.ts";
import { decide, type ContentMerge, type Decision, type Sides } from "./decide.ts";
import { splice } from "./splice.ts";
import { touchedPaths, type Touched } from "./touched.ts";

export interface Stage {
  readonly mode: Mode;
  readonly oid: string;
  readonly path: BytePath;
}

export interface Conflict {
  readonly path: BytePath;
  /** git's short types of the messages about this path, without `Auto-merging`. */
  readonly types: readonly string[];
  readonly base: Stage | null;
  readonly ours: Stage | null;
  readonly theirs: Stage | null;
}

export type TreeMerge =
  | { readonly kind: "clean"; readonly tree: string; readonly touched: readonly Touched[]; readonly whole: boolean }
  | {
      readonly kind: "conflict";
      /** The merged tree with conflict markers in files, as git makes it; what a resolution starts from. */
      readonly tree: string;
      readonly touched: readonly Touched[];
      /** Whether git merged the whole trees, renames and all. */
      readonly whole: boolean;
      readonly conflicts: readonly Conflict[];
    }
  /** Objects that the merge needs are not in the repository. */
  | { readonly kind: "missing"; readonly objects: readonly string[]; readonly detail: string };

interface Task {
  readonly sides: Sides;
  readonly touched: readonly Touched[];
  readonly decision: Decision;
}

/** Merges decided together; bounds memory. */
const CHUNK = 512;

export class MergeEngine {
  readonly scratch: Scratch;
  readonly #overlay = new Map<string, Tree>();
  readonly #attributes: AttributeFiles;
  #conversation: { readonly attributes: string; readonly process: MergeConversation } | null = null;

  constructor(scratch: Scratch) {
    this.scratch = scratch;
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
    this.#conversation?.process.close();
    this.#conversation = null;
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
      this.#contents(merges),
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
    const [decision, [absent]] = await Promise.all([decide(this.tree, sides, touched), this.#missingAmong(taken)]);
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
    const objects = await this.#missingAmong(blobs);
    if (objects.length > 0)
      return { kind: "missing", objects, detail: `Blob ${objects[0]} is missing from the repository` };
    return {
      kind: "missing",
      objects: blobs,
      detail: `git cannot merge the blobs ${blobs.slice(0, 3).join(", ")}: one of them is damaged`,
    };
  }

  /** Merges the contents of many files; the processors share them. Null where an object is missing. */
  async #contents(merges: readonly ContentMerge[]): Promise<(ContentResult | null)[]> {
    // Lines that share a history ask for the same merge: once is enough.
    const unique = new Map(merges.map((merge) => [contentKey(merge), merge]));
    const shares = inShares([...unique.values()], 8);
    const answers = (await Promise.all(shares.map((share) => this.#mergeFiles(share, shares.length === 1)))).flat();
    const byKey = new Map([...unique.keys()].map((key, n) => [key, answers[n] ?? null]));
    return merges.map((merge) => byKey.get(contentKey(merge)) ?? null);
  }

  /**
   * Merges files in one git merge, each under a name of its own: since all names are on all three sides, no rename
   * detection takes part, and git spends its time on lines alone.
   */
  async #mergeFiles(merges: readonly ContentMerge[], alone: boolean): Promise<(ContentResult | null)[]> {
    const side = (pick: (merge: ContentMerge) => TreeEntry): string => {
      return this.scratch.write(
        "tree",
        serialiseTree(new Map(merges.map((merge, n) => [String(n) as BytePath, pick(merge)]))),
      );
    };
    const sides = { base: side((m) => m.base), ours: side((m) => m.ours), theirs: side((m) => m.theirs) };
    const attributes = this.scratch.attributeTree("", new Map());
    const [result] = alone ? await this.#run([sides], attributes) : await mergeTrees(this.scratch, [sides], attributes);
    if (result?.kind !== "merged") return this.#mergeReadable(merges);
    const tree = await this.scratch.reader.read(result.tree);
    if (tree === null) throw new AppError("internal", `git merge-tree named tree ${result.tree} and did not write it`);
    const entries = parseTree(tree.body, this.scratch.repository.objectFormat);
    const types = typesByPath(result.messages);
    const conflicted = new Set(result.stages.map(({ path }) => path));
    return merges.map((_, n) => {
      const name = String(n) as BytePath;
      const entry = entries.get(name);
      if (entry === undefined) return null;
      return { entry, types: conflicted.has(name) ? (types.get(name) ?? []) : null };
    });
  }

  /** git died on one of these: leaves out what is missing, and finds by halves what is there and cannot be read. */
  async #mergeReadable(merges: readonly ContentMerge[]): Promise<(ContentResult | null)[]> {
    if (merges.length === 1) return [null];
    const missing = await Promise.all(
      merges.map(({ base, ours, theirs }) => this.#missingAmong([base.oid, ours.oid, theirs.oid])),
    );
    const present = merges.filter((_, n) => missing[n]?.length === 0);
    if (present.length < merges.length) {
      const found = present.length === 0 ? [] : await this.#mergeFiles(present, false);
      return merges.map((merge) => found[present.indexOf(merge)] ?? null);
    }
    const half = merges.length >> 1;
    return [
      ...(await this.#mergeFiles(merges.slice(0, half), false)),
      ...(await this.#mergeFiles(merges.slice(half), false)),
    ];
  }

  /** Whole-tree merges, batched by the attributes that govern them. */
  async #wholeTrees(tasks: readonly Task[]): Promise<TreeMerge[]> {
    const results = new Array<TreeMerge>(tasks.length);
    let open = tasks.map((task, index) => ({ task, index, extra: [] as readonly BytePath[] }));
    for (const { sides } of tasks) for (const root of [sides.base, sides.ours, sides.theirs]) this.publish(root);
    while (open.length > 0) {
      const groups = new Map<string, typeof open>();
      const laid = await Promise.all(open.map(({ task, extra }) => orMissing(this.#layAttributes(task, extra))));
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
      const answers = await Promise.all(
        shares.map(({ directory, share }) => {
          const sides = share.map(({ task }) => task.sides);
          return shares.length === 1 ? this.#run(sides, directory) : mergeTrees(this.scratch, sides, directory);
        }),
      );
      for (const [k, { share }] of shares.entries()) {
        const merged = answers[k] ?? [];
        for (const [n, item] of share.entries()) {
          const result = merged[n];
          if (result?.kind === "merged" && item.extra.length === 0) {
            // git merged contents at a path that the patch does not name (a rename): its attributes must be there too.
            const extra = await orMissing(this.#unforeseen(item.task, result.messages));
            if ("kind" in extra) {
              results[item.index] = extra;
              continue;
            }
            if (extra.length > 0) {
              again.push({ ...item, extra });
              continue;
            }
          }
          results[item.index] = await this.#wholeResult(item.task, result);
        }
      }
      open = again;
    }
    return results;
  }

  async #wholeResult(task: Task, result: MergeResult | undefined): Promise<TreeMerge> {
    if (result === undefined || result.kind === "failed") {
      const stderr = result?.stderr.trim() ?? "";
      const objects = await this.#missingAmong(
        task.touched.flatMap(({ before, after }) => [before, after].flatMap((e) => (e === null ? [] : [e.oid]))),
      );
      return { kind: "missing", objects, detail: stderr === "" ? "git merge-tree ended without an answer" : stderr };
    }
    const { tree, touched } = { tree: result.tree, touched: task.touched };
    if (result.clean) return { kind: "clean", tree, touched, whole: true };
    return { kind: "conflict", tree, touched, whole: true, conflicts: conflictsOf(result.stages, result.messages) };
  }

  /** One merge goes through the open conversation, many go as a batch. */
  async #run(requests: readonly Sides[], attributes: string): Promise<MergeResult[]> {
    const program = this.scratch.conversationProgram();
    const [only] = requests;
    if (requests.length === 1 && only !== undefined && program !== null) {
      if (this.#conversation?.attributes !== attributes || !this.#conversation.process.alive) {
        this.#conversation?.process.close();
        this.#conversation = { attributes, process: new MergeConversation(this.scratch, attributes, program) };
      }
      return [await this.#conversation.process.merge(only)];
    }
    return mergeTrees(this.scratch, requests, attributes);
  }

  async #missingAmong(oids: readonly string[]): Promise<string[]> {
    const found = await Promise.all(oids.map((oid) => this.scratch.reader.info(oid)));
    return oids.filter((_, n) => found[n] === null);
  }

  async #layAttributes({ sides, touched }: Task, extra: readonly BytePath[]): Promise<string> {
    const files = await this.#attributes.at(sides.ours, [...touched.map(({ path }) => path), ...extra]);
    const key = files.map(({ path, oid }) => `${oid} ${path}\0`).join("");
    return this.scratch.attributeTree(key, new Map(files.map(({ path, body }) => [path, body])));
  }

  async #unforeseen({ sides, touched }: Task, messages: readonly MergeMessage[]): Promise<BytePath[]> {
    const foreseen = new Set(touched.flatMap(({ path }) => ancestors(path)));
    const paths = messages
      .flatMap((message) => message.paths)
      .filter((path) => ancestors(path).some((d) => !foreseen.has(d)));
    return (await this.#attributes.at(sides.ours, paths)).some(({ path }) => path.includes("/")) ? paths : [];
  }
}

/** An object that is missing concerns this merge alone: it is its answer. */
async function orMissing<T>(work: Promise<T>): Promise<T | Extract<TreeMerge, { kind: "missing" }>> {
  try {
    return await work;
  } catch (error) {
    if (!isAppError(error, "object-missing")) throw error;
    return { kind: "missing", objects: [String(error.data["object"])], detail: error.message };
  }
}

function contentKey({ base, ours, theirs }: ContentMerge): string {
  return [base, ours, theirs].map(({ mode, oid }) => `${mode} ${oid}`).join(" ");
}

/** Cuts a list into as many runs as there are processors, neighbours together and at least so many in each. */
function inShares<T>(items: readonly T[], atLeast: number): T[][] {
  const size = Math.max(atLeast, Math.ceil(items.length / availableParallelism()));
  const shares: T[][] = [];
  for (let at = 0; at < items.length; at += size) shares.push(items.slice(at, at + size));
  return shares;
}

interface ContentResult {
  readonly entry: TreeEntry;
  /** Null if the merge was clean. */
  readonly types: readonly string[] | null;
}

function typesByPath(messages: readonly MergeMessage[]): Map<BytePath, string[]> {
  const types = new Map<BytePath, string[]>();
  for (const { paths, type } of messages) {
    if (!type.startsWith("CONFLICT")) continue;
    for (const path of paths) types.set(path, [...(types.get(path) ?? []), type]);
  }
  return types;
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
