// Where source commits are reached from. That an object exists proves nothing: forges serve forks' objects too.
import type { CommitGraph } from "../../index/graph.ts";
import { loadHistory } from "../../index/history.ts";
import { globMatcher } from "../../line/glob.ts";
import { isOwnBranch } from "../../line/name.ts";
import { collectBranches } from "../../line/ref.ts";
import type { PolicySettings } from "../../policy/settings.ts";
import type { Reach } from "../../wire/class.ts";
import type { Workspace } from "../workspace.ts";

const WORST = ["missing", "unreachable", "recorded", "unmerged", "trusted"] as const;

/** Answers for commits that exist. The graph of all refs is loaded at the first commit that no trusted branch reaches. */
export class Reaches {
  readonly #workspace: Workspace;
  readonly #graph: CommitGraph;
  readonly #trusted: readonly string[];
  #all: Promise<(oid: string) => "trusted" | "unmerged" | null> | null = null;

  constructor(workspace: Workspace, graph: CommitGraph, settings: Pick<PolicySettings, "trustedBranches">) {
    this.#workspace = workspace;
    this.#graph = graph;
    this.#trusted = trustedTips(workspace, settings.trustedBranches);
    graph.track(this.#trusted.flatMap((tip) => graph.find(tip) ?? []));
  }

  /** Of several sources the worst. `recorded` are sources that a ledger record names. */
  async ofAll(oids: readonly string[], recorded: readonly string[]): Promise<Reach> {
    const found = await Promise.all(oids.map((oid) => this.#of(oid, recorded.includes(oid))));
    return WORST.find((reach) => found.includes(reach)) ?? "missing";
  }

  async #of(oid: string, recorded: boolean): Promise<Reach> {
    const number = this.#graph.find(oid);
    if (number !== null && this.#trusted.some((tip) => this.#isReached(number, tip))) return "trusted";
    this.#all ??= this.#loadAll();
    const found = (await this.#all)(oid);
    return found ?? (recorded ? "recorded" : "unreachable");
  }

  #isReached(number: number, tip: string): boolean {
    const at = this.#graph.find(tip);
    return at !== null && this.#graph.isAncestor(number, at);
  }

  async #loadAll(): Promise<(oid: string) => "trusted" | "unmerged" | null> {
    const { repository, scratch, store, refs, remotes } = this.#workspace;
    const own = new Set(
      collectBranches(refs, { known: remotes })
        .filter(({ name }) => isOwnBranch(name))
        .flatMap(({ refname, remoteRefname }) => [refname, remoteRefname ?? ""]),
    );
    const tips = refs.flatMap(({ refname, peeled, oid }) => (own.has(refname) ? [] : [peeled ?? oid]));
    const types = await Promise.all([...new Set(tips)].map((tip) => scratch.reader.info(tip)));
    const commits = types.flatMap((found) => (found?.type === "commit" ? [found.oid] : []));
    const graph = await loadHistory(repository, scratch, store, [...commits, ...this.#trusted]);
    const numbers = (oids: readonly string[]): number[] => oids.flatMap((oid) => graph.find(oid) ?? []);
    const marks = graph.mark([numbers(this.#trusted), numbers(commits)]);
    return (oid) => {
      const mark = marks[graph.find(oid) ?? graph.size] ?? 0;
      return (mark & 1) !== 0 ? "trusted" : mark !== 0 ? "unmerged" : null;
    };
  }
}

/** main and the lines, or the branches that policy names. */
function trustedTips({ main, detected, refs, remotes, config }: Workspace, patterns: readonly string[]): string[] {
  const both = (branches: readonly { localTip: string | null; remoteTip: string | null }[]): string[] =>
    branches.flatMap(({ localTip, remoteTip }) => [localTip, remoteTip].filter((tip) => tip !== null));
  if (patterns.length === 0) return [...new Set([...(main === null ? [] : [main.tip]), ...both(detected)])];
  const matchers = patterns.map(globMatcher);
  const branches = collectBranches(refs, { known: remotes, preferred: config.remotes });
  return [...new Set(both(branches.filter(({ name }) => matchers.some((matches) => matches(name)))))];
}
