// Picks commits one after the other onto a tree, in memory, and remembers every pick: the counterfactual of "what if
// these were there first". Makes no commits.
import { AppError } from "../error.ts";
import type { MergeEngine } from "./merge.ts";
import type { TreeMerge } from "./tree-merge.ts";

export class PickChain {
  readonly engine: MergeEngine;
  readonly #known = new Map<string, Promise<TreeMerge>>();
  #merges = 0;

  constructor(engine: MergeEngine) {
    this.engine = engine;
  }

  /** Merges made so far. A pick that was made before is none. */
  get merges(): number {
    return this.#merges;
  }

  /** A commit's patch against its first parent (`mainline` of a merge: another one), carried onto a tree. */
  pick(tree: string, commit: string, mainline = 1): Promise<TreeMerge> {
    const key = `${tree} ${commit} ${mainline}`;
    let found = this.#known.get(key);
    if (found === undefined) this.#known.set(key, (found = this.#merge(tree, commit, mainline)));
    return found;
  }

  async #merge(ours: string, oid: string, mainline: number): Promise<TreeMerge> {
    const { scratch } = this.engine;
    const commit = await scratch.reader.commit(oid);
    const parent = commit?.parents[mainline - 1];
    const before = parent === undefined ? null : await scratch.reader.commit(parent);
    const lacks = commit === null ? oid : before === null ? parent : undefined;
    if (commit === null || lacks !== undefined) {
      return {
        kind: "missing",
        objects: [lacks ?? oid],
        detail: `commit ${lacks ?? oid} is missing from the repository`,
      };
    }
    this.#merges++;
    const base = before?.tree ?? scratch.write("tree", Buffer.alloc(0));
    const [merge] = await this.engine.merge([{ base, ours, theirs: commit.tree }]);
    if (merge === undefined) throw new AppError("internal", "A merge gave no answer");
    return merge;
  }
}
