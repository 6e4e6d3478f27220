// Replays real backports: each source onto the parent of its backport, by the engine, and by git for comparison.
import { writeFileSync } from "node:fs";
import { MergeEngine } from "../src/apply/merge.ts";
import type { TreeMerge } from "../src/apply/tree-merge.ts";
import type { Sides } from "../src/apply/decide.ts";
import { touchedPaths } from "../src/apply/touched.ts";
import { openRepository, type Repository } from "../src/git/repository.ts";
import { Scratch } from "../src/git/scratch.ts";
import { quotePath } from "../src/object/path.ts";
import { readCases, sample, type Case } from "./cases.ts";
import type { BenchOptions } from "./options.ts";
import { PeerRepository, type PeerAnswer } from "./peers.ts";
import { figures, HEAD, row } from "./statistics.ts";
import { ofThisRepository } from "./this-repository.ts";

interface Result extends Omit<Case, "evidence"> {
  outcome: "clean" | "redundant" | "conflict" | "error";
  tree: string | null;
  /** Conflicted paths of a conflict, changed paths of a clean pick. */
  paths: string[];
  /** See `timeEach`. */
  ms: number;
}

/** Picks that are timed together: about as many as a plan asks at once. */
const GROUP = 20;

type Prepared = {
  readonly one: Case;
  readonly sides: Sides | null;
  readonly parent: string | null;
  readonly onto: string | null;
  readonly merge: boolean;
};

export async function benchPicks(options: BenchOptions): Promise<void> {
  if (options.cases === undefined) throw new Error("--cases FILE is needed");
  const repository = await openRepository(options.repo, process.env);
  const scratch = new Scratch(repository);
  const engine = new MergeEngine(scratch);
  const cases = sample(await ofThisRepository(scratch, readCases(options.cases)), options.limit, options.seed);
  const prepared = await Promise.all(cases.map((one) => prepare(scratch, one)));
  const asked = prepared.flatMap(({ sides }, n) => (sides === null ? [] : [{ n, sides }]));
  // All in one go, as a plan asks: the wall time, the answers, and which of them took git a merge of whole trees.
  const started = performance.now();
  const merges = await engine.merge(asked.map(({ sides }) => sides));
  const wall = performance.now() - started;
  const answers = new Map(asked.map(({ n }, k) => [n, merges[k]]));
  const results = await Promise.all(prepared.map(({ one, sides }, n) => resultOf(engine, one, sides, answers.get(n))));
  engine.close();
  scratch.close();
  for (const [n, ms] of await timeEach(repository, asked, answers)) Object.assign(results[n] ?? {}, { ms });
  if (options.out !== undefined)
    writeFileSync(options.out, results.map((result) => `${JSON.stringify(result)}\n`).join(""));
  summarise(results, wall, asked.length, comparePeers(options, repository.objectsDir, prepared, results));
}

/**
 * Milliseconds a pick, in a fresh engine: picks that git must merge as whole trees one by one, the others in groups of
 * twenty, each counting its share of the group.
 */
async function timeEach(
  repository: Repository,
  asked: readonly { readonly n: number; readonly sides: Sides }[],
  answers: ReadonlyMap<number, TreeMerge | undefined>,
): Promise<Map<number, number>> {
  const scratch = new Scratch(repository);
  const engine = new MergeEngine(scratch);
  const times = new Map<number, number>();
  const isWhole = (n: number): boolean => {
    const merge = answers.get(n);
    return merge === undefined || merge.kind === "missing" || merge.whole;
  };
  const shared = asked.filter(({ n }) => !isWhole(n));
  const groups = asked.filter(({ n }) => isWhole(n)).map((item) => [item]);
  for (let at = 0; at < shared.length; at += GROUP) groups.push(shared.slice(at, at + GROUP));
  for (const group of groups) {
    const started = performance.now();
    await engine.merge(group.map(({ sides }) => sides));
    const ms = (performance.now() - started) / group.length;
    for (const { n } of group) times.set(n, ms);
    engine.forget();
  }
  engine.close();
  scratch.close();
  return times;
}

async function prepare({ reader }: Scratch, one: Case): Promise<Prepared> {
  const [original, backport] = await Promise.all([reader.commit(one.original), reader.commit(one.backport)]);
  const parent = original?.parents[0] ?? null;
  const onto = backport?.parents[0] ?? null;
  const [base, ours] = await Promise.all([
    parent === null ? null : reader.commit(parent),
    onto === null ? null : reader.commit(onto),
  ]);
  const sides =
    original === null || base === null || ours === null
      ? null
      : { base: base.tree, ours: ours.tree, theirs: original.tree };
  return { one, sides, parent, onto, merge: (original?.parents.length ?? 0) > 1 };
}

async function resultOf(
  engine: MergeEngine,
  one: Case,
  sides: Sides | null,
  merge: TreeMerge | undefined,
): Promise<Result> {
  const { repo, original, backport, branch } = one;
  const told = { repo, original, backport, branch };
  const ms = 0; // timed afterwards
  if (sides === null || merge === undefined || merge.kind === "missing")
    return { ...told, outcome: "error", tree: null, paths: [], ms };
  if (merge.kind === "conflict")
    return { ...told, outcome: "conflict", tree: null, paths: merge.conflicts.map(({ path }) => quotePath(path)), ms };
  const changed = await touchedPaths(engine.tree, sides.ours, merge.tree);
  return {
    ...told,
    outcome: merge.tree === sides.ours ? "redundant" : "clean",
    tree: merge.tree,
    paths: changed.map(({ path }) => quotePath(path)),
    ms,
  };
}

interface Comparison {
  readonly mergeTree: readonly number[];
  readonly cherryPick: readonly number[];
  readonly checked: number;
  readonly differences: readonly string[];
}

function comparePeers(
  options: BenchOptions,
  objects: string,
  prepared: readonly Prepared[],
  results: readonly Result[],
): Comparison {
  const bare = new PeerRepository(objects, true);
  const full = new PeerRepository(objects, false);
  const timed = new Set(sample([...prepared.keys()], options.peers, options.seed));
  const differences: string[] = [];
  const times = { mergeTree: [] as number[], cherryPick: [] as number[] };
  let checked = 0;
  const compare = (name: string, answer: PeerAnswer, result: Result): void => {
    checked++;
    if (answer.outcome === result.outcome && answer.tree === result.tree) return;
    differences.push(
      `${result.original} onto ${result.backport}^: ${name} says ${answer.outcome} ${answer.tree ?? ""}, ours ${result.outcome} ${result.tree ?? ""}`,
    );
  };
  try {
    for (const [n, { one, parent, onto, merge, sides }] of prepared.entries()) {
      const result = results[n];
      if (sides === null || parent === null || onto === null || result === undefined) continue;
      if (result.outcome !== "error") times.mergeTree.push(bare.mergeTree(parent, onto, one.original).ms);
      if (options.verify) {
        const quick = bare.cherryPick(onto, one.original, merge);
        const agrees = quick.outcome === result.outcome && quick.tree === result.tree;
        // A sparse work tree holds no .gitattributes: what differs is picked once more with everything checked out.
        const answer = agrees ? quick : full.cherryPick(onto, one.original, merge);
        compare("git cherry-pick", answer.outcome === "error" ? quick : answer, result);
      }
      if (timed.has(n)) {
        const answer = full.cherryPick(onto, one.original, merge);
        if (answer.outcome === "error") continue; // a copy that lacks large files cannot be checked out
        times.cherryPick.push(answer.ms);
        if (!options.verify) compare("git cherry-pick", answer, result);
      }
    }
  } finally {
    bare.remove();
    full.remove();
  }
  return { ...times, checked, differences };
}

function summarise(results: readonly Result[], wall: number, asked: number, peers: Comparison): void {
  const count = (outcome: Result["outcome"]): number => results.filter((result) => result.outcome === outcome).length;
  const peerWall = peers.mergeTree.reduce((sum, ms) => sum + ms, 0);
  const lines = [
    `cases ${results.length}: clean ${count("clean")}, redundant ${count("redundant")}, conflict ${count("conflict")}, error ${count("error")}`,
    HEAD,
    row("ours, ms a pick", figures(results.filter(({ outcome }) => outcome !== "error").map(({ ms }) => ms))),
    row("git merge-tree, a process a pick", figures(peers.mergeTree)),
    row("git cherry-pick, without its checkout", figures(peers.cherryPick)),
    `batch wall ${wall.toFixed(0)} ms for ${asked} picks; merge-tree processes ${peerWall.toFixed(0)} ms (ratio ${(wall / peerWall).toFixed(2)})`,
    `compared with git cherry-pick: ${peers.checked} cases, ${peers.differences.length} differ`,
    ...peers.differences.slice(0, 20).map((difference) => `  ${difference}`),
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
}
