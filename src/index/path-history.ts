// What a source branch did to single files, down to where a line parted from it. Each file is asked of git once.
import { blame, type BlamedLines, type LineRange } from "../git/blame.ts";
import { pathChanges, pathPatches, type PathChange, type PathPatch } from "../git/path-log.ts";
import type { GitContext } from "../git/run.ts";
import type { BytePath } from "../object/path.ts";

export class PathHistory {
  readonly #context: GitContext;
  readonly #from: string;
  readonly #without: readonly string[];
  readonly #patches = new Map<string, Promise<PathPatch[]>>();
  readonly #changes = new Map<string, Promise<PathChange[]>>();

  /** @param from the newest commit; `without` are the merge bases: what they reach is not told. */
  constructor(context: GitContext, from: string, without: readonly string[]) {
    this.#context = context;
    this.#from = from;
    this.#without = without;
  }

  /** What each commit did to the lines of those paths, newest first. Merges are left out. */
  patches(paths: readonly BytePath[]): Promise<PathPatch[]> {
    return once(this.#patches, paths.join("\0"), () => pathPatches(this.#context, this.#question(paths)));
  }

  /** Where those paths came, went or changed, newest first. Merges are left out. */
  changes(paths: readonly BytePath[]): Promise<PathChange[]> {
    return once(this.#changes, paths.join("\0"), () => pathChanges(this.#context, this.#question(paths)));
  }

  /** Who brought those lines of a commit's version of a file. Lines that the merge bases have are left out. */
  blame(commit: string, path: BytePath, ranges: readonly LineRange[]): Promise<BlamedLines[]> {
    return blame(this.#context, { commit, path, ranges, without: this.#without });
  }

  #question(paths: readonly BytePath[]) {
    return { commit: this.#from, without: this.#without, paths };
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? ask();
  known.set(key, found);
  return found;
}
