// Says which names a pick brings onto a line that the line does not have, which it strands there, and what to do about
// each: pick another commit first (tried in memory), add an import, or adapt.
import { readSymbolJudgements, judgementKey } from "../../apply/symbol-judgements.ts";
import { quotePath, type BytePath } from "../../object/path.ts";
import type { Finding } from "../../symbol/delta.ts";
import type { FileFacts } from "../../symbol/facts.ts";
import type { FileAt, Place } from "../../symbol/language.ts";
import type { SymbolAlarm, SymbolPlace, SymbolReport, SymbolVerdict } from "../../wire/symbol.ts";
import { introducing, missingImport } from "./attribute-symbols.ts";
import { summary } from "../picks/find-sources.ts";
import { SymbolChecker } from "./symbol-checker.ts";
import type { Workspace } from "../workspace.ts";

export interface SymbolQuestion {
  /** The source commit, and the parent it is compared with, from 1. */
  readonly source: string;
  readonly mainline?: number;
  /** What the pick is computed on. */
  readonly onto: { readonly commit: string; readonly tree: string };
  /** The tree of the clean pick. */
  readonly merged: string;
}

/** Alarms that are looked into and shown. */
const MAX_ALARMS = 40;
/** Commits that are tried as prerequisites. */
const MAX_COMMITS = 8;

/** Checks one clean pick. A checker that is given is left open, and makes the next check of the same trees quicker. */
export async function checkSymbols(
  workspace: Pick<Workspace, "engine" | "store" | "scratch" | "repository">,
  question: SymbolQuestion,
  given?: SymbolChecker,
): Promise<SymbolReport> {
  const checker = given ?? new SymbolChecker(workspace);
  try {
    return await new Check(workspace, question, checker).run();
  } finally {
    if (given === undefined) await checker.close();
  }
}

interface Attributed {
  readonly finding: Finding;
  readonly commit: string | null;
  readonly add: { readonly module: string; readonly name: string | null } | null;
}

class Check {
  readonly #workspace: Pick<Workspace, "engine" | "scratch" | "repository">;
  readonly #question: SymbolQuestion;
  readonly #checker: SymbolChecker;

  constructor(
    workspace: Pick<Workspace, "engine" | "scratch" | "repository">,
    question: SymbolQuestion,
    checker: SymbolChecker,
  ) {
    this.#workspace = workspace;
    this.#question = question;
    this.#checker = checker;
  }

  async run(): Promise<SymbolReport> {
    const { source, onto, merged } = this.#question;
    const tree = await this.#treeOf(source);
    if (tree === null) return { ...NOTHING, unreadable: [source] };
    const parent = await this.#parentTree(source);
    const { findings, unchecked } = await this.#checker.check({ onto: onto.tree, merged, source: tree, parent });
    const shown = await Promise.all(findings.slice(0, MAX_ALARMS).map((finding) => this.#attribute(finding, tree)));
    const wanted = shown.flatMap(({ add, commit }) => (add === null && commit !== null ? [commit] : []));
    const commits = await this.#inOrder([...new Set(wanted)].slice(0, MAX_COMMITS));
    const left = commits.length === 0 ? null : await this.#after(commits, tree);
    const cured = left !== null && wanted.every((commit) => this.#isCured(commit, shown, left));
    const alone =
      cured && commits.length > 1 ? new Map(commits.map((one) => [one, left])) : await this.#each(commits, tree);
    const judged = new Map(
      readSymbolJudgements(this.#workspace.repository).map((one) => [judgementKey(one), one.verdict]),
    );
    return {
      alarms: shown.map((one) => this.#alarm(one, alone, judged)),
      more: findings.length - shown.length,
      needs: { commits: await this.#described(commits), proven: cured },
      unchecked: unchecked.map(({ what, paths }) => ({ what, paths: paths.map(quotePath) })),
      unreadable: [...this.#checker.unreadable],
    };
  }

  async #treeOf(commit: string): Promise<string | null> {
    return (await this.#workspace.scratch.reader.commit(commit))?.tree ?? null;
  }

  async #parentTree(commit: string): Promise<string | null> {
    const found = await this.#workspace.scratch.reader.commit(commit);
    const parent = found?.parents[(this.#question.mainline ?? 1) - 1];
    return parent === undefined ? null : this.#treeOf(parent);
  }

  async #attribute(finding: Finding, sourceTree: string): Promise<Attributed> {
    const { scratch } = this.#workspace;
    const { source, onto, merged } = this.#question;
    const world = this.#checker.world(sourceTree);
    const facts = await world.facts(finding.use.path, "full");
    const file: FileAt | null = facts === null ? null : { path: finding.use.path, facts };
    const add = await missingImport(finding, file, this.#checker.merged(merged, onto.tree));
    const factsAt = (tree: string, path: string): Promise<FileFacts | null> => this.#checker.facts(tree, path);
    const sides = { scratch, source, onto: onto.commit, factsAt };
    const commit = add === null ? await introducing(finding, sides) : null;
    return { finding, commit, add };
  }

  /** Parents before children. */
  async #inOrder(commits: readonly string[]): Promise<string[]> {
    const dated = await Promise.all(
      commits.map(async (oid) => {
        const commit = await this.#workspace.scratch.reader.commit(oid);
        return { oid, seconds: Number(/ (\d+) [+-]\d{4}$/.exec(commit?.committer ?? "")?.[1] ?? 0) };
      }),
    );
    return dated.sort((a, b) => a.seconds - b.seconds).map(({ oid }) => oid);
  }

  /** What is found once those commits are picked first; null where one of the picks is not clean. */
  async #after(commits: readonly string[], sourceTree: string): Promise<readonly Finding[] | null> {
    const { source, mainline, onto } = this.#question;
    let tree: string | null = onto.tree;
    for (const commit of commits) tree = tree === null ? null : await this.#pick(commit, 1, tree);
    const merged = tree === null ? null : await this.#pick(source, mainline ?? 1, tree);
    if (tree === null || merged === null) return null;
    const parent = await this.#parentTree(source);
    return (await this.#checker.check({ onto: tree, merged, source: sourceTree, parent })).findings;
  }

  async #each(commits: readonly string[], tree: string): Promise<Map<string, readonly Finding[] | null>> {
    const found = new Map<string, readonly Finding[] | null>();
    for (const commit of commits) found.set(commit, await this.#after([commit], tree));
    return found;
  }

  async #pick(commit: string, mainline: number, onto: string): Promise<string | null> {
    const { engine, scratch } = this.#workspace;
    const found = await scratch.reader.commit(commit);
    const parent = found?.parents[mainline - 1];
    const base = parent === undefined ? null : await this.#treeOf(parent);
    if (found === null || base === null) return null;
    const [merge] = await engine.merge([{ base, ours: onto, theirs: found.tree }]);
    return merge?.kind === "clean" ? merge.tree : null;
  }

  /** Whether no alarm that names the commit is left. */
  #isCured(commit: string, shown: readonly Attributed[], left: readonly Finding[]): boolean {
    const keys = new Set(left.map(keyOf));
    return shown.every((one) => one.commit !== commit || !keys.has(keyOf(one.finding)));
  }

  #alarm(
    one: Attributed,
    tried: ReadonlyMap<string, readonly Finding[] | null>,
    judged: ReadonlyMap<string, "accepted" | "overridden">,
  ): SymbolAlarm {
    const { finding, commit, add } = one;
    const { rule, use, definition, detail, near } = finding;
    const left = commit === null ? null : (tried.get(commit) ?? null);
    const proven = left !== null && !left.some((other) => keyOf(other) === keyOf(finding));
    let verdict: SymbolVerdict = { kind: "adapt", commit };
    if (add !== null) verdict = { kind: "add-import", ...add };
    else if (commit !== null && proven) verdict = { kind: "pick-first", commit };
    const path = quotePath(use.path as BytePath);
    return {
      rule,
      name: use.name,
      use: place(use),
      detail,
      definition: place(definition),
      instead: near === null ? null : place(near),
      confidence: confidenceOf(finding),
      verdict,
      judged: judged.get(judgementKey({ source: this.#question.source, rule, name: use.name, path })) ?? null,
    };
  }

  async #described(commits: readonly string[]): Promise<SymbolReport["needs"]["commits"]> {
    const found = await Promise.all(
      commits.map(async (oid) => {
        const commit = await this.#workspace.scratch.reader.commit(oid);
        return commit === null ? [] : [summary(oid, commit)];
      }),
    );
    return found.flat();
  }
}

const NOTHING: SymbolReport = {
  alarms: [],
  more: 0,
  needs: { commits: [], proven: false },
  unchecked: [],
  unreadable: [],
};

const keyOf = ({ rule, use }: Finding): string => `${rule} ${use.path} ${use.name}`;

const place = ({ path, line }: Place): SymbolPlace => ({ path: quotePath(path as BytePath), line });

function confidenceOf({ rule, use }: Finding): SymbolAlarm["confidence"] {
  if (rule === "lexical") return "low";
  return rule === "standard" || (rule === "attribute" && use.of === null) ? "medium" : "high";
}
