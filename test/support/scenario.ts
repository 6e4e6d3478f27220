// One pick as trees: what the source commit's parent held, what the source made of it, what the line made of it.
import fc from "fast-check";
import { AUTHOR, COMMITTER, dateAt } from "./environment.ts";
import { FastImport, type Commitish, type ImportedCommit } from "./fast-import.ts";
import type { TestRepository } from "./repository.ts";
import { contentOf, latin1, put, removeAll, withContent, type Entry, type FileTree } from "./tree.ts";

/** Paths, content and everything else in a scenario are bytes with one char each. */
export type Delta = Readonly<Record<string, Entry | null>>;

export interface Scenario {
  /**
   * `ordinary`: source and line both stand on base. `root`: the source commit has no parent, and base is in both trees.
   * `merge`: the source commit has two parents, and the one that `mainline` names holds base.
   */
  readonly shape: "ordinary" | "root" | "merge";
  /** Given for a merge alone. */
  readonly mainline?: 1 | 2;
  readonly base: Readonly<Record<string, Entry>>;
  readonly source: Delta;
  readonly line: Delta;
  readonly message?: string;
  readonly encoding?: string;
  readonly author?: string;
}

/** A scenario that stands in a repository. */
export interface StandingScenario {
  readonly scenario: Scenario;
  /** The tip to pick onto. */
  readonly onto: string;
  readonly source: string;
  readonly mainline: number | null;
}

export function treeOf(scenario: Scenario, side: "base" | "source" | "line"): FileTree {
  const tree: FileTree = new Map();
  for (const [path, entry] of Object.entries(scenario.base)) put(tree, path, entry);
  const delta = side === "base" ? {} : scenario[side];
  for (const [path, entry] of Object.entries(delta)) if (entry === null) removeAll(tree, path);
  for (const [path, entry] of Object.entries(delta)) if (entry !== null) put(tree, path, entry);
  return tree;
}

/**
 * Writes any number of scenarios into one repository, at the cost of one process, and gives them in their order. The
 * branch `scenarios` keeps all their commits reachable.
 */
export async function materialise(
  scenarios: readonly Scenario[],
  repository: TestRepository,
): Promise<StandingScenario[]> {
  const stream = new FastImport(repository.objectFormat);
  const marks = scenarios.map((scenario) => commitsOf(scenario, stream));
  const parents = [...new Set(marks.flatMap(({ onto, source }) => [onto, source]))];
  stream.ref("refs/heads/scenarios", stream.commit({ ...commit("scenarios\n", 4), parents, changes: new Map() }));
  const oids = await stream.send(async (args, input) => (await repository.gitRun(args, { input })).stdout);
  return scenarios.map((scenario, index) => ({
    scenario,
    onto: oids.get(marks[index]?.onto ?? 0) ?? "",
    source: oids.get(marks[index]?.source ?? 0) ?? "",
    mainline: scenario.mainline ?? null,
  }));
}

function commitsOf(scenario: Scenario, stream: FastImport): { onto: number; source: number } {
  const add = (
    message: string,
    minute: number,
    parents: readonly Commitish[],
    changes: ReadonlyMap<string, Entry | null>,
  ) => stream.commit({ ...commit(message, minute), parents, changes: inBytes(changes) });
  const base = new Map(Object.entries(scenario.base));
  const line = treeOf(scenario, "line");
  const source = (parents: readonly Commitish[], changes: ReadonlyMap<string, Entry | null>): number => {
    const { message = "source\n", encoding, author = AUTHOR.name } = scenario;
    const person = { name: latin1(author), email: AUTHOR.email, date: dateAt(120) };
    return stream.commit({ ...commit(message, 2), author: person, encoding, parents, changes: inBytes(changes) });
  };
  if (scenario.shape === "root") {
    return { onto: add("line\n", 1, [], line), source: source([], treeOf(scenario, "source")) };
  }
  const root = add("base\n", 0, [], base);
  const onto = add("line\n", 1, [root], new Map(Object.entries(scenario.line)));
  if (scenario.shape === "ordinary") return { onto, source: source([root], new Map(Object.entries(scenario.source))) };
  // The other parent stands for a branch that brought half of what the merge holds.
  const half = Object.entries(scenario.source).filter((_, index) => index % 2 === 0);
  const other = add("other\n", 1, [root], new Map(half));
  if (scenario.mainline !== 2) return { onto, source: source([root, other], new Map(Object.entries(scenario.source))) };
  const changes = new Map<string, Entry | null>(treeOf(scenario, "source"));
  for (const path of treeOf({ ...scenario, source: Object.fromEntries(half) }, "source").keys()) {
    if (!changes.has(path)) changes.set(path, null);
  }
  return { onto, source: source([other, root], changes) };
}

function commit(message: string, minute: number): Omit<ImportedCommit, "parents" | "changes"> {
  const date = dateAt(minute * 60);
  return { author: { ...AUTHOR, date }, committer: { ...COMMITTER, date }, message: latin1(message) };
}

function inBytes(changes: ReadonlyMap<string, Entry | null>): Map<string, Entry | null> {
  const bytes = new Map<string, Entry | null>();
  for (const [path, entry] of changes) {
    const content = entry === null ? null : contentOf(entry);
    bytes.set(path, entry === null || typeof content !== "string" ? entry : withContent(entry, latin1(content)));
  }
  return bytes;
}

/** A scenario as a literal that can be pasted into a test. fast-check prints a failing one like this. */
export function printScenario(scenario: Scenario): string {
  const escape = (char: string): string => `\\x${char.charCodeAt(0).toString(16)}`;
  return JSON.stringify(scenario, null, 2).replace(/[\x7f-\xff]/g, escape);
}

/** Makes fast-check print the scenario as `printScenario` does. */
export function printable(scenario: Scenario): Scenario {
  return Object.defineProperty(scenario, fc.toStringMethod, {
    value: () => printScenario(scenario),
    enumerable: false,
  });
}
