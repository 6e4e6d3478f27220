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

/** What a chain that breaks may cost on top: a long one with breaks helps nobody. */
const ASSUMING: Limits = { merges: 6, commits: 3 };

const T = (text: string): void => void (globalThis as any).TRACE?.push(text);

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
  readonly #asked = new Map<string, Promise<(Asked & { readonly ownWork: boolean }) | null>>();
  #assume = false;
  #since = 0;
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
    this.#since = this.#chain.merges;
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
    const { merges, commits } = this.#assume
      ? { merges: this.#since + ASSUMING.merges, commits: ASSUMING.commits }
      : limits;
    if (this.#chain.merges >= merges) this.#limit = "merges";
    else if (this.#members.size >= commits) this.#limit = "commits";
    else if (signal?.aborted === true) this.#limit = "time";
    return this.#limit !== null;
  }

  /** Adds something that a conflicted pick needs; false if there is nothing, or nothing that can be had. */
  async #supply(at: Stuck): Promise<boolean> {
    const asked = await this.#ask(at);
    if (asked === null || asked.ownWork) return false;
    // All that blame names is needed: history is asked only where blame has nothing.
    const blamed = this.#open(at.commit, await proposeByBlame(this.#ground, asked));
    T(`  blame ${blamed.map((f) => f.commit.slice(0, 9) + ":" + weightOf(f)).join(" ")}`);
    if (blamed.some(({ commit }) => this.#uncurable.has(commit))) return false;
    if (blamed.length > 0) {
      const admitted = await this.#admit(blamed, at.tree, true);
      if (admitted || this.#open(at.commit, blamed).length > 0) return admitted;
    }
    const others = this.#open(at.commit, await proposeByHistory(this.#ground, asked));
    T(`  history ${others.map((f) => f.commit.slice(0, 9) + ":" + weightOf(f)).join(" ")}`);
    return this.#admit(
      others.filter(({ commit }) => !this.#uncurable.has(commit)),
      at.tree,
      false,
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
  #ask(at: Stuck): Promise<(Asked & { readonly ownWork: boolean }) | null> {
    const key = `${at.commit} ${at.tree}`;
    let asked = this.#asked.get(key);
    if (asked === undefined) this.#asked.set(key, (asked = this.#askAnew(at)));
    return asked;
  }

  async #askAnew({ commit, merge }: Stuck): Promise<(Asked & { readonly ownWork: boolean }) | null> {
    const { source, mainline } = this.#subject;
    const parents = (await this.#ground.scratch.reader.commit(commit))?.parents ?? [];
    const parent = parents[(commit === source ? mainline : 1) - 1];
    if (parent === undefined) return null;
    const asked: Asked = { commit, parent, contests: await contests(this.#ground.scratch, merge) };
    const ownWork = await isOwnWork(this.#ground, asked);
    T(
      `stuck ${commit.slice(0, 9)} regions ${asked.contests.map((c) => c.regions?.length + "r" + c.regions?.reduce((s, h) => s + h.end - h.start, 0) + "-" + c.regions?.reduce((s, h) => s + h.added.length, 0)).join(" ")} merges ${this.#chain.merges} members ${this.#members.size} ${ownWork}`,
    );
    return { ...asked, ownWork };
  }

  /**
   * Takes the proposals that pick cleanly; if none does, the weightiest, with what it needs in turn. `all`: each of them
   * is needed, so one that cannot be had ends it.
   */
  async #admit(proposals: readonly Proposal[], tree: string, all: boolean): Promise<boolean> {
    for (const { commit } of proposals) this.#untried.add(commit);
    let there = tree;
    let taken = 0;
    for (const proposal of [...proposals].sort((a, b) => this.#subject.order(a.commit, b.commit))) {
      if (this.#isOver()) return false;
      const { commit } = proposal;
      const merge = await this.#chain.pick(there, commit);
      if (merge.kind === "conflict") {
        if (this.#assume || (await this.#ask({ kind: "stuck", commit, tree: there, merge }))?.ownWork !== true)
          continue;
        this.#uncurable.add(commit);
        if (all) return false;
      }
      this.#untried.delete(commit);
      if (merge.kind !== "clean" || merge.tree === there) {
        this.#idle.add(commit); // nothing that the line lacks
        continue;
      }
      there = merge.tree;
      this.#members.set(commit, proposal);
      taken++;
    }
    if (taken > 0) return true;
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
