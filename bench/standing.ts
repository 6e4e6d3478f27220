// Times `find` and checks it on real backports: each original is asked about on every line, and the backport's line must
// say that it has the fix. Beside it `git cherry` for that one line, and the matrix of all lines, from the same run.
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { find } from "../src/usecase/find.ts";
import { findWanted } from "../src/usecase/find-wanted.ts";
import { NOTHING_SAID } from "../src/usecase/judge.ts";
import { withWorkspace, type Deps } from "../src/usecase/workspace.ts";
import type { FoundFix } from "../src/wire/find.ts";
import { readCases, sample, type Case } from "./cases.ts";
import type { BenchOptions } from "./options.ts";
import { figures } from "./statistics.ts";
import { ofThisRepository } from "./this-repository.ts";

interface Result {
  readonly original: string;
  readonly branch: string;
  readonly backport: string;
  readonly standing: string;
  /** `right`: as the backport; `another`: as another commit; `reverted`: there once; `lost`: not found. */
  readonly verdict: "right" | "another" | "reverted" | "lost";
  readonly commit: string | null;
  readonly band: string | null;
  readonly ms: number;
  readonly again: number;
  readonly lines: number;
}

export async function benchStanding(options: BenchOptions): Promise<void> {
  const deps: Deps = { cwd: options.repo, environment: process.env, now: Math.floor(Date.now() / 1000) };
  const cases = await casesOf(deps, options);
  const results: Result[] = [];
  // The oldest question decides how far back the index must go: it is asked first, and not timed.
  const oldest = cases.map((one) => one.original).sort((a, b) => dateOf(options.repo, a) - dateOf(options.repo, b))[0];
  if (oldest !== undefined) await ask(deps, oldest);
  for (const one of cases) results.push(await measure(deps, one));
  if (options.out !== undefined)
    writeFileSync(options.out, results.map((result) => `${JSON.stringify(result)}\n`).join(""));
  const timed = sample(results, Math.min(options.peers, results.length), options.seed);
  const words = [
    ...verdicts(results),
    ...times(results),
    ...processes(options, timed),
    ...(await matrix(deps, options)),
  ];
  process.stdout.write(words.map((line) => `${line}\n`).join(""));
}

function casesOf(deps: Deps, { cases, limit, seed, main }: BenchOptions): Promise<Case[]> {
  return withWorkspace(deps, async (workspace) => {
    if (workspace.main === null || (main !== undefined && workspace.main.name !== main))
      throw new Error(
        `the main branch that was found is ${workspace.main?.name ?? "none"}: set \`main\` in morello.yaml`,
      );
    return cases === undefined ? [] : sample(await ofThisRepository(workspace.scratch, readCases(cases)), limit, seed);
  });
}

async function ask(deps: Deps, revision: string): Promise<{ fix: FoundFix; ms: number }> {
  const started = performance.now();
  const input = { revisions: [revision], lines: [], mainline: null, fetch: false, said: NOTHING_SAID };
  const [fix] = (await find(deps, input)).fixes;
  if (fix === undefined) throw new Error(`nothing was said about ${revision}`);
  return { fix, ms: performance.now() - started };
}

async function measure(deps: Deps, { original, backport, branch }: Case): Promise<Result> {
  const { fix, ms } = await ask(deps, original);
  const again = (await ask(deps, original)).ms;
  const line = fix.lines.find(({ line }) => line === branch || line.endsWith(`/${branch}`));
  const commits = line?.commits.map(({ commit }) => commit) ?? [];
  const there = line !== undefined && ["recorded", "equivalent", "corresponding"].includes(line.standing);
  const verdict =
    line?.standing === "reverted" ? "reverted" : !there ? "lost" : commits.includes(backport) ? "right" : "another";
  return {
    original,
    branch,
    backport,
    standing: line?.standing ?? "no such line",
    verdict,
    commit: commits.at(-1) ?? null,
    band: line?.match?.band ?? null,
    ms,
    again,
    lines: fix.lines.length,
  };
}

function verdicts(results: readonly Result[]): string[] {
  const share = (name: Result["verdict"]): string => {
    const count = results.filter(({ verdict }) => verdict === name).length;
    return `${name} ${count} (${((100 * count) / results.length).toFixed(2)} %)`;
  };
  return results.length === 0
    ? []
    : [`${results.length} backports: ${(["right", "another", "reverted", "lost"] as const).map(share).join(", ")}`];
}

function times(results: readonly Result[]): string[] {
  if (results.length === 0) return [];
  const said = (name: string, values: readonly number[]): string => {
    const { median, p90 } = figures(values);
    return `${name}: median ${median.toFixed(0)} ms, p90 ${p90.toFixed(0)} ms`;
  };
  return [
    said(
      `find on ${results[0]?.lines ?? 0} lines, a new question`,
      results.map(({ ms }) => ms),
    ),
    said(
      "  the same question again",
      results.map(({ again }) => again),
    ),
  ];
}

interface Spent {
  readonly wall: number;
  readonly cpu: number;
}

/** Milliseconds of a process and all its children. */
function spend(command: readonly string[], cwd: string): Spent {
  const started = performance.now();
  const done = spawnSync("sh", ["-c", '"$@" >/dev/null 2>&1; times', "sh", ...command], { cwd, encoding: "utf8" });
  const wall = performance.now() - started;
  const [, children = ""] = done.stdout.trim().split("\n");
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, m, s]) => sum + Number(m) * 60 + Number(s), 0);
  return { wall, cpu: cpu * 1000 };
}

function processes({ repo }: BenchOptions, results: readonly Result[]): string[] {
  const cli = [join(process.cwd(), "dist", "cli.js"), fileURLToPath(new URL("../dist/cli.js", import.meta.url))].find(
    existsSync,
  );
  if (cli === undefined) throw new Error("dist/cli.js is missing: npm run build");
  const said = (name: string, spent: readonly Spent[]): string => {
    const [wall, cpu] = [figures(spent.map((one) => one.wall)), figures(spent.map((one) => one.cpu))];
    return `${name}: median ${wall.median.toFixed(0)} ms, p90 ${wall.p90.toFixed(0)} ms; CPU ${cpu.median.toFixed(0)} ms`;
  };
  const node = process.execPath;
  const found = results.map(({ original }) => spend([node, cli, "find", original, "--json"], repo));
  const started = results.map(() => spend([node, "-e", "0"], repo));
  const version = results.map(() => spend([node, cli, "--version"], repo));
  const cherry = results
    .slice(0, 5)
    .map(({ original, branch }) => spend(["git", "cherry", branch, original, `${original}^`], repo));
  if (results.length === 0) return [];
  return [
    said("morello find, the whole process", found),
    said("  of which Node's own start", started),
    said("  morello --version", version),
    said("git cherry, one commit and one line", cherry),
  ];
}

async function matrix(deps: Deps, { runs }: BenchOptions): Promise<string[]> {
  const input = { lines: [], since: null, limit: 50, fetch: false, unaffected: false };
  const all: number[] = [];
  let told = "";
  for (let n = 0; n <= runs; n++) {
    const started = performance.now();
    const { fixes, lines } = await findWanted(deps, input);
    if (n > 0) all.push(performance.now() - started);
    told = `${fixes.length} fixes on ${lines.length} lines`;
  }
  const { median, p90 } = figures(all);
  return [`matrix of ${told}: median ${median.toFixed(0)} ms, p90 ${p90.toFixed(0)} ms`];
}

function dateOf(repo: string, commit: string): number {
  const done = spawnSync("git", ["-C", repo, "show", "-s", "--format=%at", commit], { encoding: "utf8" });
  return Number(done.stdout.trim());
}
