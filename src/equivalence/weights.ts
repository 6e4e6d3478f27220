// Made by `npm run bench -- fit`; the report of the fit is in docs/performance/equivalence.md. Log-odds for each
// input of the model in `inputs.ts`.
import type { Input } from "./inputs.ts";

export const WEIGHTS: Readonly<Record<Input | "bias", number>> = {
  bias: -8.401,
  bareEqual: 2.992,
  lines: 1.572,
  smaller: 1.737,
  larger: 2.171,
  shared: -0.117,
  disjoint: -2.188,
  opposite: -2.289,
  paths: -1.067,
  names: 0.338,
  subjectEqual: 1.804,
  subject: 3.612,
  numbers: 0.88,
  body: 1.583,
  bothBodies: 0.936,
  author: 0.074,
  dateEqual: 3.025,
  dateNear: -0.404,
  later: -3.334,
  nearAndMuch: -0.356,
  nearAndMuchAndWords: -0.271,
  wordsAndPaths: 2.036,
  dateAndAuthor: 3.025,
  dateAndWords: -0.929,
  nearAndTiny: 0.183,
  nearElsewhere: -3.251,
};
