// What `fit` learns from: pairs of commits as features, with what is known of them.
import { writeFileSync } from "node:fs";
import type { Features } from "../src/equivalence/features.ts";
import { claimsOf } from "../src/message/claims.ts";
import type { Pairs } from "./pairs.ts";
import { sample } from "./cases.ts";
import { withoutReferences } from "./hide.ts";

export interface Example {
  /** The backport's original; another candidate for it; two commits of main whose contents differ. */
  readonly kind: "original" | "other" | "apart";
  /** The pair was found by its metadata, which is therefore equal. */
  readonly byMetadata: boolean;
  /** git's patch IDs of backport and original are equal. */
  readonly patchIdEqual: boolean;
  /** Candidates of one question stand together; negative for `apart`. */
  readonly question: number;
  readonly backport: string;
  readonly candidate: string;
  /** The candidate has the original's patch ID. */
  readonly twin: boolean;
  readonly features: Features;
}

/** Commits of main that are compared with their likes on main. */
const APART = 1_500;
/** Candidates of a question that are kept. */
const OTHERS = 20;

/** One line an example. */
export function writeFeatures(all: Pairs, file: string): void {
  const examples = [...fromCases(all), ...fromMain(all)];
  writeFileSync(file, examples.map((example) => `${JSON.stringify(example)}\n`).join(""));
}

function* fromCases({ originals, pairs }: Pairs): Generator<Example> {
  const { graph } = originals.index;
  for (const [question, pair] of pairs.entries()) {
    if (pair === null) continue;
    const { one, number, query, inPool, taken, patchIdEqual } = pair;
    const found = originals.of(number, query, inPool);
    const known = {
      byMetadata: one.evidence === "author+date+subject",
      patchIdEqual,
      question,
      backport: one.backport,
    };
    for (const { number: candidate, features } of found.slice(0, OTHERS)) {
      const oid = graph.oid(candidate);
      const kind = oid === one.original ? "original" : "other";
      yield { ...known, kind, candidate: oid, twin: taken.has(candidate), features };
    }
  }
}

/**
 * Other pairs of main that look alike in words or paths and have other contents: version bumps, the next commit of a
 * series. Alike contents are left out, for those may be one fix.
 */
function* fromMain({ originals, main }: Pairs): Generator<Example> {
  const { graph } = originals.index;
  const reached = graph.mark([[main]]);
  const commits = [...reached.keys()].filter((number) => reached[number] === 1 && !graph.isMerge(number));
  for (const [n, number] of sample(commits, APART, 1).entries()) {
    const known = originals.compared(number);
    if (known === null) continue;
    const message = withoutReferences(known.facts.message, graph.oid(number));
    const query = { facts: { ...known.facts, message }, claims: claimsOf(message) };
    for (const { number: candidate, features } of originals.of(number, query, (other) => reached[other] === 1)) {
      const { bareEqual, dateEqual, lines, subject, body, ofQuery, ofCandidate } = features;
      if (bareEqual === 1 || dateEqual === 1 || lines >= 0.3) continue;
      if (Math.max(subject, body, ofQuery, ofCandidate) <= 0.5) continue;
      const common = { kind: "apart", byMetadata: false, patchIdEqual: false, question: -1 - n, twin: false } as const;
      yield { ...common, backport: graph.oid(number), candidate: graph.oid(candidate), features };
    }
  }
}
