// Features -> a probability and a band. A logistic model with the weights that `npm run bench -- fit` makes.
import type { Band } from "../wire/match.ts";
import type { Features } from "./features.ts";
import { WEIGHTS } from "./weights.ts";

/**
 * From `ask` on a match is named, from `same` on it is acted upon. Chosen on the development set, cross-validated:
 * docs/performance/equivalence.md.
 */
const THRESHOLDS = { same: 0.95, ask: 0.65 } as const;

/** What the model adds up: features, and the products of those that say little apart. */
export const INPUTS = {
  bareEqual: (f) => f.bareEqual,
  lines: (f) => f.lines,
  smaller: (f) => Math.min(f.ofQuery, f.ofCandidate),
  larger: (f) => Math.max(f.ofQuery, f.ofCandidate),
  shared: (f) => f.shared,
  disjoint: (f) => f.disjoint,
  opposite: (f) => f.opposite,
  paths: (f) => f.paths,
  names: (f) => f.names,
  subjectEqual: (f) => f.subjectEqual,
  subject: (f) => f.subject,
  numbers: (f) => f.numbers,
  body: (f) => f.body,
  bothBodies: (f) => f.bothBodies,
  author: (f) => f.author,
  dateEqual: (f) => f.dateEqual,
  dateNear: (f) => f.dateNear,
  later: (f) => f.later,
  nearAndMuch: (f) => near(f) * f.shared,
  nearAndMuchAndWords: (f) => near(f) * f.shared * words(f),
  wordsAndPaths: (f) => words(f) * f.paths,
  dateAndAuthor: (f) => f.dateEqual * f.author,
  dateAndWords: (f) => f.dateEqual * words(f),
  nearAndTiny: (f) => near(f) * f.tiny,
  nearElsewhere: (f) => (f.names === 0 ? near(f) : 0),
} as const satisfies Record<string, (features: Features) => number>;

export type Input = keyof typeof INPUTS;

/** How near the lines are to being the same, on a logarithmic scale: 0.9 says much less than 1. */
function near({ lines }: Features): number {
  return Math.log(1.02 - lines) / Math.log(0.02);
}

function words({ subjectEqual, subject }: Features): number {
  return (subjectEqual + subject) / 2;
}

/** The probability that both commits carry the same fix, from the contents and what the messages say of themselves. */
export function probability(features: Features): number {
  let sum = WEIGHTS.bias;
  for (const [name, input] of Object.entries(INPUTS)) sum += WEIGHTS[name as Input] * input(features);
  return 1 / (1 + Math.exp(-sum));
}

export function bandOf(score: number): Band {
  if (score >= THRESHOLDS.same) return "same";
  return score >= THRESHOLDS.ask ? "ask" : "different";
}
