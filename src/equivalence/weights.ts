// Made by `npm run bench -- fit`; the report of the fit is in docs/performance/equivalence.md. Log-odds for each
// input of the model in `model.ts`.
import type { Input } from "./model.ts";

export const WEIGHTS: Readonly<Record<Input | "bias", number>> = {
  bias: -8.438,
  bareEqual: 2.997,
  lines: 1.537,
  smaller: 1.715,
  larger: 2.259,
  shared: -0.113,
  disjoint: -2.15,
  opposite: -2.289,
  paths: -1.075,
  names: 0.333,
  subjectEqual: 1.779,
  subject: 3.645,
  numbers: 0.884,
  body: 1.582,
  bothBodies: 0.935,
  author: 0.069,
  dateEqual: 3.005,
  dateNear: -0.41,
  later: -3.333,
  nearAndMuch: -0.358,
  nearAndMuchAndWords: -0.263,
  wordsAndPaths: 2.046,
  dateAndAuthor: 3.005,
  dateAndWords: -0.88,
  nearAndTiny: 0.183,
  nearElsewhere: -3.254,
};
