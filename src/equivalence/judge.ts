// Puts together what the contents show and what the messages claim. A claim counts only where the contents resemble:
// anybody can write `cherry picked from`.
import type { Band } from "../wire/match.ts";
import type { Features } from "./features.ts";
import { bandOf, probability } from "./model.ts";

export interface Claimed {
  /** The query says that it was picked from the candidate, or from a pick of it. */
  readonly named: boolean;
  /** Both belong to one pull request, by their own words. */
  readonly pull: boolean;
}

export interface Judgement {
  /** The probability that both carry the same fix. */
  readonly score: number;
  readonly band: Band;
  /** The candidate is named, and its contents are something else. */
  readonly unlike: boolean;
}

/** Of 1,000 development pairs with a trailer whose contents resemble, one trailer was wrong. */
const NAMED = 0.99;
/** Log-odds that a common pull request adds. */
const PULL = 2;
/** What the same changed lines of the same paths weigh at least, where there are more than four. */
const BARE = 0.9;
/** The share of either patch's lines that makes two patches resemble. */
const ALIKE = 0.2;

export function judge(features: Features, { named, pull }: Claimed): Judgement {
  const alike = resembles(features);
  const floor = features.bareEqual === 1 && features.tiny === 0 ? BARE : 0;
  const own = Math.max(probability(features), floor);
  const withPull = pull && alike ? odds(own, PULL) : own;
  const score = named && alike ? Math.max(withPull, NAMED) : withPull;
  const unlike = named && !alike;
  const band = bandOf(score);
  return { score, band: unlike ? "ask" : band, unlike };
}

/** Whether the contents could be an adapted pick at all. */
function resembles(features: Features): boolean {
  if (features.bareEqual === 1) return true;
  if (features.disjoint === 1) return false;
  if (features.ofQuery + features.ofCandidate === 0) return features.names > 0; // modes, binary files
  return Math.max(features.ofQuery, features.ofCandidate) >= ALIKE;
}

function odds(probability: number, more: number): number {
  const sum = Math.log(probability / (1 - probability)) + more;
  return 1 / (1 + Math.exp(-sum));
}
