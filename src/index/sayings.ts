// What other commits say of a commit: that they take it back, put it back, repair it or follow it up. Found by the
// object IDs, pull requests, issues and subjects that messages name. Words only: nothing here proves anything.
import { compareLines } from "../equivalence/similarity.ts";
import type { Claims } from "../message/claims.ts";
import { plainSubject } from "../message/subject.ts";
import type { CommitFacts } from "../patch/codec.ts";
import type { PatchFacts } from "../patch/facts.ts";
import type { CommitIndex } from "./commit-index.ts";
import { issueTerm, namedTerm, pathTerm, pullTerm, subjectTerm } from "./terms.ts";

export type SaidHow = "reverts" | "reapplies" | "fixes" | "follows up" | "same issue";

export interface Saying {
  /** The commit that says it, by its number. */
  readonly number: number;
  readonly how: SaidHow;
}

/** Commits that name one commit; more are no conversation. */
const MOST = 500;
/** An issue that more commits name is a roadmap. */
const MOST_OF_ISSUE = 12;

/** Newest number first; a commit that says several things is told once, by the first of the kinds above. */
export function sayingsOf(index: CommitIndex, number: number): Saying[] {
  const [facts, claims] = [index.facts(number), index.claims(number)];
  if (facts === null || claims === null) return [];
  const oid = index.graph.oid(number);
  const found = new Map<number, SaidHow>();
  const candidates = new Set([
    ...index.find(namedTerm(oid), MOST),
    ...claims.pulls.flatMap((pull) => index.find(pullTerm(pull), MOST)),
    ...revertedSubjects(claims).flatMap((subject) => index.find(subjectTerm(subject), MOST)),
    ...claims.issues.flatMap((issue) => index.find(issueTerm(issue), MOST_OF_ISSUE)),
  ]);
  for (const candidate of candidates) {
    if (candidate === number) continue;
    const [other, says] = [index.facts(candidate), index.claims(candidate)];
    const how = other === null || says === null ? null : howOf({ oid, facts, claims }, other, says);
    if (how !== null) found.set(candidate, how);
  }
  return [...found].map(([at, how]) => ({ number: at, how })).sort((a, b) => b.number - a.number);
}

interface Subject {
  readonly oid: string;
  readonly facts: CommitFacts;
  readonly claims: Claims;
}

function howOf(of: Subject, facts: CommitFacts, says: Claims): SaidHow | null {
  const names = (ids: readonly string[]): boolean => ids.some((id) => of.oid.startsWith(id));
  if (names(says.reverts)) return "reverts";
  if (names(says.reapplies)) return "reapplies";
  if (names(says.fixes)) return "fixes";
  if (names(says.followsUp)) return "follows up";
  if (names(says.pickedFrom)) return null;
  if (facts.authorTime < of.facts.authorTime || !sharePath(of.facts, facts)) return null;
  // A forge's revert names the pull request or the subject alone.
  if (revertedSubjects(of.claims).includes(says.plainSubject)) return "reverts";
  if (of.claims.issues.some((issue) => says.issues.includes(issue))) return "same issue";
  return null;
}

/** What a revert of it would be called: with and without its own decorations. */
function revertedSubjects({ subject, plainSubject: plain }: Claims): string[] {
  return subject === "" ? [] : [...new Set([subject, plain].map((text) => plainSubject(`Revert "${text}"`)))];
}

function sharePath(left: CommitFacts, right: CommitFacts): boolean {
  const paths = new Set(left.patch?.files.map(({ path }) => path));
  return right.patch?.files.some(({ path }) => paths.has(path)) === true;
}

/**
 * The commit among those that `reaches` which takes a commit back by its own words, if none takes that back in turn and
 * none puts the commit back later; null if there is none. Only what has a larger number than `from` comes later: the
 * commit's own number, or that of a pick of it.
 */
export function revertOf(
  index: CommitIndex,
  number: number,
  reaches: (number: number) => boolean,
  from = number,
  seen: ReadonlySet<number> = new Set(),
): number | null {
  const said = sayingsOf(index, number).filter((one) => one.number > from && reaches(one.number));
  const again = said.find(({ how }) => how === "reapplies")?.number ?? -1;
  for (const { number: revert, how } of said) {
    if (how !== "reverts" || revert < again || seen.has(revert)) continue;
    if (revertOf(index, revert, reaches, revert, new Set([...seen, number])) === null) return revert;
  }
  return null;
}

/** Commits that touch a path; in a file that more commits touch the search is given up. */
const MOST_OF_PATH = 2_000;
/** The share of a patch's opposite that a commit must have to be taken for it. */
const OPPOSITE = 0.8;

/** The oldest commit among those that `reaches` which takes a commit's lines out again without saying so, or null. */
export function silentRevertOf(
  index: CommitIndex,
  number: number,
  reaches: (number: number) => boolean,
): number | null {
  const patch = index.facts(number)?.patch ?? null;
  const path = patch?.files[0]?.path;
  if (patch === null || path === undefined) return null;
  const later = index.find(pathTerm(path), MOST_OF_PATH).filter((other) => other > number && reaches(other));
  for (const other of later.sort((a, b) => a - b)) {
    const facts = index.facts(other);
    if (facts?.patch == null) continue;
    if (compareLines(opposite(patch), facts.patch, () => 1).ofLeft >= OPPOSITE) return other;
  }
  return null;
}

function opposite(patch: PatchFacts): PatchFacts {
  return { ...patch, added: patch.removed, removed: patch.added };
}
