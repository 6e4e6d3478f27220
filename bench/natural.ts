// prototype
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { MergeEngine } from "../src/apply/merge.ts";
import { PickChain } from "../src/apply/pick-chain.ts";
import { openRepository } from "../src/git/repository.ts";
import { Scratch } from "../src/git/scratch.ts";
import { pathChanges } from "../src/git/path-log.ts";
import { loadHistory } from "../src/index/history.ts";
import { findPrerequisites, groundOf } from "../src/usecase/find-prerequisites.ts";
import { contests } from "../src/usecase/propose-prerequisites.ts";
import { readCases, sample } from "./cases.ts";
import type { BenchOptions } from "./options.ts";
import { figures } from "./statistics.ts";

const STORE = {
  get: () => undefined,
  put: () => undefined,
  putNew: () => false,
  update: () => false,
  destroy: () => undefined,
  close: () => Promise.resolve(),
};

export async function benchNatural(options: BenchOptions): Promise<void> {
  const repository = await openRepository(options.repo, process.env);
  const scratch = new Scratch(repository);
  const engine = new MergeEngine(scratch);
  const name = /([^/]+?)(\.git)?\/?$/.exec(options.repo)?.[1];
  const mine = readCases(options.cases ?? "").filter(({ repo }) => repo === name);
  const graph = await loadHistory(
    repository,
    scratch,
    STORE,
    mine.flatMap((one) => [one.original, one.backport]),
  );
  const conflicting = [];
  for (const one of mine) {
    const onto = (await scratch.reader.commit(one.backport))?.parents[0] ?? "";
    const tree = (await scratch.reader.commit(onto))?.tree ?? "";
    const merge = await new PickChain(engine).pick(tree, one.original);
    if (merge.kind === "conflict") conflicting.push({ one, onto, tree });
  }
  const cases = sample(conflicting, options.limit, options.seed);
  (globalThis as any).TRACE = [];
  const file = `/tmp/brute-${name}.json`;
  const cache = new Map<string, any>(existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : []);
  let both = 0,
    ours = 0,
    brute = 0;
  const cost = { ours: 0, brute: 0, oursMs: [] as number[], bruteMs: 0 };
  for (const { one, onto, tree } of cases) {
    const question = { source: one.original, mainline: 1, onto: { commit: onto, tree } };
    let started = performance.now();
    const found = await findPrerequisites({ scratch, engine }, graph, question);
    const ms = performance.now() - started;
    cost.oursMs.push(ms);
    started = performance.now();
    const all = cache.get(one.backport) ?? (await bruteForce(scratch, engine, graph, question));
    const ms2 = performance.now() - started;
    cost.bruteMs += ms2;
    if (!cache.has(one.backport)) {
      cache.set(one.backport, all);
      writeFileSync(file, JSON.stringify([...cache]));
    }
    cost.ours += found.merges;
    cost.brute += all.merges;
    if (process.env["TRACE"] && found.kind !== "none-needed")
      console.log(
        "\n" +
          one.original.slice(0, 9) +
          " " +
          found.kind +
          " " +
          found.merges +
          "\n   " +
          (globalThis as any).TRACE.join("\n   "),
      );
    (globalThis as any).TRACE = [];
    const mineFound = found.kind === "proven";
    const picks = found.kind === "proven" ? found.picks.map(({ commit }) => commit) : [];
    if (mineFound) ours++;
    if (all.picks !== null) brute++;
    if (mineFound && all.picks !== null) both++;
    const short = (list: readonly string[]): string => list.map((oid) => oid.slice(0, 9)).join(" ");
    if (mineFound || all.picks !== null || found.merges > 12)
      console.log(
        `${one.original.slice(0, 9)} ${one.branch} ${mineFound ? "found" : found.kind} ${all.picks ? "brute" : "-"} ours ${short(picks)} (${found.merges}, ${ms.toFixed(0)} ms) brute ${short(all.picks ?? [])} (${all.merges} of ${all.candidates}, ${ms2.toFixed(0)} ms)`,
      );
  }
  console.log(
    name,
    "conflicting",
    conflicting.length,
    "cases",
    cases.length,
    "ours",
    ours,
    "brute",
    brute,
    "both",
    both,
    "merges ours",
    cost.ours,
    "brute",
    cost.brute,
    "ms ours median",
    figures(cost.oursMs).median.toFixed(0),
    "p90",
    figures(cost.oursMs).p90.toFixed(0),
    "mean",
    figures(cost.oursMs).mean.toFixed(0),
    "brute mean",
    (cost.bruteMs / cases.length).toFixed(0),
  );
  engine.close();
  scratch.close();
}

async function bruteForce(
  scratch: Scratch,
  engine: MergeEngine,
  graph: Parameters<typeof groundOf>[1],
  question: Parameters<typeof groundOf>[2],
): Promise<{ picks: string[] | null; merges: number; candidates: number }> {
  const chain = new PickChain(engine);
  const first = await chain.pick(question.onto.tree, question.source);
  if (first.kind !== "conflict") return { picks: [], merges: 1, candidates: 0 };
  const ground = groundOf({ scratch }, graph, question);
  const paths = (await contests(scratch, first)).flatMap((c) => c.paths);
  const parent = (await scratch.reader.commit(question.source))?.parents[0] ?? "";
  const touching = await pathChanges(scratch, { commit: parent, without: ground.mergeBases, paths });
  const list = [...new Set(touching.map(({ commit }) => commit))]
    .filter((c) => ground.lacks(c))
    .sort((a, b) => (graph.find(a) ?? 0) - (graph.find(b) ?? 0));
  const run = async (picks: readonly string[], skip: boolean): Promise<string[] | null> => {
    let tree = question.onto.tree;
    const kept: string[] = [];
    for (const commit of picks) {
      const merge = await chain.pick(tree, commit);
      if (merge.kind !== "clean") {
        if (skip) continue;
        return null;
      }
      if (merge.tree !== tree) kept.push(commit);
      tree = merge.tree;
    }
    return (await chain.pick(tree, question.source)).kind === "clean" ? kept : null;
  };
  let kept = (await run(list, true)) as string[];
  if ((kept as string[] | null) === null) return { picks: null, merges: chain.merges, candidates: list.length };
  for (const commit of kept.toReversed()) {
    const without: string[] = kept.filter((other) => other !== commit);
    if ((await run(without, false)) !== null) kept = without;
  }
  return { picks: kept, merges: chain.merges, candidates: list.length };
}
