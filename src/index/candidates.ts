// The commits of a pool that may carry the same change as a given one, by the terms that they share with it.
import type { Claims } from "../message/claims.ts";
import type { CommitFacts } from "../patch/codec.ts";
import type { CommitIndex } from "./commit-index.ts";
import { authorTerm, bareTerm, namedTerm, pathTerm, pullTerm, subjectTerm } from "./terms.ts";

/** Commits under one strong term (patch, subject, author at a time) that are looked at. */
const STRONG = 400;
/** A line that more commits have says nothing. */
const COMMON_LINE = 150;
/** Lines of the query that are looked up. */
const LINES = 200;
/** Paths that fewer commits touch are a reason to look. */
const RARE_PATH = 30;

export interface Query {
  /** The commit's number in the graph. */
  readonly number: number;
  readonly facts: CommitFacts;
  readonly claims: Claims;
}

/**
 * Numbers of candidates, the likeliest first, without the query itself. `named` are commits that the query names as
 * its source, whatever they hold. At most `most`, those that share the most and rarest terms.
 */
export function candidatesOf(
  index: CommitIndex,
  query: Query,
  named: readonly number[],
  inPool: (number: number) => boolean,
  most: number,
): number[] {
  const votes = new Map<number, number>();
  const vote = (numbers: readonly number[], weight: number): void => {
    for (const number of numbers) {
      if (number === query.number || !inPool(number)) continue;
      votes.set(number, (votes.get(number) ?? 0) + weight);
    }
  };
  const { facts, claims } = query;
  const { patch } = facts;
  vote(index.find(authorTerm(facts), STRONG), 1);
  if (claims.plainSubject !== "") vote(index.find(subjectTerm(claims.plainSubject), STRONG), 2);
  for (const pull of claims.pulls) vote(index.find(pullTerm(pull), STRONG), 2);
  vote(index.find(namedTerm(index.graph.oid(query.number)), STRONG), 4);
  vote(named, 10);
  if (patch !== null && patch.files.length > 0) {
    vote(index.find(bareTerm(patch), STRONG), 10);
    for (const line of linesOf(patch.added, patch.removed)) {
      const found = index.find(line, COMMON_LINE);
      vote(found, 1 / (1 + found.length));
    }
    for (const { path } of patch.files.slice(0, 16)) {
      const found = index.find(pathTerm(path), RARE_PATH);
      vote(found, 0.1 / (1 + found.length));
    }
  }
  return [...votes]
    .sort(([a, left], [b, right]) => right - left || b - a)
    .slice(0, most)
    .map(([number]) => number);
}

function linesOf(added: Uint32Array, removed: Uint32Array): Set<number> {
  const lines = new Set<number>();
  for (const line of added.subarray(0, LINES)) lines.add(line);
  for (const line of removed.subarray(0, LINES)) lines.add(line);
  return lines;
}
