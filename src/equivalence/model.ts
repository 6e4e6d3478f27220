// The weights of the judgement, as `npm run bench -- fit` made them. Features in, a probability out.
import type { Features } from "./features.ts";

export const THRESHOLDS = { same: 0.9, ask: 0.5 } as const;

const WEIGHTS: Readonly<Record<keyof Features | "bias", number>> = {
  bias: -8.67,
  bareEqual: 0.73,
  exactEqual: 0.72,
  lines: 0.83,
  smaller: 0.67,
  larger: 1.4,
  shared: 1.2,
  opposite: -1.03,
  paths: 0.8,
  names: 0.28,
  size: -0.43,
  subjectEqual: 1.4,
  subject: 2.6,
  body: 1.7,
  bothBodies: 0.86,
  author: 0.4,
  dateEqual: 5.2,
  dateNear: 1,
  later: -1.47,
};

export function probability(features: Features): number {
  let sum = WEIGHTS.bias;
  for (const name of Object.keys(features) as (keyof Features)[]) sum += WEIGHTS[name] * features[name];
  return 1 / (1 + Math.exp(-sum));
}
