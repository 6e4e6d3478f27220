// What a pick needs before it: the smallest set of source-branch commits that makes it clean, each proved by picking.
// Reads only, and never says of a commit that it is needed on the strength of blame alone.
import { PickChain } from "../../apply/pick-chain.ts";
import { AppError } from "../../error.ts";
import type { CommitGraph } from "../../index/graph.ts";
import { PathHistory } from "../../index/path-history.ts";
import { quotePath } from "../../object/path.ts";
import type { Evidence } from "../../prerequisite/proposal.ts";
import type { Prerequisite, PrerequisiteEvidence, PrerequisiteLimit, Prerequisites } from "../../wire/prerequisite.ts";
import { summary } from "../picks/find-sources.ts";
import type { Ground } from "./propose-prerequisites.ts";
import { Search, type ChainPick, type Limits, type SearchLimit } from "./search-prerequisites.ts";
import type { Workspace } from "../workspace.ts";

export interface PrerequisiteQuestion {
  readonly source: string;
  /** Parent, from 1, that the source is compared with; null for an ordinary commit. */
  readonly mainline: number | null;
  readonly onto: {
    /** A commit that the graph holds: the line's tip. */
    readonly commit: string;
    /** The tree to pick onto: the tip's, or what earlier picks made of it. */
    readonly tree: string;
  };
  /** Whether the line has a commit in another form, so that it is not missing there. Asked of few commits. */
  readonly isThere?: (oid: string) => boolean;
  /** The pick of a commit on the nearest newer line, where there is one: taken where the commit itself conflicts. */
  readonly onNewerLine?: (oid: string) => string | null;
  readonly limits?: Partial<Limits>;
  /** Ends the search where it is; what was not tried is named. */
  readonly signal?: AbortSignal;
}

const LIMITS: Limits = { merges: 16, commits: 12 };

/** One merge where the pick is clean; a few, and a few blames, where it conflicts. The graph must hold both histories. */
export async function findPrerequisites(
  workspace: Pick<Workspace, "scratch" | "engine">,
  graph: CommitGraph,
  question: PrerequisiteQuestion,
): Promise<Prerequisites> {
  const { scratch, engine } = workspace;
  const { source, onto, signal } = question;
  const mainline = question.mainline ?? 1;
  const chain = new PickChain(engine);
  const first = await chain.pick(onto.tree, source, mainline);
  if (first.kind === "missing") return { kind: "missing", detail: first.detail, merges: chain.merges };
  if (first.kind === "clean") return { kind: "none-needed", tree: first.tree, merges: chain.merges };
  const number = (oid: string): number => graph.find(oid) ?? -1;
  const search = new Search(groundOf(workspace, graph, question), chain, {
    source,
    mainline,
    tree: onto.tree,
    order: (a, b) => number(a) - number(b),
    instead: (oid) => question.onNewerLine?.(oid) ?? null,
    limits: { ...LIMITS, ...question.limits },
    signal,
  });
  const result = await search.run();
  const { merges } = chain;
  switch (result.kind) {
    case "proven":
      return { kind: "proven", picks: await described(scratch, result.picks), tree: result.tree, merges };
    case "broken":
      return {
        kind: "broken",
        picks: await described(scratch, result.picks),
        breaks: result.breaks.map(({ commit, merge }) => ({
          commit,
          paths: merge.conflicts.map(({ path }) => quotePath(path)),
        })),
        limit: wireLimit(result.limit),
        merges,
      };
    case "unknown":
      return {
        kind: "unknown",
        limit: wireLimit(result.limit),
        merges,
      };
  }
}

/** What the source's history has and the line lacks. */
export function groundOf(
  { scratch }: Pick<Workspace, "scratch">,
  graph: CommitGraph,
  { source, onto, isThere }: PrerequisiteQuestion,
): Ground {
  const [from, to] = [graph.find(source), graph.find(onto.commit)];
  if (from === null || to === null) {
    throw new AppError("internal", `The graph lacks ${from === null ? source : onto.commit}`);
  }
  const marks = graph.mark([[from], [to]]);
  const known = new Map<string, boolean>();
  const lacks = (oid: string): boolean => {
    let lacking = known.get(oid);
    if (lacking === undefined) {
      const at = graph.find(oid);
      lacking = at !== null && marks[at] === 1 && !graph.isMerge(at) && isThere?.(oid) !== true;
      known.set(oid, lacking);
    }
    return lacking;
  };
  const mergeBases = graph.mergeBases(from, to).map((n) => graph.oid(n));
  return { scratch, lacks, mergeBases, history: new PathHistory(scratch, source, mergeBases) };
}

function wireLimit(limit: SearchLimit | null): PrerequisiteLimit | null {
  return limit === null ? null : { reason: limit.reason, untried: [...limit.untried] };
}

function described(scratch: Workspace["scratch"], picks: readonly ChainPick[]): Promise<Prerequisite[]> {
  return Promise.all(
    picks.map(async ({ commit, from, evidence }) => {
      const found = await scratch.reader.commit(commit);
      const named = found === null ? { commit, subject: "", author: "", date: "" } : summary(commit, found);
      return { ...named, from, evidence: evidence.map(wireEvidence) };
    }),
  );
}

function wireEvidence(evidence: Evidence): PrerequisiteEvidence {
  return "path" in evidence ? { ...evidence, path: quotePath(evidence.path) } : evidence;
}
