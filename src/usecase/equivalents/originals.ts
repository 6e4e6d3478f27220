// Which commits of a pool does a commit carry? The question that every other one about equivalence is made of: facts
// and claims come from the index, the judgement from `equivalence/`.
import { compare, isWorthComparing, type Compared, type Features } from "../../equivalence/features.ts";
import { judge, type Judgement } from "../../equivalence/judge.ts";
import type { Rarity } from "../../equivalence/similarity.ts";
import { candidatesOf } from "../../index/candidates.ts";
import type { CommitIndex } from "../../index/commit-index.ts";
import { namedTerm } from "../../index/terms.ts";
import { landings } from "../../index/landings.ts";

export interface Original extends Judgement {
  /** In the graph of the index. */
  readonly number: number;
  readonly features: Features;
  /** The picks between, nearest first, if the commit says that it was picked from here; null if it does not. */
  readonly chain: readonly number[] | null;
}

/** Scores nearer than this are equal, where the patches are. */
const TIE = 0.05;
/** Picks of picks that are followed. */
const CHAIN = 6;
/** Candidates that are compared in full. On the development set the original is among the first six. */
const MOST = 24;

export class Originals {
  readonly index: CommitIndex;
  readonly #main: number | null;
  #landings: Int32Array | null = null;
  readonly #compared = new Map<number, Compared | null>();
  readonly #rarity: Rarity;

  /** @param main the main branch's tip, whose first-parent chain says what came first */
  constructor(index: CommitIndex, main: number | null) {
    this.index = index;
    this.#main = main;
    this.#rarity = rarityIn(index);
  }

  /** A commit as it is compared; null if the index does not hold it. */
  compared(number: number): Compared | null {
    let compared = this.#compared.get(number);
    if (compared === undefined) {
      const [facts, claims] = [this.index.facts(number), this.index.claims(number)];
      compared = facts === null || claims === null ? null : { facts, claims };
      this.#compared.set(number, compared);
    }
    return compared;
  }

  /** Commits of the pool that the query may carry, the likeliest first. Bands are not cut off: `different` is there. */
  of(number: number, query: Compared, inPool: (number: number) => boolean): Original[] {
    const chains = this.chains(query);
    const found = candidatesOf(this.index, { number, ...query }, [...chains.keys()], inPool, MOST).flatMap(
      (candidate) => this.#judge(query, candidate, chains),
    );
    return this.#inOrder(found);
  }

  /** One commit as a pick of one source; null if the index lacks either. */
  judge(commit: number, source: number): Original | null {
    const query = this.compared(commit);
    return query === null ? null : (this.#judge(query, source, this.chains(query))[0] ?? null);
  }

  /** Whether a closer look is worth its time: a common patch, subject, moment or share of lines. */
  mayBeLike(left: number, right: number): boolean {
    const [a, b] = [this.compared(left), this.compared(right)];
    return a !== null && b !== null && isWorthComparing(a, b);
  }

  /** A commit that is made of several, or compared with several, as one. */
  judgeUnion(query: Compared, candidate: Compared): { features: Features } & Judgement {
    const features = compare(query, candidate, this.#rarity);
    return { features, ...judge(features, { named: false, pull: false }) };
  }

  #judge(query: Compared, candidate: number, chains: ReadonlyMap<number, readonly number[]>): Original[] {
    const compared = this.compared(candidate);
    if (compared === null) return [];
    const features = compare(query, compared, this.#rarity);
    const chain = chains.get(candidate) ?? null;
    const pull = query.claims.pulls.some((one) => compared.claims.pulls.includes(one));
    return [{ number: candidate, features, chain, ...judge(features, { named: chain !== null, pull }) }];
  }

  /** The commits whose messages say that they were picked from this one, or from such a pick. */
  namedBy(number: number): number[] {
    const found = new Set<number>();
    let open = [number];
    for (let depth = 0; depth < CHAIN && open.length > 0; depth++) {
      open = open.flatMap((source) => {
        const oid = this.index.graph.oid(source);
        return this.index.find(namedTerm(oid), Infinity).filter((other) => {
          const claims = this.compared(other)?.claims.pickedFrom ?? [];
          return !found.has(other) && claims.some((named) => oid.startsWith(named));
        });
      });
      for (const one of open) found.add(one);
    }
    return [...found];
  }

  /** The commits that a message says its own was picked from, and those that these say, each with the way there. */
  chains(query: Compared): Map<number, number[]> {
    const found = new Map<number, number[]>();
    let nearest = query.claims.pickedFrom.map((named) => ({ named, way: [] as number[] }));
    for (let depth = 0; depth < CHAIN && nearest.length > 0; depth++) {
      nearest = nearest.flatMap(({ named, way }) =>
        this.index.graph.findAbbreviated(named).flatMap((number) => {
          if (found.has(number)) return [];
          found.set(number, way);
          const claims = this.compared(number)?.claims.pickedFrom ?? [];
          return claims.map((next) => ({ named: next, way: [...way, number] }));
        }),
      );
    }
    return found;
  }

  /** By score; of commits with one patch, the one that came to main first, then the newest. */
  #inOrder(found: Original[]): Original[] {
    const sorted = found.sort((a, b) => b.score - a.score);
    const [first] = sorted;
    if (first === undefined) return sorted;
    const patch = this.compared(first.number)?.facts.patch?.bare;
    const twins = sorted.filter(
      ({ number, score }) => score > first.score - TIE && this.compared(number)?.facts.patch?.bare === patch,
    );
    if (twins.length < 2) return sorted;
    twins.sort((a, b) => this.#landing(a.number) - this.#landing(b.number) || b.number - a.number);
    return [...twins, ...sorted.filter((one) => !twins.includes(one))];
  }

  #landing(number: number): number {
    if (this.#main === null) return 0;
    this.#landings ??= landings(this.index.graph, this.#main);
    return this.#landings[number] ?? 0;
  }
}

/** Of a line: 1 if it is in one commit, and less the more have it. */
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
