// What the line's verify command says of each commit's own tree.
import type { CommitFacts } from "../../policy/rule.ts";
import { verifyTrees } from "../verifying/verify-trees.ts";
import type { Checking, Looked } from "./looked.ts";

/** In the order of the commits; empty where the line has no command, or nothing is run. */
export async function verdicts(
  { workspace, line, context: { verify } }: Checking,
  commits: readonly Looked[],
): Promise<CommitFacts["verify"][]> {
  if (verify === null) return [];
  const subjects = commits.map(({ commit, classed: { source } }) => ({
    line,
    tree: commit.tree,
    sources: source === null ? [] : [source.commit],
  }));
  const results = await verifyTrees(workspace, subjects, verify);
  return results.map(({ kind, command }) => ({ kind, command }));
}
