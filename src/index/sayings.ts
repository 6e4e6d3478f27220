// What other commits say of a commit: that they take it back, put it back, repair it or follow it up. Found by the
// object IDs, pull requests, issues and subjects that messages name. Words only: nothing here proves anything.
import { claimsOf, type Claims } from "../message/claims.ts";
import { plainSubject } from "../message/subject.ts";
import type { CommitFacts } from "../patch/codec.ts";
import type { CommitIndex } from "./commit-index.ts";
import { issueTerm, namedTerm, pullTerm, subjectTerm } from "./terms.ts";

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
  const facts = index.facts(number);
  if (facts === null) return [];
  const oid = index.graph.oid(number);
  const claims = claimsOf(facts.message);
  const found = new Map<number, SaidHow>();
  const candidates = new Set([
    ...index.find(namedTerm(oid), MOST),
    ...claims.pulls.flatMap((pull) => index.find(pullTerm(pull), MOST)),
    ...revertedSubjects(claims).flatMap((subject) => index.find(subjectTerm(subject), MOST)),
    ...claims.issues.flatMap((issue) => index.find(issueTerm(issue), MOST_OF_ISSUE)),
  ]);
  for (const candidate of candidates) {
    if (candidate === number) continue;
    const other = index.facts(candidate);
    const how = other === null ? null : howOf({ oid, facts, claims }, other);
    if (how !== null) found.set(candidate, how);
  }
  return [...found].map(([at, how]) => ({ number: at, how })).sort((a, b) => b.number - a.number);
}

interface Subject {
  readonly oid: string;
  readonly facts: CommitFacts;
  readonly claims: Claims;
}

function howOf(of: Subject, facts: CommitFacts): SaidHow | null {
  const says = claimsOf(facts.message);
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
