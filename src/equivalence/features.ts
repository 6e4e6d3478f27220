// A pair of commits -> the numbers that the judgement is made of, each between 0 and 1. Knows no weights.
import type { Claims } from "../message/claims.ts";
import type { BytePath } from "../object/path.ts";
import type { CommitFacts } from "../patch/codec.ts";
import { EMPTY_PATCH, type PatchFacts } from "../patch/facts.ts";
import { compareLines, jaccard, wordsOf, type Rarity } from "./similarity.ts";

/** A commit that is compared. */
export interface Compared {
  readonly facts: CommitFacts;
  readonly claims: Claims;
}

export interface Features {
  readonly bareEqual: number;
  readonly exactEqual: number;
  readonly lines: number;
  readonly smaller: number;
  readonly larger: number;
  readonly shared: number;
  readonly opposite: number;
  readonly paths: number;
  readonly names: number;
  readonly size: number;
  readonly subjectEqual: number;
  readonly subject: number;
  readonly body: number;
  readonly bothBodies: number;
  readonly author: number;
  readonly dateEqual: number;
  readonly dateNear: number;
  readonly later: number;
}

const DAY = 86_400;

export function compare(query: Compared, candidate: Compared, rarity: Rarity): Features {
  const [left, right] = [query.facts.patch ?? EMPTY_PATCH, candidate.facts.patch ?? EMPTY_PATCH];
  const lines = compareLines(left, right, rarity);
  const [leftLines, rightLines] = [left.addedLines + left.removedLines, right.addedLines + right.removedLines];
  const [bodyLeft, bodyRight] = [wordsOf(bodyOf(query.facts.message)), wordsOf(bodyOf(candidate.facts.message))];
  const bothBodies = bodyLeft.size > 0 && bodyRight.size > 0;
  const gap = Math.abs(query.facts.authorTime - candidate.facts.authorTime);
  const hasLines = leftLines + rightLines > 0;
  return {
    bareEqual: flag(left.files.length > 0 && left.bare === right.bare),
    exactEqual: flag(left.files.length > 0 && left.exact === right.exact),
    lines: hasLines ? lines.jaccard : 0,
    smaller: Math.min(lines.ofLeft, lines.ofRight),
    larger: Math.max(lines.ofLeft, lines.ofRight),
    shared: lines.shared / (lines.shared + 4),
    opposite: lines.opposite,
    paths: jaccard(pathsOf(left), pathsOf(right)),
    names: jaccard(namesOf(left), namesOf(right)),
    size: (1 + Math.min(leftLines, rightLines)) / (1 + Math.max(leftLines, rightLines)),
    subjectEqual: flag(query.claims.plainSubject === candidate.claims.plainSubject),
    subject: jaccard(wordsOf(query.claims.plainSubject), wordsOf(candidate.claims.plainSubject)),
    body: bothBodies ? jaccard(bodyLeft, bodyRight) : 0,
    bothBodies: flag(bothBodies),
    author: flag(
      query.facts.email === candidate.facts.email ||
        (query.facts.author !== "" && query.facts.author === candidate.facts.author),
    ),
    dateEqual: flag(gap === 0),
    dateNear: 1 / (1 + gap / (7 * DAY)),
    later: flag(candidate.facts.authorTime > query.facts.committerTime),
  };
}

function flag(value: boolean): number {
  return value ? 1 : 0;
}

function pathsOf(patch: PatchFacts): Set<string> {
  return new Set(patch.files.map(({ path }) => path));
}

function namesOf(patch: PatchFacts): Set<string> {
  return new Set(patch.files.map(({ path }: { path: BytePath }) => path.slice(path.lastIndexOf("/") + 1)));
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
