// What the model adds up: features, and the products of those that say little apart. Features in, numbers out.
import type { Features } from "./features.ts";

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
