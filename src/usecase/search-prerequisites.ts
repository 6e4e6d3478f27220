// Searches the smallest set of commits that, picked first, makes a pick clean. History proposes, picks prove, leaving
// one out shrinks.
import type { PickChain } from "../apply/pick-chain.ts";
import { settleForTheirs } from "../apply/settle.ts";
import { weightOf, type Proposal } from "../prerequisite/proposal.ts";
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
  readonly limits: Limits;
  readonly signal: AbortSignal | undefined;
}

export interface Limits {
  readonly merges: number;
  readonly commits: number;
}

export type LimitReason = "merges" | "commits" | "time";

export type SearchResult =
  | { readonly kind: "proven"; readonly picks: readonly Proposal[]; readonly tree: string }
  | { readonly kind: "broken"; readonly picks: readonly Proposal[]; readonly breaks: readonly Break[] }
  | {
      readonly kind: "unknown";
      readonly limit: { readonly reason: LimitReason; readonly untried: readonly string[] } | null;
    };

export interface Break {
  readonly commit: string;
  readonly merge: Conflicted;
}

type Walk =
  | { readonly kind: "clean"; readonly tree: string; readonly breaks: readonly Break[] }
  | { readonly kind: "stuck"; readonly commit: string; readonly tree: string; readonly merge: Conflicted }
  | { readonly kind: "missing"; readonly commit: string };

export class Search {
  readonly #ground: Ground;
  readonly #chain: PickChain;
  readonly #subject: SearchSubject;
  readonly #members = new Map<string, Proposal>();
  readonly #out = new Set<string>();
  readonly #untried = new Set<string>();
  /** Members whose conflicts are taken as resolved. */
  readonly #assumed = new Set<string>();
  #limit: LimitReason | null = null;

  constructor(ground: Ground, chain: PickChain, subject: SearchSubject) {
    this.#ground = ground;
    this.#chain = chain;
    this.#subject = subject;
  }

  async run(): Promise<SearchResult> {
    const tree = await this.#grow(false);
    if (tree !== null) {
      const picks = await this.#shrink();
      return { kind: "proven", picks, tree };
    }
    const limit = this.#limit;
    this.#members.clear();
    this.#out.clear();
    this.#limit = null;
    if ((await this.#grow(true)) !== null) {
      const picks = await this.#shrink();
      const end = await this.#walk(picks.map(({ commit }) => commit));
      if (end.kind === "clean") return { kind: "broken", picks, breaks: end.breaks };
    }
    return { kind: "unknown", limit: limit === null ? null : { reason: limit, untried: [...this.#untried] } };
  }

  /** Adds commits until the source is clean: its tree, or null where nothing more is to be proposed. */
  async #grow(assume: boolean): Promise<string | null> {
    const { source, order } = this.#subject;
    const before = this.#chain.merges;
    for (;;) {
      const at = await this.#walk([...this.#members.keys()].sort(order));
      if (at.kind === "clean") return at.tree;
      if (at.kind === "missing") {
        if (at.commit === source) return null;
        this.#drop(at.commit);
        continue;
      }
      const proposals = this.#isOver(before) ? [] : await this.#propose(at);
      for (const { commit } of proposals) this.#untried.add(commit);
      if (proposals.length > 0) await this.#admit(proposals, at.tree, assume);
      else if (at.commit === source) return null;
      else this.#drop(at.commit);
    }
  }

  #isOver(before: number): boolean {
    const { limits, signal } = this.#subject;
    if (this.#chain.merges - before >= limits.merges) this.#limit = "merges";
    else if (this.#members.size >= limits.commits) this.#limit = "commits";
    else if (signal?.aborted === true) this.#limit = "time";
    return this.#limit !== null;
  }

  #drop(commit: string): void {
    this.#members.delete(commit);
    this.#out.add(commit);
  }

  async #propose({ commit, merge }: Extract<Walk, { kind: "stuck" }>): Promise<Proposal[]> {
    const { source, mainline, order } = this.#subject;
    const { scratch } = this.#ground;
    const parents = (await scratch.reader.commit(commit))?.parents ?? [];
    const parent = parents[(commit === source ? mainline : 1) - 1];
    if (parent === undefined) return [];
    const asked: Asked = { commit, parent, contests: await contests(scratch, merge) };
    if (await isOwnWork(this.#ground, asked)) return [];
    for (const propose of [proposeByBlame, proposeByHistory]) {
      const fresh = (await propose(this.#ground, asked)).filter(
        (one) => !this.#members.has(one.commit) && !this.#out.has(one.commit) && order(one.commit, commit) < 0,
      );
      if (fresh.length > 0) return fresh;
    }
    return [];
  }

  /** Takes the proposals that pick cleanly; if none does, the weightiest, whose own needs come next. */
  async #admit(proposals: readonly Proposal[], tree: string, assume: boolean): Promise<void> {
    let there = tree;
    let taken = 0;
    for (const proposal of [...proposals].sort((a, b) => this.#subject.order(a.commit, b.commit))) {
      if (this.#members.size >= this.#subject.limits.commits) break;
      const merge = await this.#chain.pick(there, proposal.commit);
      if (merge.kind === "conflict") continue;
      this.#untried.delete(proposal.commit);
      if (merge.kind === "missing" || merge.tree === there) {
        this.#out.add(proposal.commit); // nothing that the line lacks
        continue;
      }
      there = merge.tree;
      this.#members.set(proposal.commit, proposal);
      taken++;
    }
    const best = proposals.find(({ commit }) => !this.#out.has(commit));
    if (taken > 0 || best === undefined) return;
    this.#untried.delete(best.commit);
    this.#members.set(best.commit, best);
    if (assume) this.#assumed.add(best.commit);
  }

  /** Picks those commits and then the source. */
  async #walk(commits: readonly string[]): Promise<Walk> {
    const { source, mainline } = this.#subject;
    let { tree } = this.#subject;
    const breaks: Break[] = [];
    for (const commit of [...commits, source]) {
      const merge = await this.#chain.pick(tree, commit, commit === source ? mainline : 1);
      if (merge.kind === "missing") return { kind: "missing", commit };
      if (merge.kind === "conflict") {
        const settled = this.#assumed.has(commit) ? await settleForTheirs(this.#chain.engine, merge) : null;
        if (settled === null) return { kind: "stuck", commit, tree, merge };
        breaks.push({ commit, merge });
        tree = settled;
      } else {
        tree = merge.tree;
      }
    }
    return { kind: "clean", tree, breaks };
  }

  /** Leaves out what is not needed, the newest first: what only that one needed comes after it. In order of picking. */
  async #shrink(): Promise<Proposal[]> {
    let kept = [...this.#members.keys()].sort(this.#subject.order);
    for (const commit of kept.toReversed()) {
      if (kept.length === 1) break; // without any, the pick conflicts: that was the question
      const others = kept.filter((other) => other !== commit);
      if ((await this.#walk(others)).kind === "clean") kept = others;
    }
    return kept.flatMap((commit) => this.#members.get(commit) ?? []);
  }
}
