// What a commit without words was made of: commits of main and of the other lines that do the same, and pull requests
// that its message names. Proposals only; the engine decides whether they hold.
import { union } from "../../equivalence/union.ts";
import type { CommitGraph } from "../../index/graph.ts";
import type { CommitIndex } from "../../index/commit-index.ts";
import { pullTerm } from "../../index/terms.ts";
import { pullOf } from "../../message/pull.ts";
import type { SourceEvidence } from "../../wire/class.ts";
import { Originals, type Original } from "../equivalents/originals.ts";
import { prepare } from "../equivalents/scope.ts";
import { indexOf, type Workspace } from "../workspace.ts";
import type { Candidate, Proposal } from "./proposal.ts";

/** Commits that are compared by picking them. */
const MOST = 3;
/** Commits that one pull request brought; more are a branch of their own. */
const SERIES = 50;
/** A commit that holds this share of another one, and more, is a squash of it and others. */
const WHOLE = 0.8;
const SMALL = 0.1;
/** With author and subject. Of 16 picks on five lines that were judged different at first, 15 score more: all true. */
const LIKELY = 0.2;

export class SourceFinder {
  readonly #graph: CommitGraph;
  readonly #index: CommitIndex;
  readonly #originals: Originals;
  readonly #main: number | null;
  readonly #isOnLine: (number: number) => boolean;
  readonly #isElsewhere: (number: number) => boolean;

  private constructor(workspace: Workspace, graph: CommitGraph, tip: number, others: readonly number[]) {
    this.#graph = graph;
    this.#index = indexOf(workspace, graph);
    this.#main = workspace.main === null ? null : graph.find(workspace.main.tip);
    this.#originals = new Originals(this.#index, this.#main);
    const marks = graph.mark([[tip], others]);
    this.#isOnLine = (number) => ((marks[number] ?? 0) & 1) !== 0;
    this.#isElsewhere = (number) => marks[number] === 2;
  }

  /** Brings the index up to date. `tip` is the last commit of the line in question. */
  static async open(
    workspace: Workspace,
    graph: CommitGraph,
    tip: number,
    landed: readonly number[],
  ): Promise<SourceFinder> {
    const { main, detected } = workspace;
    const tips = detected.flatMap(({ localTip, remoteTip }) => [localTip, remoteTip].filter((one) => one !== null));
    const numbers = tips.flatMap((one) => graph.find(one) ?? []);
    const mainTip = main === null ? null : graph.find(main.tip);
    await prepare(workspace, graph, { sources: landed, main: mainTip, tips: numbers });
    return new SourceFinder(workspace, graph, tip, [...numbers, ...(mainTip === null ? [] : [mainTip])]);
  }

  /** The likeliest first; empty for a commit that is like nothing else. */
  of({ oid, claims }: Candidate): Proposal[] {
    const number = this.#graph.find(oid);
    const query = number === null ? null : this.#originals.compared(number);
    if (number === null || query === null || (query.facts.patch?.files.length ?? 0) === 0) return [];
    const picksOfIt = new Set(this.#originals.namedBy(number));
    const found = this.#originals
      .of(
        number,
        query,
        (other) => this.#isElsewhere(other) && !picksOfIt.has(other) && this.#mayBeSource(other, number),
      )
      .filter(
        (one) => one.band === "ask" || one.features.bareEqual === 1 || one.features.ofCandidate >= WHOLE || isSure(one),
      );
    const single = found
      .filter((one) => one.band === "ask" || one.features.bareEqual === 1 || isSure(one))
      .slice(0, MOST)
      .map((one): Proposal => {
        const theirs = this.#originals.compared(one.number)?.claims.pulls ?? [];
        const evidence = theirs.some((pull) => claims.pulls.includes(pull)) ? "pull" : "equivalent";
        return { evidence, sources: [this.#source(one.number)], sure: isSure(one) };
      });
    return [...single, ...claims.pulls.flatMap((pull) => this.#pull(query, pull)), ...this.#squash(query, found)];
  }

  /** A commit of another line is a source only if it was there before; main may have taken the fix up later. */
  #mayBeSource(other: number, landed: number): boolean {
    if (this.#main !== null && this.#graph.isAncestor(other, this.#main)) return true;
    return this.#graph.time(other) <= this.#graph.time(landed);
  }

  /** Several commits that stand in the query as a whole, none of which is all of it. */
  #squash(query: Compared, found: readonly Original[]): Proposal[] {
    const parts = found
      .filter(({ features }) => features.ofCandidate >= WHOLE && features.ofQuery >= SMALL && features.ofQuery < WHOLE)
      .map(({ number }) => number)
      .sort((a, b) => a - b);
    return parts.length < 2 ? [] : [this.#series(query, "equivalent", parts)];
  }

  /** The commits that a pull request brought to main, where it was merged by a merge commit. */
  #pull(query: Compared, pull: number): Proposal[] {
    const merges = this.#index.find(pullTerm(pull), Infinity).filter((number) => {
      const isMains = this.#main !== null && this.#graph.isAncestor(number, this.#main);
      return (
        isMains &&
        this.#graph.isMerge(number) &&
        pullOf(this.#originals.compared(number)?.claims.subject ?? "") === pull
      );
    });
    return merges.slice(0, 1).flatMap((merge) => {
      const [first, ...others] = this.#graph.parents(merge);
      const brought = this.#graph.difference(others, first === undefined ? [] : [first]).reverse();
      const own = brought.filter((number) => !this.#graph.isMerge(number));
      if (own.length === 0 || own.length > SERIES || own.some((number) => this.#isOnLine(number))) return [];
      const series = this.#series(query, "pull", own);
      return [series, { ...series, sources: [this.#source(merge)] }];
    });
  }

  #series(query: Compared, evidence: SourceEvidence, numbers: readonly number[]): Proposal {
    const [first, ...rest] = numbers.flatMap((number) => this.#originals.compared(number) ?? []);
    const sure = first !== undefined && this.#originals.judgeUnion(query, union(first, rest)).band === "same";
    return { evidence, sources: numbers.map((number) => this.#source(number)), sure };
  }

  #source(number: number): { readonly oid: string; readonly mainline: number } {
    return { oid: this.#graph.oid(number), mainline: 1 };
  }
}

/** The judgement says so, or author and subject do and the contents do not speak against it, however much was changed. */
function isSure({ band, score, features }: Original): boolean {
  return band === "same" || (features.subjectEqual === 1 && features.author === 1 && score >= LIKELY);
}

type Compared = NonNullable<ReturnType<Originals["compared"]>>;
