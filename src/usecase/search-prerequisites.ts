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

interface Stuck {
  readonly kind: "stuck";
  readonly commit: string;
  readonly tree: string;
  readonly merge: Conflicted;
}

type Walk =
  | { readonly kind: "clean"; readonly tree: string; readonly breaks: readonly Break[] }
  | Stuck
  | { readonly kind: "missing"; readonly commit: string };

export class Search {
  readonly #ground: Ground;
  readonly #chain: PickChain;
  readonly #subject: SearchSubject;
  readonly #members = new Map<string, Proposal>();
  /** Commits whose pick changes nothing. */
  readonly #idle = new Set<string>();
  /** Commits that cannot be picked cleanly, whatever comes before. */
  readonly #uncurable = new Set<string>();
  readonly #untried = new Set<string>();
  /** Members whose conflicts are taken as resolved. */
  readonly #assumed = new Set<string>();
  #assume = false;
  #limit: LimitReason | null = null;

  constructor(ground: Ground, chain: PickChain, subject: SearchSubject) {
    this.#ground = ground;
    this.#chain = chain;
    this.#subject = subject;
  }

  async run(): Promise<SearchResult> {
    const { source } = this.#subject;
    if (await this.#cure(source)) {
      const picks = await this.#shrink();
      const end = await this.#walk(picks.map(({ commit }) => commit));
      if (end.kind === "clean" && end.breaks.length === 0) return { kind: "proven", picks, tree: end.tree };
    }
    const limit = this.#limit;
    this.#members.clear();
    this.#uncurable.clear();
    this.#limit = null;
    this.#assume = true;
    if (await this.#cure(source)) {
      const picks = await this.#shrink();
      const end = await this.#walk(picks.map(({ commit }) => commit));
      if (end.kind === "clean") return { kind: "broken", picks, breaks: end.breaks };
    }
    return { kind: "unknown", limit: limit === null ? null : { reason: limit, untried: [...this.#untried] } };
  }

  /** Adds commits until the pick of this one, behind those that are there, is clean. False where it cannot be had. */
  async #cure(target: string): Promise<boolean> {
    for (;;) {
      const at = await this.#walk(this.#before(target), target);
      if (at.kind === "clean") return true;
      if (at.kind === "missing") return false;
      if (at.commit !== target) {
        if (await this.#cure(at.commit)) continue;
        return false;
      }
      if (this.#assume && target !== this.#subject.source) {
        this.#assumed.add(target);
        continue;
      }
      if (this.#isOver() || !(await this.#supply(at))) return false;
    }
  }

  #before(target: string): string[] {
    const { source, order } = this.#subject;
    const members = [...this.#members.keys()].sort(order);
    return target === source ? members : members.filter((commit) => order(commit, target) < 0);
  }

  #isOver(): boolean {
    const { limits, signal } = this.#subject;
    if (this.#chain.merges >= limits.merges * (this.#assume ? 2 : 1)) this.#limit = "merges";
    else if (this.#members.size >= limits.commits) this.#limit = "commits";
    else if (signal?.aborted === true) this.#limit = "time";
    return this.#limit !== null;
  }

  /** Adds something that a conflicted pick needs; false if there is nothing, or nothing that can be had. */
  async #supply(at: Stuck): Promise<boolean> {
    const { source, mainline, order } = this.#subject;
    const parents = (await this.#ground.scratch.reader.commit(at.commit))?.parents ?? [];
    const parent = parents[(at.commit === source ? mainline : 1) - 1];
    if (parent === undefined) return false;
    const asked: Asked = { commit: at.commit, parent, contests: await contests(this.#ground.scratch, at.merge) };
    const T = (text: string): void => void (globalThis as any).TRACE?.push(text);
    T(`stuck ${at.commit.slice(0, 9)} regions ${asked.contests.map((c) => c.regions?.length + "r" + c.regions?.reduce((s, h) => s + h.end - h.start, 0) + "-" + c.regions?.reduce((s, h) => s + h.added.length, 0)).join(" ")} merges ${this.#chain.merges} members ${this.#members.size}`);
    if (await isOwnWork(this.#ground, asked)) { T("  own work"); return false; }
    for (const propose of [proposeByBlame, proposeByHistory]) {
      const proposals = (await propose(this.#ground, asked)).filter(
        ({ commit }) => !this.#members.has(commit) && !this.#idle.has(commit) && order(commit, at.commit) < 0,
      );
      T(`  ${propose.name} ${proposals.map((f) => f.commit.slice(0, 9) + ":" + weightOf(f)).join(" ")}`);
      // All that blame names are needed: where one of them cannot be had, the pick cannot.
      if (propose === proposeByBlame && proposals.some(({ commit }) => this.#uncurable.has(commit))) return false;
      if (await this.#admit(proposals, at.tree, propose === proposeByBlame)) return true;
    }
    return false;
  }

  /** Takes the proposals that pick cleanly; if none does, the weightiest, with what it needs in turn. */
  async #admit(proposals: readonly Proposal[], tree: string, all: boolean): Promise<boolean> {
    for (const { commit } of proposals) this.#untried.add(commit);
    let there = tree;
    const taken: Proposal[] = [];
    for (const proposal of [...proposals].sort((a, b) => this.#subject.order(a.commit, b.commit))) {
      if (this.#isOver()) return false;
      const merge = await this.#chain.pick(there, proposal.commit);
      if (merge.kind === "conflict") continue;
      this.#untried.delete(proposal.commit);
      if (merge.kind === "missing" || merge.tree === there) {
        this.#idle.add(proposal.commit); // nothing that the line lacks
        continue;
      }
      there = merge.tree;
      this.#members.set(proposal.commit, proposal);
      taken.push(proposal);
    }
    if (taken.length > 0) return true;
    for (const proposal of proposals) {
      const { commit } = proposal;
      if (this.#idle.has(commit) || this.#uncurable.has(commit)) continue;
      this.#untried.delete(commit);
      this.#members.set(commit, proposal);
      if (await this.#cure(commit)) return true;
      this.#members.delete(commit);
      this.#uncurable.add(commit);
      if (all) return false;
    }
    return false;
  }

  /** Picks those commits and then the target. */
  async #walk(commits: readonly string[], target: string = this.#subject.source): Promise<Walk> {
    const { source, mainline } = this.#subject;
    let { tree } = this.#subject;
    const breaks: Break[] = [];
    for (const commit of [...commits, target]) {
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
