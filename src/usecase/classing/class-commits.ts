// Commits that landed on a line -> their classes: where each came from, and how it compares with the pick of that
// source as the engine computes it. Whoever made the commits, and with what tool; judges nothing.
import { policyOf } from "../../line/settings.ts";
import { claimsOf } from "../../message/claims.ts";
import { cleanWhitespace } from "../../plan/message.ts";
import { inUtf8, parseIdentity } from "../../object/text.ts";
import type { Commit } from "../../object/commit.ts";
import type { CommitGraph } from "../../index/graph.ts";
import type { ClassedCommit } from "../../wire/class.ts";
import { summary } from "../picks/find-sources.ts";
import type { Workspace } from "../workspace.ts";
import { claimedSources, type Claimed } from "./claimed-sources.ts";
import { compareAll, type Answer } from "./compare-all.ts";
import { liars } from "./liars.ts";
import { automaticMerges } from "./automatic-merges.ts";
import { questionOf, treeBefore, type Candidate, type Proposal, type Task } from "./proposal.ts";
import { Reaches } from "./reach.ts";

export interface ClassRequest {
  readonly line: { readonly name: string };
  /** Object IDs, oldest first; the graph holds them. */
  readonly commits: readonly string[];
  /** Source commits that the ledger has, by landed commit. */
  readonly recorded: ReadonlyMap<string, readonly string[]>;
  /** False leaves `rangeDiff` empty, which saves a process for each commit that is not exact. */
  readonly rangeDiffs?: boolean;
}

/** One classed commit for each that was asked about, in that order. Commits that are not there are left out. */
export async function classCommits(
  workspace: Workspace,
  graph: CommitGraph,
  request: ClassRequest,
): Promise<ClassedCommit[]> {
  const candidates = await readCandidates(workspace, request.commits);
  const cases = await Promise.all(candidates.map((candidate) => caseOf(workspace, graph, candidate, request)));
  const questions = cases.flatMap(({ tasks }) => tasks);
  const answers = await compareAll(workspace, questions, { rangeDiffs: request.rangeDiffs ?? true });
  const chosen = cases.map((one) => choose(one, answers));
  const lies = await liars(
    workspace,
    cases.map(({ candidate, claimed }, n) => ({ candidate, claimed, best: chosen[n]?.best ?? null })),
  );
  const reaches = new Reaches(workspace, graph, policyOf(workspace.config, request.line.name));
  return Promise.all(chosen.map((one) => classed(workspace, reaches, request, one, lies.has(one.candidate.oid))));
}

/** A commit with everything that it may be. */
interface Case {
  readonly candidate: Candidate;
  readonly claimed: Claimed;
  /** Strongest evidence first. */
  readonly tasks: readonly Task[];
}

interface Chosen extends Case {
  readonly best: { readonly task: Task; readonly answer: Answer } | null;
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

async function caseOf(
  workspace: Workspace,
  graph: CommitGraph,
  candidate: Candidate,
  request: ClassRequest,
): Promise<Case> {
  const claimed = await claimedSources(workspace, graph, candidate);
  if (candidate.commit.parents.length > 1) {
    const question = await automaticMerges(workspace, graph, candidate);
    return { candidate, claimed, tasks: question === null ? [] : [{ candidate, proposal: null, question }] };
  }
  const recorded = request.recorded.get(candidate.oid) ?? [];
  const proposals: Proposal[] = [
    ...(recorded.length === 0
      ? []
      : [{ evidence: "recorded" as const, sources: recorded.map((oid) => ({ oid, mainline: 1 })) }]),
    ...claimed.proposals,
  ];
  const tasks = await Promise.all(
    proposals.map(async (proposal) => {
      const question = await questionOf(workspace, candidate, proposal.sources);
      return question === null ? null : { candidate, proposal, question };
    }),
  );
  return { candidate, claimed, tasks: tasks.filter((task) => task !== null) };
}

const RANK = { exact: 0, resolved: 1, adapted: 2 } as const;

/** The ledger's word counts first, then the message's, and of several that are equally good the first. */
function choose(one: Case, answers: ReadonlyMap<Task, Answer>): Chosen {
  const known = one.tasks.flatMap((task) => {
    const answer = answers.get(task);
    return answer === undefined ? [] : [{ task, answer }];
  });
  const [first] = known;
  const evidence = first?.task.proposal?.evidence;
  const fitting = known.filter(({ task }) => task.proposal?.evidence === evidence);
  const rank = ({ answer }: { readonly answer: Answer }): number => RANK[answer.class];
  fitting.sort((a, b) => rank(a) - rank(b));
  return { ...one, best: fitting[0] ?? null };
}

async function classed(
  workspace: Workspace,
  reaches: Reaches,
  request: ClassRequest,
  { candidate, claimed, best }: Chosen,
  lies: boolean,
): Promise<ClassedCommit> {
  const { oid, commit } = candidate;
  const merge = commit.parents.length > 1;
  const recorded = request.recorded.get(oid) ?? [];
  const sources = best?.task.proposal?.sources ?? [];
  const named = merge ? claimed.nearest : (sources.at(-1)?.oid ?? claimed.nearest ?? recorded.at(-1) ?? null);
  const source = named === null ? null : await workspace.scratch.reader.commit(named);
  const missing = claimed.named.findLast(({ id }) => id.length === oid.length)?.id ?? null;
  const answer = best?.answer ?? null;
  const evidence = best?.task.proposal?.evidence ?? (recorded.length > 0 ? "recorded" : "claimed");
  const hasSource = source !== null || claimed.named.length > 0 || recorded.length > 0;
  return {
    ...summary(oid, commit),
    class: answer?.class ?? (hasSource || merge ? "adapted" : "native"),
    source:
      source !== null && named !== null
        ? { ...summary(named, source), evidence, reach: await reaches.of(named, recorded.includes(named)) }
        : missing !== null
          ? { commit: missing, subject: "", author: "", date: "", evidence: "claimed", reach: "missing" }
          : null,
    moreSources: sources.slice(0, -1).map((one) => one.oid),
    kept: source === null ? null : keptOf(commit, source),
    reverts: [],
    lies,
    conflicted: [...(answer?.conflicted ?? [])],
    beyond: [...(answer?.beyond ?? [])],
    rangeDiff: answer?.rangeDiff ?? "",
    merge,
  };
}

function keptOf(landed: Commit, source: Commit): NonNullable<ClassedCommit["kept"]> {
  const [ours, theirs] = [inUtf8(landed), inUtf8(source)];
  const [a, b] = [parseIdentity(ours.author), parseIdentity(theirs.author)];
  return {
    author: a.name === b.name && a.email === b.email,
    date: a.seconds === b.seconds && a.zone === b.zone,
    message: [theirs.message, cleanWhitespace(theirs.message)].some((text) => ours.message.startsWith(text.trimEnd())),
  };
}
