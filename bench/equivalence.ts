// Asks of real backports which commit of main they carry. The pool is what the release branch lacks; messages are read
// without whatever names the original, unless `--trailers`. With `--leave-one-out` the right answer is not in the pool,
// so that every answer is wrong.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { evidenceOf } from "../src/equivalence/evidence.ts";
import type { Band, MatchEvidence } from "../src/wire/match.ts";
import type { BenchOptions } from "./options.ts";
import { withPairs, type Pair, type Pairs } from "./pairs.ts";
import { figures, HEAD, row } from "./statistics.ts";
import { writeFeatures } from "./training.ts";

interface Result {
  readonly backport: string;
  readonly answer: string | null;
  readonly band: Band;
  readonly score: number;
  readonly evidence: readonly MatchEvidence[];
  readonly ms: number;
}

export function benchEquivalence(options: BenchOptions): Promise<void> {
  return withPairs(options, async (all) => {
    const results = all.pairs.map((pair, n) =>
      pair === null ? noAnswer(all.cases[n]?.backport ?? "", 0) : ask(all, pair, options.leaveOneOut),
    );
    if (options.out !== undefined)
      writeFileSync(options.out, results.map((result) => `${JSON.stringify(result)}\n`).join(""));
    if (options.features !== undefined) writeFeatures(all, options.features);
    summarise(all, results, options, timeCherry(all, options.peers));
  });
}

function ask(
  { originals }: Pairs,
  { one, number, query, inPool, taken, patchIdEqual }: Pair,
  without: boolean,
): Result {
  const started = performance.now();
  const found = originals.of(number, query, (candidate) => inPool(candidate) && !(without && taken.has(candidate)));
  const ms = performance.now() - started;
  const [best] = found;
  if (best === undefined || best.band === "different")
    return { ...noAnswer(one.backport, ms), score: best?.score ?? 0 };
  const answer = originals.index.graph.oid(best.number);
  const chain = best.chain?.map((way) => originals.index.graph.oid(way));
  const shown = {
    patchIdEqual: best.features.bareEqual === 0 ? false : taken.has(best.number) ? patchIdEqual : null,
    picked: chain === undefined ? null : { named: answer, chain },
    pulls: [],
  };
  const evidence = evidenceOf(best.features, shown, best.unlike);
  return { backport: one.backport, answer, band: best.band, score: best.score, evidence, ms };
}

function noAnswer(backport: string, ms: number): Result {
  return { backport, answer: null, band: "different", score: 0, evidence: [], ms };
}

/** Wall milliseconds of `git cherry`, asked about one backport and all of main, for some of the cases. */
function timeCherry({ pairs, workspace }: Pairs, peers: number): number[] {
  const asked = pairs.filter((pair) => pair !== null).slice(0, Math.min(peers, 5));
  const { cwd, env } = workspace.scratch;
  return asked.map(({ one }) => {
    const started = performance.now();
    const main = workspace.main?.tip ?? "";
    spawnSync("git", ["cherry", main, one.backport, `${one.backport}^`], { cwd, env, stdio: "ignore" });
    return performance.now() - started;
  });
}

function summarise(all: Pairs, results: readonly Result[], options: BenchOptions, cherry: readonly number[]): void {
  const asked = all.pairs.flatMap((pair, n) => {
    const result = results[n];
    return pair === null || result === undefined ? [] : [new Answered(all, pair, result)];
  });
  const lines = groupsOf(asked).map(([name, group]) => {
    const count = (test: (one: Answered) => boolean): string => {
      const part = group.filter(test).length;
      return `${group.length === 0 ? "–" : ((100 * part) / group.length).toFixed(2)} % (${part})`;
    };
    const head = `${name.padEnd(34)}${String(group.length).padStart(6)}`;
    if (options.leaveOneOut)
      return `${head}  wrong ${count(({ named }) => named)}, in the band same ${count(({ same }) => same)}`;
    return [
      head,
      `right ${count(({ right }) => right)}`,
      `its twin ${count(({ twin }) => twin)}`,
      `wrong ${count(({ wrong }) => wrong)}`,
      `in the band same: right ${count(({ right, same }) => right && same)}`,
      `wrong ${count(({ wrong, same }) => wrong && same)}`,
      `patch ID equality ${count(({ pair }) => pair.patchIdEqual)}`,
    ].join("  ");
  });
  const times = figures(results.map(({ ms }) => ms));
  const table = [HEAD, row("ours, ms a question", times), row("git cherry, a process a question", figures(cherry))];
  process.stdout.write(`${[...lines, ...table].join("\n")}\n`);
}

class Answered {
  readonly pair: Pair;
  readonly named: boolean;
  readonly same: boolean;
  readonly right: boolean;
  /** Another commit of main with the original's patch ID. */
  readonly twin: boolean;
  readonly wrong: boolean;

  constructor({ originals }: Pairs, pair: Pair, { answer, band }: Result) {
    const number = answer === null ? null : originals.index.graph.find(answer);
    this.pair = pair;
    this.named = answer !== null;
    this.same = band === "same";
    this.right = answer === pair.one.original;
    this.twin = !this.right && number !== null && pair.taken.has(number);
    this.wrong = this.named && !this.right && !this.twin;
  }
}

function groupsOf(asked: readonly Answered[]): [name: string, group: Answered[]][] {
  const kinds = [...new Set(asked.map(({ pair }) => pair.one.evidence))].filter((kind) => kind !== "").sort();
  const fails = asked.filter(({ pair }) => !pair.patchIdEqual);
  return [
    ["all", [...asked]],
    ...kinds.map((kind): [string, Answered[]] => [kind, asked.filter(({ pair }) => pair.one.evidence === kind)]),
    ["patch ID fails", fails],
    [
      "patch ID fails, not by metadata",
      fails.filter(({ pair }) => pair.one.evidence !== "" && pair.one.evidence !== "author+date+subject"),
    ],
  ];
}
