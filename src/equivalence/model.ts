// Features -> a probability and a band. A logistic model with the weights that `npm run bench -- fit` makes.
import type { Band } from "../wire/match.ts";
import type { Features } from "./features.ts";
import { INPUTS, type Input } from "./inputs.ts";
import { WEIGHTS } from "./weights.ts";

/**
 * From `ask` on a match is named, from `same` on it is acted upon. Chosen on the development set, cross-validated:
 * docs/performance/equivalence.md.
 */
const THRESHOLDS = { same: 0.95, ask: 0.75 } as const;

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
