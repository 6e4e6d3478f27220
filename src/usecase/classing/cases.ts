// Landed commits -> what each may be: a merge, main's own, a pick that says so, or one that has to be found.
import { claimsOf } from "../../message/claims.ts";
import type { CommitGraph } from "../../index/graph.ts";
import type { Workspace } from "../workspace.ts";
import { automaticMerge } from "./automatic-merge.ts";
import { claimedSources, resolveClaim, type Claimed } from "./claimed-sources.ts";
import { SourceFinder } from "./found-sources.ts";
import { questionOf, treeBefore, type Candidate, type Proposal, type Task } from "./proposal.ts";

/** A commit with everything that it may be. */
export interface Case {
  readonly candidate: Candidate;
  readonly claimed: Claimed;
  /** Commits that it takes back, by its own words. */
  readonly reverts: readonly string[];
  /** It came from main as it is, by a merge. */
  readonly itself: boolean;
  /** Strongest evidence first. */
  readonly tasks: readonly Task[];
}

export interface CaseRequest {
  /** Object IDs, oldest first; the graph holds them. */
  readonly commits: readonly string[];
  /** Source commits that the ledger has, by landed commit. */
  readonly recorded: ReadonlyMap<string, readonly string[]>;
  /** False: a commit without words is `native`; nothing that does the same is looked for, so no index is needed. */
  readonly search?: boolean;
}

/** One case for each commit that is there, in the order asked. */
export async function casesOf(workspace: Workspace, graph: CommitGraph, request: CaseRequest): Promise<Case[]> {
  const candidates = await readCandidates(workspace, request.commits);
  const isMains = mainsOwn(workspace, graph, request.commits);
  const said = await Promise.all(
    candidates.map(async (candidate): Promise<Case> => {
      const claimed = await claimedSources(workspace, graph, candidate);
      const reverts = await Promise.all(candidate.claims.reverts.map((id) => resolveClaim(workspace, graph, id)));
      const itself = isMains(candidate.oid);
      const recorded = request.recorded.get(candidate.oid) ?? [];
      const proposals = [...fromLedger(recorded), ...claimed.proposals];
      const hasWords = claimed.named.length + recorded.length > 0;
      return {
        candidate,
        claimed,
        reverts: reverts.filter((oid) => oid !== null),
        itself,
        tasks: itself ? [] : await saidTasks(workspace, graph, candidate, proposals, hasWords),
      };
    }),
  );
  const wordless = said.filter((one) => one.tasks.length === 0 && mayBePick(graph, one, request));
  const found = await searched(workspace, graph, request, wordless);
  return said.map((one) => ({ ...one, tasks: found.get(one) ?? one.tasks }));
}

function fromLedger(recorded: readonly string[]): Proposal[] {
  if (recorded.length === 0) return [];
  return [{ evidence: "recorded", sources: recorded.map((oid) => ({ oid, mainline: 1 })), sure: true }];
}

async function readCandidates(workspace: Workspace, oids: readonly string[]): Promise<Candidate[]> {
  const read = await Promise.all(
    oids.map(async (oid): Promise<Candidate | null> => {
      const commit = await workspace.scratch.reader.commit(oid);
      if (commit === null) return null;
      return { oid, commit, claims: claimsOf(commit.message), onto: await treeBefore(workspace, commit) };
    }),
  );
  return read.filter((candidate) => candidate !== null);
}

async function saidTasks(
  workspace: Workspace,
  graph: CommitGraph,
  candidate: Candidate,
  proposals: readonly Proposal[],
  hasWords: boolean,
): Promise<Task[]> {
  if (candidate.commit.parents.length > 1) {
    const question = await automaticMerge(workspace, graph, candidate);
    return question === null ? [] : [{ candidate, proposal: null, question }];
  }
  const tasks = await tasksOf(workspace, candidate, proposals);
  if (tasks.length > 0 || !hasWords) return tasks;
  // Beside a source that is not there everything is an addition.
  return tasksOf(workspace, candidate, [{ evidence: "claimed", sources: [], sure: true }]);
}

async function tasksOf(workspace: Workspace, candidate: Candidate, proposals: readonly Proposal[]): Promise<Task[]> {
  const tasks = await Promise.all(
    proposals.map(async (proposal): Promise<Task | null> => {
      const question = await questionOf(workspace, candidate, proposal.sources);
      return question === null ? null : { candidate, proposal, question };
    }),
  );
  return tasks.filter((task) => task !== null);
}

/** Whether a search could find a source: not for merges, empty commits, and reverts of what the line itself has. */
function mayBePick(
  graph: CommitGraph,
  { candidate: { oid, commit, onto }, claimed, reverts, itself }: Case,
  { recorded, search }: CaseRequest,
): boolean {
  if (search === false || itself || commit.parents.length > 1 || onto === commit.tree) return false;
  if (claimed.named.length > 0 || (recorded.get(oid) ?? []).length > 0) return false;
  const at = graph.find(oid);
  return !reverts.some((other) => {
    const number = graph.find(other);
    return at !== null && number !== null && graph.isAncestor(number, at);
  });
}

async function searched(
  workspace: Workspace,
  graph: CommitGraph,
  { commits }: CaseRequest,
  wordless: readonly Case[],
): Promise<Map<Case, Task[]>> {
  const tip = graph.find(commits.at(-1) ?? "");
  const landed = wordless.flatMap(({ candidate }) => graph.find(candidate.oid) ?? []);
  if (tip === null || landed.length === 0) return new Map();
  const finder = await SourceFinder.open(workspace, graph, tip, landed);
  const found = await Promise.all(
    wordless.map(async (one) => {
      const tasks = await tasksOf(workspace, one.candidate, finder.of(one.candidate));
      return [one, tasks] as const;
    }),
  );
  return new Map(found);
}

/**
 * Commits that main has too and that a merge brought to the line. What stands on the line's own first-parent chain was
 * made there, unless main's chain has it as well.
 */
function mainsOwn(workspace: Workspace, graph: CommitGraph, commits: readonly string[]): (oid: string) => boolean {
  const main = workspace.main === null ? null : graph.find(workspace.main.tip);
  if (main === null) return () => false;
  graph.track([main]);
  const asked = new Set(commits.flatMap((oid) => graph.find(oid) ?? []));
  const own = chain(graph, graph.find(commits.at(-1) ?? ""), (number) => asked.has(number));
  let mains: ReadonlySet<number> | null = null;
  return (oid) => {
    const number = graph.find(oid);
    if (number === null || !graph.isAncestor(number, main)) return false;
    return !own.has(number) || (mains ??= chain(graph, main, () => true)).has(number);
  };
}

/** The first-parent chain from a commit down, as long as it goes on. */
function chain(graph: CommitGraph, from: number | null, goesOn: (number: number) => boolean): Set<number> {
  const found = new Set<number>();
  for (let at = from ?? undefined; at !== undefined && goesOn(at); at = graph.parents(at)[0]) found.add(at);
  return found;
}
