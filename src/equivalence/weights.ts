// Made by `npm run bench -- fit`; the report of the fit is in docs/performance/equivalence.md. Log-odds for each
// input of the model in `model.ts`.
import type { Input } from "./model.ts";

export const WEIGHTS: Readonly<Record<Input | "bias", number>> = {
  bias: -8.366,
  bareEqual: 3.012,
  lines: 1.508,
  smaller: 1.688,
  larger: 2.239,
  shared: -0.103,
  disjoint: -2.169,
  opposite: -2.291,
  paths: -1.118,
  names: 0.339,
  subjectEqual: 1.733,
  subject: 3.665,
  numbers: 0.854,
  body: 1.575,
  bothBodies: 0.913,
  author: 0.078,
  dateEqual: 3.007,
  dateNear: -0.443,
  later: -3.317,
  nearAndMuch: -0.349,
  nearAndMuchAndWords: -0.232,
  wordsAndPaths: 2.076,
  dateAndAuthor: 3.007,
  dateAndWords: -0.889,
  nearAndTiny: 0.101,
  nearElsewhere: -3.187,
};
