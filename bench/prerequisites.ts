// Asks what picks need: the counterfactual lines of prerequisites.tsv, from which one backport was taken out, and of
// prerequisites-not-needed.tsv, where it is not missed. Beside blame alone and the commits of the same files.
import { writeFileSync } from "node:fs";
import { MergeEngine } from "../src/apply/merge.ts";
import { PickChain } from "../src/apply/pick-chain.ts";
import { openRepository } from "../src/git/repository.ts";
import { Scratch } from "../src/git/scratch.ts";
import type { CommitGraph } from "../src/index/graph.ts";
import { loadHistory } from "../src/index/history.ts";
import { openStore } from "../src/index/store.ts";
import { findPrerequisites, groundOf } from "../src/usecase/needs/find-prerequisites.ts";
import type { Prerequisites } from "../src/wire/prerequisite.ts";
import { buildTarget, type Target } from "./counterfactual.ts";
import { sample } from "./cases.ts";
import type { BenchOptions } from "./options.ts";
import { byBlameAlone, bySameFile } from "./prerequisite-peers.ts";
import { figures, HEAD, row } from "./statistics.ts";
import { ofThisRepository, readTable } from "./table.ts";

/** Milliseconds that one answer may take. */
export const PATIENCE = 20_000;

interface Answered {
  readonly target: Target;
  readonly found: Prerequisites;
  readonly ms: number;
  readonly blame: Named;
  readonly sameFile: Named;
}

interface Named {
  readonly commits: readonly string[];
  readonly ms: number;
}

/** `--cases` takes several files with commas between them. */
export async function benchPrerequisites(options: BenchOptions): Promise<void> {
  if (options.cases === undefined) throw new Error("--cases FILE is needed");
  const repository = await openRepository(options.repo, process.env);
  const scratch = new Scratch(repository);
  const engine = new MergeEngine(scratch);
  const store = await openStore(repository);
  const rows = await ofThisRepository(scratch, options.cases.split(",").flatMap(readTable), "backport_P2");
  const chosen = sample(rows, options.limit, options.seed);
  const targets = [];
  for (const one of chosen) targets.push(await buildTarget(engine, one));
  const tips = targets.flatMap((target) => (typeof target === "string" ? [] : [target.original, target.line]));
  const graph = await loadHistory(repository, scratch, store, tips);
  const answers: (Answered | string)[] = [];
  for (const target of targets) answers.push(typeof target === "string" ? target : await answer(engine, graph, target));
  engine.close();
  scratch.close();
  await store.close();
  if (options.out !== undefined)
    writeFileSync(options.out, answers.map((one, n) => lineOf(one, chosen[n] ?? {})).join(""));
  summarise(answers);
}

async function answer(engine: MergeEngine, graph: CommitGraph, target: Target): Promise<Answered> {
  const { scratch } = engine;
  const onto = { commit: target.line, tree: target.tree };
  const question = { source: target.original, mainline: null, onto };
  const { value: found, ms } = await timed(() =>
    findPrerequisites({ scratch, engine }, graph, { ...question, signal: AbortSignal.timeout(PATIENCE) }),
  );
  const blame = await timed(() => byBlameAlone(engine, groundOf({ scratch }, graph, question), target.original));
  const pick = await new PickChain(engine).pick(target.tree, target.original);
  const sameFile = await timed(() =>
    pick.kind === "conflict" ? bySameFile(groundOf({ scratch }, graph, question), pick.conflicts) : Promise.resolve([]),
  );
  return {
    target,
    found,
    ms,
    blame: { commits: blame.value, ms: blame.ms },
    sameFile: { commits: sameFile.value, ms: sameFile.ms },
  };
}

export async function timed<T>(work: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const started = performance.now();
  const value = await work();
  return { value, ms: performance.now() - started };
}

export function picksOf(found: Prerequisites): string[] {
  return "picks" in found ? found.picks.map(({ commit }) => commit) : [];
}

/** `proven`: the answer and then the pick are clean, as the merges of this run show. */
function lineOf(one: Answered | string, { original_P2, target_commit }: ReturnType<typeof readTable>[number]): string {
  const line =
    typeof one === "string"
      ? {
          original: original_P2,
          target: target_commit ?? null,
          answer: [],
          proven: false,
          tree: null,
          ms: 0,
          error: one,
        }
      : {
          original: one.target.original,
          target: one.target.commit,
          answer: picksOf(one.found),
          proven: one.found.kind === "proven" || one.found.kind === "none-needed",
          tree: "tree" in one.found ? one.found.tree : null,
          ms: one.ms,
          kind: one.found.kind,
          merges: one.found.merges,
        };
  return `${JSON.stringify(line)}\n`;
}

function summarise(all: readonly (Answered | string)[]): void {
  const answers = all.filter((one) => typeof one !== "string");
  const needed = answers.filter(({ target }) => target.needed);
  const others = answers.filter(({ target }) => !target.needed);
  const kinds = (some: readonly Answered[]): string =>
    ["none-needed", "proven", "broken", "unknown", "missing"]
      .map((kind) => `${some.filter(({ found }) => found.kind === kind).length} ${kind}`)
      .join(", ");
  const methods: [string, (one: Answered) => readonly string[]][] = [
    ["ours, proven alone", ({ found }) => (found.kind === "proven" ? picksOf(found) : [])],
    ["ours, with chains that break", ({ found }) => picksOf(found)],
    ["blame alone (git-deps)", ({ blame }) => blame.commits],
    ["same file, where it conflicts", ({ sameFile }) => sameFile.commits],
  ];
  const lines = [
    `needed ${needed.length}: ${kinds(needed)}`,
    `not needed ${others.length}: ${kinds(others)}`,
    ...all.flatMap((one) => (typeof one === "string" ? [`error: ${one}`] : [])),
    "",
    `${"".padEnd(34)}recall          it alone  commits named  of them it  false alarms: it / anything`,
    ...methods.map(([name, method]) => methodLine(name, method, needed, others)),
    "",
    HEAD,
    row("ours, ms, needed", figures(needed.map(({ ms }) => ms))),
    row("ours, ms, not needed", figures(others.map(({ ms }) => ms))),
    row("ours, merges, needed", figures(needed.map(({ found }) => found.merges))),
    row("blame alone, ms", figures(answers.map(({ blame }) => blame.ms))),
    row("same file, ms, needed", figures(needed.map(({ sameFile }) => sameFile.ms))),
  ];
  const missed = needed.filter(({ found, target }) => !picksOf(found).includes(target.takenOut));
  const told = missed.map(
    ({ found, target }) =>
      `missed: ${target.original} on ${target.commit} needs ${target.takenOut}, ${found.kind} ${picksOf(found).join(" ")}`,
  );
  process.stdout.write(`${[...lines, ...told].join("\n")}\n`);
}

function methodLine(
  name: string,
  method: (one: Answered) => readonly string[],
  needed: readonly Answered[],
  others: readonly Answered[],
): string {
  const names = (one: Answered): boolean => method(one).includes(one.target.takenOut);
  const right = needed.filter(names).length;
  const alone = needed.filter((one) => names(one) && method(one).length === 1).length;
  const all = [...needed, ...others].reduce((sum, one) => sum + method(one).length, 0);
  const alarms = others.filter(names).length;
  const anything = others.filter((one) => method(one).length > 0).length;
  const share = needed.length === 0 ? "" : ` (${((100 * right) / needed.length).toFixed(1)} %)`;
  return [
    name.padEnd(34),
    `${right}/${needed.length}${share}`.padEnd(16),
    String(alone).padEnd(10),
    String(all).padEnd(15),
    String(right).padEnd(12),
    `${alarms} / ${anything}`,
  ].join("");
}
