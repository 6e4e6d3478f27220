// Commits that landed on a line -> their classes: where each came from, and how it compares with the pick of that
// source as the engine computes it. Whoever made the commits, and with what tool; judges nothing.
import { policyOf } from "../../line/settings.ts";
import { cleanWhitespace } from "../../plan/message.ts";
import { inUtf8, parseIdentity } from "../../object/text.ts";
import type { Commit } from "../../object/commit.ts";
import type { CommitGraph } from "../../index/graph.ts";
import type { ClassedCommit } from "../../wire/class.ts";
import { summary } from "../picks/find-sources.ts";
import type { Workspace } from "../workspace.ts";
import { casesOf, type Case, type CaseRequest } from "./cases.ts";
import { compareAll, rangeDiffs, type Answer } from "./compare-all.ts";
import { liars } from "./liars.ts";
import type { Task } from "./proposal.ts";
import { Reaches } from "./reach.ts";

export interface ClassRequest extends CaseRequest {
  readonly line: { readonly name: string };
  /** False leaves `rangeDiff` empty, which saves a process for each commit that is not exact. */
  readonly rangeDiffs?: boolean;
}

/** One classed commit for each that was asked about, in that order. Commits that are not there are left out. */
export async function classCommits(
  workspace: Workspace,
  graph: CommitGraph,
  request: ClassRequest,
): Promise<ClassedCommit[]> {
  const cases = await casesOf(workspace, graph, request);
  const answers = await compareAll(
    workspace,
    cases.flatMap(({ tasks }) => tasks),
  );
  const chosen = cases.map((one): Chosen => ({ ...one, best: choose(one, answers) }));
  const lies = await liars(workspace, chosen);
  const asked = request.rangeDiffs === false ? [] : chosen.flatMap(({ best }) => (best === null ? [] : [best]));
  const texts = await rangeDiffs(workspace, asked);
  const reaches = new Reaches(workspace, graph, policyOf(workspace.config, request.line.name));
  return Promise.all(
    chosen.map((one) =>
      classed(workspace, reaches, request, one, {
        lies: lies.has(one.candidate.oid),
        rangeDiff: (one.best === null ? undefined : texts.get(one.best.task)) ?? "",
      }),
    ),
  );
}

interface Chosen extends Case {
  readonly best: { readonly task: Task; readonly answer: Answer } | null;
}

const RANK = { exact: 0, resolved: 1, adapted: 2 } as const;

/** The ledger's word counts first, then the message's; of several that are equally good the first. */
function choose({ tasks }: Case, answers: ReadonlyMap<Task, Answer>): Chosen["best"] {
  const known = tasks.flatMap((task) => {
    const answer = answers.get(task);
    return answer === undefined ? [] : [{ task, answer }];
  });
  const isSaid = (task: Task): boolean =>
    task.proposal?.evidence === "recorded" || task.proposal?.evidence === "claimed";
  const [first] = known;
  const fitting = known.filter(({ task, answer }) => {
    if (first !== undefined && isSaid(first.task)) return task.proposal?.evidence === first.task.proposal?.evidence;
    return task.proposal === null || task.proposal.sure || answer.class === "exact";
  });
  return fitting.sort((a, b) => RANK[a.answer.class] - RANK[b.answer.class])[0] ?? null;
}

async function classed(
  workspace: Workspace,
  reaches: Reaches,
  { recorded }: ClassRequest,
  { candidate, claimed, reverts, itself, best }: Chosen,
  told: Pick<ClassedCommit, "lies" | "rangeDiff">,
): Promise<ClassedCommit> {
  const { oid, commit } = candidate;
  const merge = commit.parents.length > 1;
  const own = recorded.get(oid) ?? [];
  const proposed = itself ? [{ oid }] : (best?.task.proposal?.sources ?? []);
  const [first = claimed.nearest ?? own[0] ?? null, ...more] = proposed.map((source) => source.oid);
  const source = first === null ? null : await workspace.scratch.reader.commit(first);
  const isLost = claimed.named.some((one) => one.oid === null);
  const lost = [...claimed.named.map(({ id }) => id), ...own].findLast((id) => id.length === oid.length) ?? null;
  const said = own.length > 0 ? "recorded" : claimed.named.length > 0 ? "claimed" : "equivalent";
  const isUnknown = best?.task.proposal?.sources.length === 0;
  const evidence = isUnknown ? said : (best?.task.proposal?.evidence ?? said);
  const isNative = !itself && !merge && claimed.named.length === 0 && own.length === 0;
  return {
    ...summary(oid, commit),
    class: isUnknown ? "adapted" : (best?.answer.class ?? (itself ? "exact" : isNative ? "native" : "adapted")),
    source:
      first !== null && source !== null
        ? {
            ...summary(first, source),
            evidence,
            reach: isLost ? "missing" : await reaches.ofAll([first, ...more], own),
          }
        : lost === null
          ? null
          : { commit: lost, subject: "", author: "", date: "", evidence: said, reach: "missing" },
    moreSources: more,
    kept: source === null ? null : keptOf(commit, source),
    reverts: [...reverts],
    ...told,
    conflicted: [...(best?.answer.conflicted ?? [])],
    beyond: [...(best?.answer.beyond ?? [])],
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
