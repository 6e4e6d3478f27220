// For source commits and lines: which commits of each line are the same fix, with evidence and bands.
import type { CommitGraph } from "../index/graph.ts";
import { candidatesOf } from "../index/candidates.ts";
import { CommitIndex } from "../index/commit-index.ts";
import { THRESHOLDS } from "../equivalence/model.ts";
import type { Band, Match, MatchEvidence } from "../wire/match.ts";
import { comparedOf, originalsOf, type Judged } from "./originals.ts";
import type { Workspace } from "./workspace.ts";

export interface EquivalentsRequest {
  /** Object IDs of source commits; the graph holds them. */
  readonly sources: readonly string[];
  /** Names and tips of lines; the graph holds the tips. */
  readonly lines: readonly { readonly name: string; readonly tip: string }[];
}

/**
 * `answer.get(line.name)?.get(source)`: matches in the bands `same` and `ask`, the likeliest first; empty if the line
 * has nothing like it. A source that the line reaches has one match, itself, by ancestry.
 */
export type Equivalents = ReadonlyMap<string, ReadonlyMap<string, readonly Match[]>>;

/** Brings the index up to date, then compares. Commits that git could not read are named in a progress step. */
export async function findEquivalents(
  workspace: Workspace,
  graph: CommitGraph,
  request: EquivalentsRequest,
): Promise<Equivalents> {
  const index = new CommitIndex(workspace.scratch, workspace.store, graph);
  const numbersOf = (oids: readonly string[]): number[] =>
    oids.map((oid) => graph.find(oid)).filter((number) => number !== null);
  const main = workspace.main === null ? [] : numbersOf([workspace.main.tip]);
  const sources = numbersOf(request.sources);
  const tips = request.lines.map(({ name, tip }) => ({ name, number: graph.find(tip) }));
  await index.prepare(
    scopeOf(
      graph,
      [...main, ...sources],
      tips.map(({ number }) => number).filter((number) => number !== null),
    ),
    (done, total) => workspace.onProgress?.({ step: "reading what commits do", done, total }),
  );
  const answer = new Map<string, Map<string, readonly Match[]>>();
  for (const { name, number: tip } of tips) {
    const found = new Map<string, readonly Match[]>();
    answer.set(name, found);
    if (tip === null) continue;
    for (const source of sources) {
      const marks = graph.mark([[tip], [...main, source]]);
      const oid = graph.oid(source);
      if (((marks[source] ?? 0) & 1) === 1) {
        found.set(oid, [matchOf(graph, source, 1, [{ kind: "ancestor" }])]);
        continue;
      }
      found.set(oid, matchesOn(index, source, marks));
    }
  }
  return answer;
}

/** Commits that tell lines and sources apart: everything but what all of them reach. */
function scopeOf(graph: CommitGraph, sources: readonly number[], lines: readonly number[]): number[] {
  const all = graph.mark([[...sources, ...lines]]);
  const counts = new Uint16Array(graph.size);
  const tips = [...lines, ...sources];
  for (const tip of tips)
    for (const [n, mark] of graph.mark([[tip]]).entries()) if (mark === 1) counts[n] = (counts[n] ?? 0) + 1;
  const scope: number[] = [];
  for (const [n, mark] of all.entries()) if (mark === 1 && (counts[n] ?? 0) < tips.length) scope.push(n);
  return scope;
}

/** `marks`: bit 0 for commits of the line, bit 1 for commits that main or the source reaches. */
function matchesOn(index: CommitIndex, source: number, marks: Uint8Array): Match[] {
  const query = comparedOf(index, source);
  if (query === null) return [];
  const candidates = candidatesOf(index, { number: source, ...query }, (number) => marks[number] === 1);
  return candidates
    .flatMap((candidate): Match[] => {
      const compared = comparedOf(index, candidate);
      if (compared === null) return [];
      // Asked the other way round: another commit of main may explain the candidate better.
      const originals = originalsOf(index, candidate, compared, (number) => marks[number] === 2);
      const judged = originals.find(({ number }) => number === source);
      if (judged === undefined || bandOf(judged.score) === "different") return [];
      if (judged.score < (originals[0]?.score ?? 0) - 0.05) return [];
      return [matchOf(index.graph, candidate, judged.score, evidenceOf(judged))];
    })
    .sort((a, b) => b.score - a.score);
}

export function bandOf(score: number): Band {
  if (score >= THRESHOLDS.same) return "same";
  return score >= THRESHOLDS.ask ? "ask" : "different";
}

function evidenceOf({ features }: Judged): MatchEvidence[] {
  const evidence: MatchEvidence[] = [];
  if (features.bareEqual === 1) evidence.push({ kind: "patch-id-without-context" });
  if (features.lines > 0)
    evidence.push({ kind: "lines", share: features.lines, ofSource: features.larger, ofCommit: features.smaller });
  if (features.subject > 0) evidence.push({ kind: "subject", similarity: features.subject });
  if (features.author === 1) evidence.push({ kind: "author" });
  if (features.dateEqual === 1) evidence.push({ kind: "date" });
  return evidence;
}

function matchOf(graph: CommitGraph, number: number, score: number, evidence: MatchEvidence[]): Match {
  return { commit: graph.oid(number), band: bandOf(score), score, evidence, disagreements: [], parts: [], others: [] };
}
