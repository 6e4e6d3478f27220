// Whether picking a source commit onto a commit's parent gives exactly that commit: then they are the same fix, whatever
// their patches look like.
import type { Sides } from "../../apply/decide.ts";
import { recall, remember } from "../../index/remembered.ts";
import type { Workspace } from "../workspace.ts";

type Pair = readonly [source: string, commit: string];

/** For pairs of source commit and commit: true where the pick is clean and its tree is the commit's. Merges are never. */
export async function rePicks(workspace: Workspace, pairs: readonly Pair[]): Promise<boolean[]> {
  const { store, repository } = workspace;
  const keys = pairs.map(([source, commit]) => `re-pick/${repository.capabilities.versionText}/${source}${commit}`);
  const known = keys.map((key) => recall<boolean>(store, key));
  const open = keys.flatMap((key, n) => (known[n] === undefined ? [{ key, pair: pairs[n] ?? ["", ""] }] : []));
  const found = await findOut(
    workspace,
    open.map(({ pair }) => pair),
  );
  remember(
    store,
    open.map(({ key }, n) => [key, found[n]]),
  );
  return known.map((answer) => answer ?? found.shift() ?? false);
}

async function findOut({ scratch, engine }: Workspace, pairs: readonly Pair[]): Promise<boolean[]> {
  const asked = await Promise.all(
    pairs.map(async ([source, commit]) => {
      const [theirs, result] = await Promise.all([scratch.reader.commit(source), scratch.reader.commit(commit)]);
      const [before] = theirs?.parents ?? [];
      const [onto] = result?.parents ?? [];
      if (theirs == null || result == null || before === undefined || onto === undefined) return null;
      const [base, ours] = await Promise.all([scratch.reader.commit(before), scratch.reader.commit(onto)]);
      if (base === null || ours === null || ours.tree === result.tree) return null;
      const sides: Sides = { base: base.tree, ours: ours.tree, theirs: theirs.tree };
      return { sides, tree: result.tree };
    }),
  );
  const known = asked.filter((one) => one !== null);
  const merges = await engine.merge(known.map(({ sides }) => sides));
  return asked.map((one) => {
    const merge = one === null ? undefined : merges[known.indexOf(one)];
    return one !== null && merge?.kind === "clean" && merge.tree === one.tree;
  });
}
