// How fixes stand on lines: recorded, there as the same patch or in another form, there and taken out again, or absent.
import { landedPicks } from "../../apply/journal.ts";
import type { CommitIndex } from "../../index/commit-index.ts";
import type { CommitGraph } from "../../index/graph.ts";
import type { Unreadable } from "../../index/read-commits.ts";
import { revertOf, silentRevertOf } from "../../index/sayings.ts";
import type { CommitSummary } from "../../wire/basic.ts";
import type { LineStanding, StandingKind } from "../../wire/find.ts";
import type { Line } from "../../wire/line.ts";
import type { Match } from "../../wire/match.ts";
import type { Source } from "../../wire/plan.ts";
import type { Already, There } from "../picks/computation.ts";
import { effects } from "./effect.ts";
import { findEquivalents } from "../equivalents/find-equivalents.ts";
import { summary } from "../picks/find-sources.ts";
import { recordedPicks } from "../recording/recorded-picks.ts";
import { tagFinder } from "./first-tag.ts";
import { indexOf, type Workspace } from "../workspace.ts";

/** For each line and source commit: `answer.get(line.name)?.get(source.commit)`. */
export type Standings = ReadonlyMap<string, ReadonlyMap<string, LineStanding>>;

/** A commit of a line that may carry the fix. */
interface Carrier {
  readonly number: number;
  readonly recorded: boolean;
  readonly match: Match | null;
}

interface Question {
  readonly line: Line;
  readonly source: Source;
  readonly tip: number;
  readonly carriers: readonly Carrier[];
}

/** The carrier that counts, and the commit that has taken it out again, if one has. */
interface Answer {
  readonly carrier: Carrier;
  readonly reverted: boolean;
  readonly by: number | null;
}

/** `onUnreadable` is told which commits of the lines git could not read: they are compared by their messages alone. */
export async function standings(
  workspace: Workspace,
  graph: CommitGraph,
  lines: readonly Line[],
  sources: readonly Source[],
  onUnreadable: (commits: readonly string[]) => void = () => undefined,
): Promise<Standings> {
  const oids = sources.map(({ commit }) => commit);
  const [equivalents, recorded] = await Promise.all([
    findEquivalents(workspace, graph, { sources: oids, lines }, (found) =>
      onUnreadable(ofLines(graph, lines, sources, found)),
    ),
    recordedPicks(workspace, lines, oids),
  ]);
  const index = indexOf(workspace, graph);
  const landed = [...landedPicks(workspace.repository), ...recorded];
  const questions = lines.flatMap((line) => {
    const tip = graph.find(line.tip);
    if (tip === null) return [];
    return sources.map((source): Question => {
      const matches = equivalents.get(line.name)?.get(source.commit) ?? [];
      return { line, source, tip, carriers: carriersOf(graph, landed, line, tip, source, matches) };
    });
  });
  const answers = await answerAll(workspace, index, questions);
  const found = new Map<string, Map<string, LineStanding>>(lines.map(({ name }) => [name, new Map()]));
  await Promise.all(
    questions.map(async (question, n) => {
      const standing = await describe(workspace, graph, question, answers[n] ?? null);
      found.get(question.line.name)?.set(question.source.commit, standing);
    }),
  );
  return found;
}

function ofLines(
  graph: CommitGraph,
  lines: readonly Line[],
  sources: readonly Source[],
  unreadable: readonly Unreadable[],
): string[] {
  const numberOf = (oid: string): number[] => [graph.find(oid)].filter((number) => number !== null);
  const marks = graph.mark([
    lines.flatMap(({ tip }) => numberOf(tip)),
    sources.flatMap(({ commit }) => numberOf(commit)),
  ]);
  return unreadable.flatMap(({ commit }) => {
    const [number] = numberOf(commit);
    const isSource = sources.some((source) => source.commit === commit);
    return number !== undefined && (marks[number] === 1 || isSource) ? [commit] : [];
  });
}

/** Surest first: what was recorded here, then by likelihood. */
function carriersOf(
  graph: CommitGraph,
  landed: ReturnType<typeof landedPicks>,
  line: Line,
  tip: number,
  source: Source,
  matches: readonly Match[],
): Carrier[] {
  const own = landed.flatMap(({ source: from, refname, commit }) =>
    from === source.commit && refname === line.refname ? (graph.find(commit) ?? []) : [],
  );
  const recorded = [...new Set(own)]
    .filter((number) => graph.isAncestor(number, tip))
    .map((number): Carrier => ({ number, recorded: true, match: null }));
  const matched = matches.flatMap((match): Carrier[] => {
    const number = graph.find(match.commit);
    return number === null ? [] : [{ number, recorded: false, match }];
  });
  return isAncestral(matched[0]) ? matched : [...recorded, ...matched];
}

function isAncestral(carrier: Carrier | undefined): boolean {
  return carrier?.match?.evidence[0]?.kind === "ancestor";
}

/** For each question the first carrier that is still there, else one that was taken out; null without any. */
async function answerAll(
  workspace: Workspace,
  index: CommitIndex,
  questions: readonly Question[],
): Promise<(Answer | null)[]> {
  const named = questions.map(({ carriers, tip, source }) => byWords(index, carriers, tip, source));
  const standing = named.flatMap((answer, n) => {
    const tip = questions[n]?.line.tip;
    return answer === null || answer.reverted || tip === undefined ? [] : [{ n, answer, tip }];
  });
  const there = await effects(
    workspace,
    standing.map(({ answer, tip }) => ({ commit: index.graph.oid(answer.carrier.number), tip })),
  );
  const answers = [...named];
  for (const [k, { n, answer }] of standing.entries()) {
    const tip = questions[n]?.tip;
    if (there[k] !== "gone" || tip === undefined) continue;
    const reaches = (number: number): boolean => index.graph.isAncestor(number, tip);
    answers[n] = { ...answer, reverted: true, by: silentRevertOf(index, answer.carrier.number, reaches) };
  }
  return answers;
}

/** What messages on the line say: a carrier that none takes back goes before those that one does. */
function byWords(index: CommitIndex, carriers: readonly Carrier[], tip: number, source: Source): Answer | null {
  const reaches = (number: number): boolean => index.graph.isAncestor(number, tip);
  const origin = index.graph.find(source.commit);
  let reverted: Answer | null = null;
  for (const carrier of carriers) {
    // Messages on the line may name the pick or the commit that it was picked from.
    const by =
      revertOf(index, carrier.number, reaches) ??
      (origin === null ? null : revertOf(index, origin, reaches, carrier.number));
    if (by === null) return { carrier, reverted: false, by: null };
    reverted ??= { carrier, reverted: true, by };
  }
  return reverted;
}

async function describe(
  workspace: Workspace,
  graph: CommitGraph,
  { line, carriers }: Question,
  answer: Answer | null,
): Promise<LineStanding> {
  const common = { line: line.name, tip: line.tip, notAffected: null };
  if (answer === null) return { ...common, standing: "absent", commits: [], match: null, revertedBy: null };
  const { carrier, reverted, by } = answer;
  const parts = (carrier.match?.parts ?? []).map((oid) => graph.find(oid)).filter((number) => number !== null);
  const numbers = [...new Set([carrier.number, ...parts])].sort((a, b) => a - b);
  const tag = tagFinder(workspace, graph, line);
  const commits = await Promise.all(
    numbers.map(async (number) => ({ ...(await summaryOf(workspace, graph.oid(number))), tag: tag(number) })),
  );
  return {
    ...common,
    standing: reverted ? "reverted" : kindOf(carrier),
    commits,
    match:
      carrier.match ?? carriers.find(({ number, match }) => number === carrier.number && match !== null)?.match ?? null,
    revertedBy: by === null ? null : await summaryOf(workspace, graph.oid(by)),
  };
}

function kindOf({ recorded, match }: Carrier): StandingKind {
  if (recorded) return "recorded";
  const exact = ["ancestor", "patch-id", "patch-id-without-context", "re-pick"];
  return match?.band === "same" && match.evidence.some(({ kind }) => exact.includes(kind))
    ? "equivalent"
    : "corresponding";
}

export async function summaryOf({ scratch }: Workspace, oid: string): Promise<CommitSummary> {
  const commit = await scratch.reader.commit(oid);
  return commit === null ? { commit: oid, subject: "", author: "", date: "" } : summary(oid, commit);
}

/** Whether a line has the fix, for sure and not taken out again. */
export function isThere({ standing, match }: LineStanding): boolean {
  return (
    standing === "recorded" || standing === "equivalent" || (standing === "corresponding" && match?.band === "same")
  );
}

/** What a pick comes to where the fix is there; null where it is to be picked. */
function alreadyThere(found: LineStanding): Already | null {
  const commit = found?.commits.at(-1);
  if (commit === undefined || !isThere(found)) return null;
  return { kind: "already-there", evidence: evidenceOf(found), commit: commit.commit, tag: commit.tag };
}

/** The picks that there is no need for. */
export function settled(found: Standings): There {
  return new Map(
    [...found].map(([line, standings]) => [
      line,
      new Map(
        [...standings].flatMap(([source, standing]) => {
          const already = alreadyThere(standing);
          return already === null ? [] : [[source, already] as const];
        }),
      ),
    ]),
  );
}

function evidenceOf({ standing, match }: LineStanding): Already["evidence"] {
  if (standing === "recorded") return "recorded";
  const kinds = match?.evidence.map(({ kind }) => kind) ?? [];
  if (kinds.includes("ancestor")) return "ancestor";
  if (standing === "equivalent") return "patch-id";
  return kinds.includes("judged") ? "judged" : "similar";
}
