// Searches the smallest set of commits that, picked first, makes a pick clean. History proposes, picks prove, leaving
// one out shrinks. What cannot be had is given up early: every merge is a cost.
import type { PickChain } from "../../apply/pick-chain.ts";
import { settleForTheirs } from "../../apply/settle.ts";
import type { TreeMerge } from "../../apply/tree-merge.ts";
import type { Proposal } from "../../prerequisite/proposal.ts";
import {
  contests,
  isOwnWork,
  proposeByBlame,
  proposeByHistory,
  type Asked,
  type Conflicted,
  type Ground,
} from "./propose-prerequisites.ts";

export interface SearchSubject {
  readonly source: string;
  readonly mainline: number;
  /** The tree to pick onto. */
  readonly tree: string;
  /** Orders commits of the source branch, parents first. */
  readonly order: (a: string, b: string) => number;
  /** The commit that carries this one's patch on a newer line, where there is one. */
  readonly instead: (commit: string) => string | null;
  readonly limits: Limits;
  readonly signal: AbortSignal | undefined;
}

/** Of one search. The merges of shrinking and of a chain that breaks come on top. */
export interface Limits {
  readonly merges: number;
  readonly commits: number;
}

/** What a chain that breaks may cost: a long one with breaks helps nobody. */
const BROKEN: Limits = { merges: 6, commits: 3 };

/** Proposals for the source that are all tried, though one of them cannot be had. */
const FEW = 4;

export interface SearchLimit {
  readonly reason: "merges" | "commits" | "time";
  readonly untried: readonly string[];
}

/** A pick of the chain: `from` is the commit whose patch is carried. */
export interface ChainPick extends Proposal {
  readonly from: string;
}

export interface Break {
  readonly commit: string;
  readonly merge: Conflicted;
}

export type SearchResult =
  | { readonly kind: "proven"; readonly picks: readonly ChainPick[]; readonly tree: string }
  | {
      readonly kind: "broken";
      readonly picks: readonly ChainPick[];
      readonly breaks: readonly Break[];
      readonly limit: SearchLimit | null;
    }
  | { readonly kind: "unknown"; readonly limit: SearchLimit | null };

interface Stuck {
  readonly kind: "stuck";
  readonly commit: string;
  /** What it was picked onto. */
  readonly tree: string;
  readonly merge: Conflicted;
}

type Walk =
  | {
      readonly kind: "clean";
      readonly tree: string;
      readonly from: ReadonlyMap<string, string>;
      readonly breaks: readonly Break[];
    }
  | Stuck
  | { readonly kind: "missing" };

interface Question extends Asked {
  readonly ownWork: boolean;
}

export class Search {
  readonly #ground: Ground;
  readonly #chain: PickChain;
  readonly #subject: SearchSubject;
  readonly #questions = new Map<string, Promise<Question | null>>();
  readonly #members = new Map<string, Proposal>();
  /** Commits whose pick changes nothing. */
  readonly #idle = new Set<string>();
  /** Commits that cannot be picked cleanly, whatever comes before. */
  readonly #uncurable = new Set<string>();
  readonly #untried = new Set<string>();
  #limits: Limits;
  #limit: SearchLimit["reason"] | null = null;
  /** Whether members that conflict are taken as resolved. */
  #assume = false;

  constructor(ground: Ground, chain: PickChain, subject: SearchSubject) {
    this.#ground = ground;
    this.#chain = chain;
    this.#subject = subject;
    this.#limits = subject.limits;
  }

  async run(): Promise<SearchResult> {
    const { source } = this.#subject;
    if (await this.#cure(source)) {
      const { picks, end } = await this.#shrink();
      if (end.kind === "clean") return { kind: "proven", picks, tree: end.tree };
    }
    const limit = this.#limit === null ? null : { reason: this.#limit, untried: [...this.#untried] };
    this.#members.clear();
    this.#uncurable.clear();
    this.#limit = null;
    this.#limits = { ...BROKEN, merges: this.#chain.merges + BROKEN.merges };
    this.#assume = true;
    if (await this.#cure(source)) {
      const { picks, end } = await this.#shrink();
      if (end.kind === "clean") return { kind: "broken", picks, breaks: end.breaks, limit };
    }
    return { kind: "unknown", limit };
  }

  /** Adds commits until the pick of this one, behind those that are there, is clean. False where it cannot be had. */
  async #cure(target: string): Promise<boolean> {
    for (;;) {
      const at = await this.#walk(this.#before(target), target);
      if (at.kind === "clean") return true;
      if (at.kind === "missing") return false;
      const done = at.commit === target ? !this.#isOver() && (await this.#supply(at)) : await this.#cure(at.commit);
      if (!done) return false;
    }
  }

  #before(target: string): string[] {
    const { source, order } = this.#subject;
    const members = [...this.#members.keys()].sort(order);
    return target === source ? members : members.filter((commit) => order(commit, target) < 0);
  }

  #isOver(): boolean {
    const { merges, commits } = this.#limits;
    if (this.#chain.merges >= merges) this.#limit = "merges";
    else if (this.#members.size >= commits) this.#limit = "commits";
    else if (this.#subject.signal?.aborted === true) this.#limit = "time";
    return this.#limit !== null;
  }

  /** Adds something that a conflicted pick needs; false if there is nothing, or nothing that can be had. */
  async #supply(at: Stuck): Promise<boolean> {
    const question = await this.#ask(at);
    if (question === null || question.ownWork) return false;
    // All that blame names is needed: history is asked only where blame has nothing. Only of a few that the source itself
    // asks for, one that cannot be had may still turn out to be no more than a neighbour.
    const blamed = this.#open(at.commit, await proposeByBlame(this.#ground, question));
    const needed = at.commit === this.#subject.source && blamed.length <= FEW ? "most" : "each";
    const left = blamed.filter(({ commit }) => !this.#uncurable.has(commit));
    if (left.length < blamed.length && (needed === "each" || left.length === 0)) return false;
    if (await this.#admit(left, at.tree, needed)) return true;
    if (this.#open(at.commit, blamed).length > 0) return false;
    const others = this.#open(at.commit, await proposeByHistory(this.#ground, question));
    return this.#admit(
      others.filter(({ commit }) => !this.#uncurable.has(commit)),
      at.tree,
      "any",
    );
  }

  /** Those proposals for a commit that are not settled yet. */
  #open(target: string, proposals: readonly Proposal[]): Proposal[] {
    const { order } = this.#subject;
    return proposals.filter(
      ({ commit }) => !this.#members.has(commit) && !this.#idle.has(commit) && order(commit, target) < 0,
    );
  }

  /** What history is asked about a conflicted pick; null for a root commit. */
  #ask(at: Stuck): Promise<Question | null> {
    const key = `${at.commit} ${at.tree}`;
    const question = this.#questions.get(key) ?? this.#askAnew(at);
    this.#questions.set(key, question);
    return question;
  }

  async #askAnew({ commit, merge }: Stuck): Promise<Question | null> {
    const { source, mainline } = this.#subject;
    const { scratch } = this.#ground;
    const parents = (await scratch.reader.commit(commit))?.parents ?? [];
    const parent = parents[(commit === source ? mainline : 1) - 1];
    if (parent === undefined) return null;
    const asked = { commit, parent, contests: await contests(scratch, merge) };
    return { ...asked, ownWork: await isOwnWork(this.#ground, asked) };
  }

  /**
   * Takes the proposals that pick cleanly; if none does, the weightiest, with what it needs in turn. `needed`: where each
   * is needed, the first that cannot be had ends it; where most are, it ends when none of the others is clean.
   */
  async #admit(proposals: readonly Proposal[], tree: string, needed: "each" | "most" | "any"): Promise<boolean> {
    for (const { commit } of proposals) this.#untried.add(commit);
    let there = tree;
    let taken = false;
    for (const proposal of [...proposals].sort((a, b) => this.#subject.order(a.commit, b.commit))) {
      if (this.#isOver()) return false;
      const { commit } = proposal;
      const { merge } = await this.#pick(there, commit);
      if (merge.kind === "clean" && merge.tree !== there) {
        there = merge.tree;
        taken = true;
        this.#members.set(commit, proposal);
      } else if (merge.kind === "conflict") {
        if (this.#assume) continue;
        if ((await this.#ask({ kind: "stuck", commit, tree: there, merge }))?.ownWork !== true) continue;
        this.#uncurable.add(commit);
        if (needed === "each") return false;
      } else {
        this.#idle.add(commit); // nothing that the line lacks, or nothing that can be read
      }
      this.#untried.delete(commit);
    }
    if (taken) return true;
    for (const proposal of proposals) {
      const { commit } = proposal;
      if (this.#idle.has(commit)) continue;
      if (!this.#uncurable.has(commit)) {
        this.#untried.delete(commit);
        this.#members.set(commit, proposal);
        if (await this.#cure(commit)) return true;
        this.#members.delete(commit);
        this.#uncurable.add(commit);
      }
      if (needed !== "any") return false;
    }
    return false;
  }

  /** A commit's own patch, or, where that conflicts, the one that a newer line took. */
  async #pick(tree: string, commit: string): Promise<{ readonly from: string; readonly merge: TreeMerge }> {
    const { source, mainline, instead } = this.#subject;
    const merge = await this.#chain.pick(tree, commit, commit === source ? mainline : 1);
    const other = merge.kind === "conflict" && commit !== source ? instead(commit) : null;
    if (other === null) return { from: commit, merge };
    const adapted = await this.#chain.pick(tree, other);
    return adapted.kind === "clean" && adapted.tree !== tree
      ? { from: other, merge: adapted }
      : { from: commit, merge };
  }

  /** Picks those commits and then the target. */
  async #walk(commits: readonly string[], target: string): Promise<Walk> {
    let { tree } = this.#subject;
    const carried = new Map<string, string>();
    const breaks: Break[] = [];
    for (const commit of [...commits, target]) {
      const { from, merge } = await this.#pick(tree, commit);
      carried.set(commit, from);
      if (merge.kind === "missing") return { kind: "missing" };
      if (merge.kind === "conflict") {
        const isAssumed = this.#assume && commit !== this.#subject.source;
        const settled = isAssumed ? await settleForTheirs(this.#chain.engine, merge) : null;
        if (settled === null) return { kind: "stuck", commit, tree, merge };
        breaks.push({ commit, merge });
        tree = settled;
      } else {
        tree = merge.tree;
      }
    }
    return { kind: "clean", tree, from: carried, breaks };
  }

  /** Leaves out what is not needed, the newest first: what only that one needed comes after it. */
  async #shrink(): Promise<{ readonly picks: ChainPick[]; readonly end: Walk }> {
    const { source, order } = this.#subject;
    let kept = [...this.#members.keys()].sort(order);
    for (const commit of kept.toReversed()) {
      if (kept.length === 1) break; // without any, the pick conflicts: that was the question
      const others = kept.filter((other) => other !== commit);
      if ((await this.#walk(others, source)).kind === "clean") kept = others;
    }
    const end = await this.#walk(kept, source);
    const from = end.kind === "clean" ? end.from : new Map<string, string>();
    const picks = kept.flatMap((commit) => {
      const proposal = this.#members.get(commit);
      return proposal === undefined ? [] : [{ ...proposal, from: from.get(commit) ?? commit }];
    });
    return { picks, end };
  }
}
