// The terms under which a commit is found again: hashes of its patch, its changed lines, its subject, its author at a
// time, its pull requests and the commits it names. Different kinds never meet, since each has its own seed.
import { claimsOf, type Claims } from "../message/claims.ts";
import { hashText } from "../patch/hash.ts";
import type { CommitFacts } from "../patch/codec.ts";
import type { PatchFacts } from "../patch/facts.ts";

/** Line terms of a commit, smallest hashes first: two commits that share lines share some of these. */
const MAX_LINES = 40;
/** Path terms of a commit; more paths are found by their lines. */
const MAX_PATHS = 16;
/** Issue terms of a commit; a message that names more is a list. */
const MAX_ISSUES = 8;
/** Digits of an object ID that a message must give to name a commit. */
const NAMED = 7;

export const bareTerm = (patch: PatchFacts): number => hashText(patch.bare, 0x1);
export const subjectTerm = (plainSubject: string): number => hashText(plainSubject, 0x2);
export const authorTerm = ({ email, authorTime }: CommitFacts): number => hashText(`${authorTime} ${email}`, 0x3);
export const pullTerm = (pull: number): number => hashText(String(pull), 0x4);
/** Of an object ID or its abbreviation. */
export const namedTerm = (oid: string): number => hashText(oid.slice(0, NAMED), 0x5);
export const pathTerm = (path: string): number => hashText(path, 0x6);
export const issueTerm = (issue: number): number => hashText(String(issue), 0x7);
/** A line's hash is its term. */
export const lineTerm = (signature: number): number => signature;

/** Every term of a commit, for the index; a term may stand twice. */
export function termsOf(facts: CommitFacts): number[] {
  const claims = claimsOf(facts.message);
  const terms = wordTerms(facts, claims);
  for (const named of namedBy(claims)) terms.push(namedTerm(named));
  if (facts.patch !== null) addPatchTerms(facts.patch, terms);
  return terms;
}

/** Terms of what a message and its author say; empty subjects have none. */
function wordTerms(facts: CommitFacts, claims: Claims): number[] {
  return [
    ...(claims.plainSubject === "" ? [] : [subjectTerm(claims.plainSubject)]),
    authorTerm(facts),
    ...claims.pulls.map(pullTerm),
    ...claims.issues.slice(0, MAX_ISSUES).map(issueTerm),
  ];
}

function addPatchTerms(patch: PatchFacts, terms: number[]): void {
  if (patch.files.length > 0) terms.push(bareTerm(patch));
  for (const { path } of patch.files.slice(0, MAX_PATHS)) terms.push(pathTerm(path));
  addSampledLines(patch, terms);
}

/** The smallest line hashes of both sides together, ascending. */
function addSampledLines({ added, removed }: PatchFacts, terms: number[]): void {
  let [a, r] = [0, 0];
  for (let n = 0; n < MAX_LINES && (a < added.length || r < removed.length); n++) {
    const [left, right] = [added[a] ?? Infinity, removed[r] ?? Infinity];
    terms.push(lineTerm(Math.min(left, right)));
    if (left <= right) a++;
    if (right <= left) r++;
  }
}

/** Object IDs and abbreviations that a message names for whatever reason. */
function namedBy(claims: Claims): string[] {
  return [
    ...claims.pickedFrom,
    ...claims.reverts,
    ...claims.reapplies,
    ...claims.fixes,
    ...claims.followsUp,
    ...claims.prerequisites.map(({ commit }) => commit),
    ...claims.mentions,
  ];
}
