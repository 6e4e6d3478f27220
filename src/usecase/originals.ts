// Which commits of a pool does a commit carry? The question that every other one about equivalence is made of.
import { compare, type Compared } from "../equivalence/features.ts";
import { probability } from "../equivalence/model.ts";
import type { Rarity } from "../equivalence/similarity.ts";
import { candidatesOf } from "../index/candidates.ts";
import type { CommitIndex } from "../index/commit-index.ts";
import { claimsOf } from "../message/claims.ts";
import type { Features } from "../equivalence/features.ts";

export interface Judged {
  readonly number: number;
  readonly score: number;
  readonly features: Features;
}

/** A commit as it is compared; null if it is not in the index. */
export function comparedOf(index: CommitIndex, number: number): Compared | null {
  const facts = index.facts(number);
  return facts === null ? null : { facts, claims: claimsOf(facts.message) };
}

/** Commits of the pool that the query may carry, the likeliest first. */
export function originalsOf(
  index: CommitIndex,
  number: number,
  query: Compared,
  inPool: (number: number) => boolean,
): Judged[] {
  const rarity = rarityIn(index);
  return candidatesOf(index, { number, ...query }, inPool)
    .flatMap((candidate) => {
      const compared = comparedOf(index, candidate);
      if (compared === null) return [];
      const features = compare(query, compared, rarity);
      return [{ number: candidate, score: probability(features), features }];
    })
    .sort((a, b) => b.score - a.score);
}

function rarityIn(index: CommitIndex): Rarity {
  const known = new Map<number, number>();
  const all = Math.log(1 + index.graph.size);
  return (signature) => {
    let weight = known.get(signature);
    if (weight === undefined) {
      weight = Math.log(1 + index.graph.size / Math.max(1, index.terms.frequency(signature))) / all;
      known.set(signature, weight);
    }
    return weight;
  };
}
