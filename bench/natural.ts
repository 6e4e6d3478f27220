// Real backports whose pick conflicts: what ours finds that they need, beside a brute-force search over every commit
// that the line lacks on the conflicted files.
import { writeFileSync } from "node:fs";
import { MergeEngine } from "../src/apply/merge.ts";
import { PickChain } from "../src/apply/pick-chain.ts";
import { openRepository } from "../src/git/repository.ts";
import { Scratch } from "../src/git/scratch.ts";
import type { CommitGraph } from "../src/index/graph.ts";
import { loadHistory } from "../src/index/history.ts";
import { openStore } from "../src/index/store.ts";
import { findPrerequisites, groundOf, type PrerequisiteQuestion } from "../src/usecase/needs/find-prerequisites.ts";
import { contests } from "../src/usecase/needs/propose-prerequisites.ts";
import { sample } from "./cases.ts";
import type { BenchOptions } from "./options.ts";
import { PATIENCE, picksOf, timed } from "./prerequisites.ts";
import { figures, HEAD, row } from "./statistics.ts";
import { ofThisRepository, readTable } from "./table.ts";

interface Searched {
  /** In order; null where no set was found. */
  readonly picks: readonly string[] | null;
  readonly merges: number;
  readonly ms: number;
}

interface Compared {
  readonly question: PrerequisiteQuestion;
  readonly kind: string;
  readonly tree: string | null;
  readonly ours: Searched;
  /** `made`: merges as a search without memory makes them, each chain from its beginning. */
  readonly brute: Searched & { readonly candidates: number; readonly made: number };
}

export async function benchNatural(options: BenchOptions): Promise<void> {
  if (options.cases === undefined) throw new Error("--cases FILE is needed");
  const repository = await openRepository(options.repo, process.env);
  const scratch = new Scratch(repository);
  const engine = new MergeEngine(scratch);
  const store = await openStore(repository);
  const rows = await ofThisRepository(scratch, readTable(options.cases), "backport_sha");
  const questions: PrerequisiteQuestion[] = [];
  for (const { original_sha: source = "", backport_sha = "" } of rows) {
    const onto = (await scratch.reader.commit(backport_sha))?.parents[0];
    const line = await scratch.reader.commit(onto ?? "");
    if (onto === undefined || line === null) continue;
    const merge = await new PickChain(engine).pick(line.tree, source);
    if (merge.kind === "conflict") questions.push({ source, mainline: null, onto: { commit: onto, tree: line.tree } });
  }
  const chosen = sample(questions, options.limit, options.seed);
  const tips = chosen.flatMap(({ source, onto }) => [source, onto.commit]);
  const graph = await loadHistory(repository, scratch, store, tips);
  const results: Compared[] = [];
  for (const question of chosen) results.push(await compare(engine, graph, question));
  engine.close();
  scratch.close();
  await store.close();
  if (options.out !== undefined) writeFileSync(options.out, results.map(lineOf).join(""));
  summarise(questions.length, results);
}

async function compare(engine: MergeEngine, graph: CommitGraph, question: PrerequisiteQuestion): Promise<Compared> {
  const { scratch } = engine;
  const { value: found, ms } = await timed(() =>
    findPrerequisites({ scratch, engine }, graph, { ...question, signal: AbortSignal.timeout(PATIENCE) }),
  );
  const { value: brute, ms: bruteMs } = await timed(() => bruteForce(engine, graph, question));
  return {
    question,
    kind: found.kind,
    tree: "tree" in found ? found.tree : null,
    ours: { picks: found.kind === "proven" ? picksOf(found) : null, merges: found.merges, ms },
    brute: { ...brute, ms: bruteMs },
  };
}

/**
 * Picks every commit that the line lacks on the conflicted files, in order, leaving out those that conflict; if the
 * source is clean then, leaves out one after the other, the newest first. A merge that was made before is not counted.
 */
async function bruteForce(
  engine: MergeEngine,
  graph: CommitGraph,
  question: PrerequisiteQuestion,
): Promise<Omit<Compared["brute"], "ms">> {
  const { scratch } = engine;
  const { source, onto } = question;
  const chain = new PickChain(engine);
  const first = await chain.pick(onto.tree, source);
  if (first.kind !== "conflict") return { picks: null, merges: chain.merges, candidates: 0, made: 1 };
  const ground = groundOf({ scratch }, graph, question);
  const paths = (await contests(scratch, first)).flatMap((contest) => contest.paths);
  const number = (oid: string): number => graph.find(oid) ?? 0;
  const candidates = [...new Set((await ground.history.changes(paths)).map(({ commit }) => commit))]
    .filter((oid) => oid !== source && ground.lacks(oid))
    .sort((a, b) => number(a) - number(b));
  let made = 1;
  const pick = (tree: string, commit: string): ReturnType<PickChain["pick"]> => {
    made++;
    return chain.pick(tree, commit);
  };
  const pickAll = async (commits: readonly string[], mayConflict: boolean): Promise<string[] | null> => {
    let { tree } = onto;
    const picked: string[] = [];
    for (const commit of commits) {
      const merge = await pick(tree, commit);
      if (merge.kind !== "clean") {
        if (mayConflict) continue;
        return null;
      }
      if (merge.tree !== tree) picked.push(commit);
      tree = merge.tree;
    }
    return (await pick(tree, source)).kind === "clean" ? picked : null;
  };
  let picks = await pickAll(candidates, true);
  for (const commit of [...(picks ?? [])].reverse()) {
    const others = (picks ?? []).filter((other) => other !== commit);
    if ((await pickAll(others, false)) !== null) picks = others;
  }
  return { picks, merges: chain.merges, candidates: candidates.length, made };
}

function lineOf({ question, kind, tree, ours, brute }: Compared): string {
  const { source, onto } = question;
  const answer = ours.picks ?? [];
  const proven = ours.picks !== null;
  const { merges, ms } = ours;
  const line = { original: source, target: onto.commit, answer, proven, tree, ms, kind, merges, brute };
  return `${JSON.stringify(line)}\n`;
}

function summarise(conflicting: number, results: readonly Compared[]): void {
  const count = (is: (one: Compared) => boolean): number => results.filter(is).length;
  const merges = (side: "ours" | "brute"): number => results.reduce((sum, one) => sum + one[side].merges, 0);
  const both = count(({ ours, brute }) => ours.picks !== null && brute.picks !== null);
  const found = { ours: count(({ ours }) => ours.picks !== null), brute: count(({ brute }) => brute.picks !== null) };
  const made = results.reduce((sum, one) => sum + one.brute.made, 0);
  const share = ((100 * merges("ours")) / merges("brute")).toFixed(1);
  const missed = results.filter(({ ours, brute }) => ours.picks === null && brute.picks !== null);
  const lines = [
    `picks that conflict ${conflicting}, searched ${results.length}`,
    `found: ours ${found.ours}, brute force ${found.brute}, both ${both}`,
    `merges: ours ${merges("ours")}, brute force ${merges("brute")} (${share} %), without memory ${made}`,
    HEAD,
    row("ours, ms", figures(results.map(({ ours }) => ours.ms))),
    row("ours, ms, where found", figures(results.filter(({ ours }) => ours.picks !== null).map(({ ours }) => ours.ms))),
    row("ours, merges", figures(results.map(({ ours }) => ours.merges))),
    row("brute force, ms", figures(results.map(({ brute }) => brute.ms))),
    row("brute force, merges", figures(results.map(({ brute }) => brute.merges))),
    ...missed.map(
      ({ question, kind, brute }) =>
        `missed: ${question.source} onto ${question.onto.commit} (${kind}), brute force: ${brute.picks?.join(" ") ?? ""}`,
    ),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
