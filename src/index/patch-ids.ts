// Patch IDs as git computes them, for the few commits where the digest of the lines alone is not enough. From the
// cache, else from git's diffs with their context.
import { patchTexts } from "../git/diff.ts";
import type { GitContext } from "../git/run.ts";
import type { ObjectFormat } from "../object/hash.ts";
import { patchId } from "../patch/patch-id.ts";
import type { Store } from "./store.ts";

/** Commits whose diffs are held in memory at once. */
const BATCH = 500;

/** By commit, merges against their first parent; empty for an empty commit. What git cannot read is left out. */
export async function patchIds(
  context: GitContext,
  store: Store,
  format: ObjectFormat,
  commits: readonly string[],
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  const missing: string[] = [];
  for (const commit of new Set(commits)) {
    const stored = store.get(key(commit));
    if (stored === undefined) missing.push(commit);
    else found.set(commit, stored.toString("hex"));
  }
  for (let at = 0; at < missing.length; at += BATCH) {
    const made: [string, Uint8Array][] = [];
    for (const [commit, text] of await patchTexts(context, missing.slice(at, at + BATCH))) {
      const id = patchId(Buffer.from(text, "latin1"), format) ?? "";
      found.set(commit, id);
      made.push([key(commit), Buffer.from(id, "hex")]);
    }
    store.put(made);
  }
  return found;
}

const key = (commit: string): string => `patch-id/${commit}`;
