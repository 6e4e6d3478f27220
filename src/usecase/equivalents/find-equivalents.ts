// For source commits and lines: which commits of each line are the same fix, with evidence and bands.
import { readJudgements } from "../../apply/judgements.ts";
import type { CommitGraph } from "../../index/graph.ts";
import { patchIds } from "../../index/patch-ids.ts";
import type { Unreadable } from "../../index/read-commits.ts";
import type { Match } from "../../wire/match.ts";
import { lineMatches, type Found } from "./line-matches.ts";
import { matchOf, type Known } from "./match-of.ts";
import { Originals } from "./originals.ts";
import { rePicks } from "./re-pick.ts";
import { prepare } from "./scope.ts";
import { indexOf, type Workspace } from "../workspace.ts";

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

/**
 * Brings the index up to date, then compares. `onUnreadable` is told which commits git could not read: they are found
 * by their messages alone.
 */
export async function findEquivalents(
  workspace: Workspace,
  graph: CommitGraph,
  request: EquivalentsRequest,
  onUnreadable: (commits: readonly Unreadable[]) => void = () => undefined,
): Promise<Equivalents> {
  const { scratch, store, repository } = workspace;
  const index = indexOf(workspace, graph);
  const main = workspace.main === null ? null : graph.find(workspace.main.tip);
  const sources = numbers(graph, request.sources);
  const tips = numbers(
    graph,
    request.lines.map(({ tip }) => tip),
  );
  // Lines that were not asked about too: a pick may have been picked from one.
  const others = workspace.detected.flatMap(({ localTip, remoteTip }) => [localTip ?? "", remoteTip ?? ""]);
  const unreadable = await prepare(workspace, graph, { sources, main, tips: [...tips, ...numbers(graph, others)] });
  if (unreadable.length > 0) onUnreadable(unreadable);
  await index.readMerges(sources);
  const originals = new Originals(index, main);
  const judgements = readJudgements(repository);
  const found = sources.flatMap((source) =>
    lineMatches(originals, main, source, request.lines, numbers(graph, judgements.sameAs(graph.oid(source)))),
  );
  const pairOf = ({ source, commit }: Found): [string, string] => [graph.oid(source), graph.oid(commit)];
  const unsure = found.filter(({ judged }) => judged?.band === "ask");
  const equal = found.filter(({ judged }) => judged?.features.bareEqual === 1);
  const [picked, ids] = await Promise.all([
    rePicks(workspace, unsure.map(pairOf)),
    patchIds(scratch, store, repository.objectFormat, equal.flatMap(pairOf)),
  ]);
  const known: Known = {
    originals,
    patchIds: ids,
    judgements,
    rePicked: (one) => picked[unsure.indexOf(one)] === true,
  };
  const answer = new Map(
    request.lines.map(({ name }) => [name, new Map(request.sources.map((source) => [source, [] as Match[]]))]),
  );
  for (const one of found) {
    const match = matchOf(known, one);
    if (match !== null) answer.get(one.line)?.get(graph.oid(one.source))?.push(match);
  }
  for (const bySource of answer.values())
    for (const matches of bySource.values()) matches.sort((a, b) => RANK[a.band] - RANK[b.band] || b.score - a.score);
  return answer;
}

const RANK = { same: 0, ask: 1, different: 2 } as const;

function numbers(graph: CommitGraph, oids: readonly string[]): number[] {
  return oids.map((oid) => graph.find(oid)).filter((number) => number !== null);
}
