// A pair of commits -> the numbers that the judgement is made of, each between 0 and 1. Knows no weights.
import type { Claims } from "../message/claims.ts";
import type { CommitFacts } from "../patch/codec.ts";
import { EMPTY_PATCH, type PatchFacts } from "../patch/facts.ts";
import { common, compareLines, jaccard, wordsOf, type Rarity } from "./similarity.ts";

/** A commit that is compared. */
export interface Compared {
  readonly facts: CommitFacts;
  readonly claims: Claims;
}

export interface Features {
  /** The same paths and changed lines, white space aside. */
  readonly bareEqual: number;
  /** White space too. */
  readonly exactEqual: number;
  /** Weight of the changed lines that both have, of those that either has. */
  readonly lines: number;
  /** The share of the query's lines that the candidate has, and the other way round. */
  readonly ofQuery: number;
  readonly ofCandidate: number;
  /** How much is in common, on a logarithmic scale. */
  readonly shared: number;
  /** Both change lines, and none is in common. */
  readonly disjoint: number;
  /** Lines that one adds and the other removes. */
  readonly opposite: number;
  readonly paths: number;
  /** Paths without their directories. */
  readonly names: number;
  /** The query changes at most four lines. */
  readonly tiny: number;
  readonly subjectEqual: number;
  readonly subject: number;
  /** Words with digits differ between the subjects: versions, as a rule. */
  readonly numbers: number;
  readonly body: number;
  readonly bothBodies: number;
  readonly author: number;
  readonly dateEqual: number;
  readonly dateNear: number;
  /** The candidate was written after the query was committed. */
  readonly later: number;
}

const DAY = 86_400;
/** Shared weight beyond which more says nothing more. */
const MUCH = 200;

export function compare(query: Compared, candidate: Compared, rarity: Rarity): Features {
  const [left, right] = [query.facts.patch ?? EMPTY_PATCH, candidate.facts.patch ?? EMPTY_PATCH];
  const lines = compareLines(left, right, rarity);
  const hasLines = lines.least > 0 || lines.ofLeft > 0;
  const [bodyLeft, bodyRight] = [wordsOf(bodyOf(query.facts.message)), wordsOf(bodyOf(candidate.facts.message))];
  const bothBodies = bodyLeft.size > 0 && bodyRight.size > 0;
  const gap = Math.abs(query.facts.authorTime - candidate.facts.authorTime);
  return {
    bareEqual: flag(left.files.length > 0 && left.bare === right.bare),
    exactEqual: flag(left.files.length > 0 && left.exact === right.exact),
    lines: hasLines ? lines.jaccard : 0,
    ofQuery: lines.ofLeft,
    ofCandidate: lines.ofRight,
    shared: Math.min(1, Math.log1p(lines.shared) / Math.log1p(MUCH)),
    disjoint: flag(lines.shared === 0 && lines.least > 0),
    opposite: lines.opposite,
    paths: jaccard(pathsOf(left), pathsOf(right)),
    names: jaccard(namesOf(left), namesOf(right)),
    tiny: flag(left.addedLines + left.removedLines <= 4),
    subjectEqual: flag(query.claims.plainSubject === candidate.claims.plainSubject),
    subject: jaccard(wordsOf(query.claims.plainSubject), wordsOf(candidate.claims.plainSubject)),
    numbers: flag(numbersIn(query.claims.plainSubject) !== numbersIn(candidate.claims.plainSubject)),
    body: bothBodies ? jaccard(bodyLeft, bodyRight) : 0,
    bothBodies: flag(bothBodies),
    author: flag(sameAuthor(query.facts, candidate.facts)),
    dateEqual: flag(gap === 0),
    dateNear: 1 / (1 + gap / (7 * DAY)),
    later: flag(candidate.facts.authorTime > query.facts.committerTime),
  };
}

/** Lines in common, of the smaller patch, that make two commits worth comparing in full. */
const SOME = 0.1;

/** A quick look: false for two commits that share nothing that a judgement could rest on. */
export function isWorthComparing({ facts, claims }: Compared, other: Compared): boolean {
  if (claims.plainSubject === other.claims.plainSubject || facts.authorTime === other.facts.authorTime) return true;
  const [left, right] = [facts.patch ?? EMPTY_PATCH, other.facts.patch ?? EMPTY_PATCH];
  if (left.bare === right.bare) return true;
  const shared = common(left.added, right.added) + common(left.removed, right.removed);
  const least = Math.min(left.added.length + left.removed.length, right.added.length + right.removed.length);
  return shared > least * SOME || jaccard(wordsOf(claims.plainSubject), wordsOf(other.claims.plainSubject)) >= 0.5;
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}

function sameAuthor(left: CommitFacts, right: CommitFacts): boolean {
  return (left.email !== "" && left.email === right.email) || (left.author !== "" && left.author === right.author);
}

function pathsOf(patch: PatchFacts): Set<string> {
  return new Set(patch.files.map(({ path }) => path));
}

function namesOf(patch: PatchFacts): Set<string> {
  return new Set(patch.files.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)));
}

function numbersIn(subject: string): string {
  return [...wordsOf(subject)]
    .filter((word) => /\d/.test(word))
    .sort()
    .join(" ");
}

/** The message without its subject and without lines such as `Signed-off-by: …`. */
function bodyOf(message: string): string {
  const [, ...paragraphs] = message.split(/\n[ \t]*\n/);
  return paragraphs
    .join("\n")
    .split("\n")
    .filter((line) => !/^[A-Za-z][\w-]*:[ \t]|^\(cherry picked from/.test(line))
    .join("\n");
}
