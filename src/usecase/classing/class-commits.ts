// Stand-in until branch `classing` is merged.
import { readable, inUtf8, parseIdentity } from "../../object/text.ts";
import { claimsOf } from "../../message/claims.ts";
import type { CommitGraph } from "../../index/graph.ts";
import type { ClassedCommit } from "../../wire/class.ts";
import type { Line } from "../../wire/line.ts";
import { summary } from "../picks/find-sources.ts";
import type { Workspace } from "../workspace.ts";

export interface ClassRequest {
  readonly line: Pick<Line, "name" | "refname">;
  readonly commits: readonly string[];
  readonly recorded: ReadonlyMap<string, readonly string[]>;
}

export async function classCommits(
  { scratch, engine, main }: Workspace,
  graph: CommitGraph,
  { commits }: ClassRequest,
): Promise<ClassedCommit[]> {
  return Promise.all(
    commits.map(async (oid): Promise<ClassedCommit> => {
      const commit = await scratch.reader.commit(oid);
      if (commit === null) throw new Error(oid);
      const empty = { moreSources: [], lies: false, conflicted: [], beyond: [], rangeDiff: "" };
      const merge = commit.parents.length > 1;
      const named = claimsOf(commit.message).pickedFrom.at(-1);
      const source = named === undefined ? null : ((await scratch.reader.info(`${named}^{commit}`))?.oid ?? null);
      const from = source === null ? null : await scratch.reader.commit(source);
      if (source === null || from === null)
        return { ...summary(oid, commit), ...empty, class: merge ? "exact" : "native", source: null, merge };
      const treeOf = async (parent: string | undefined): Promise<string> =>
        parent === undefined ? "" : ((await scratch.reader.commit(parent))?.tree ?? "");
      const [base, ours] = await Promise.all([treeOf(from.parents[0]), treeOf(commit.parents[0])]);
      const [made] = await engine.merge([{ base, ours, theirs: from.tree }]);
      const exact = made?.kind === "clean" && made.tree === commit.tree;
      const number = graph.find(source);
      const at = main === null ? null : graph.find(main.tip);
      const trusted = number !== null && at !== null && graph.isAncestor(number, at);
      const lies = parseIdentity(commit.author).seconds !== parseIdentity(from.author).seconds;
      return {
        ...summary(oid, commit),
        ...empty,
        class: exact ? "exact" : "adapted",
        source: {
          ...summary(source, from),
          evidence: "claimed",
          reach: trusted ? "trusted" : number === null ? "unreachable" : "unmerged",
        },
        lies: !exact && lies && readable(inUtf8(from).message) !== "",
        merge,
      };
    }),
  );
}
