// Times `morello plan` as a person meets it: a process from start to end, without cache and with.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openRepository } from "../src/git/repository.ts";
import type { BenchOptions } from "./options.ts";
import { figures } from "./statistics.ts";

export async function benchPlans(options: BenchOptions): Promise<void> {
  const { revision, onto, runs } = options;
  if (revision === undefined || onto.length === 0) throw new Error("--revision REV and --onto LINE are needed");
  const repository = await openRepository(options.repo, process.env);
  const cli = [join(process.cwd(), "dist", "cli.js"), fileURLToPath(new URL("../dist/cli.js", import.meta.url))].find(
    (path) => existsSync(path),
  );
  if (cli === undefined) throw new Error("dist/cli.js is missing: npm run build");
  const lines = onto.flatMap((line) => ["--onto", line]);
  const plan = (...more: string[]): { ms: number; stdout: string } =>
    timed([cli, "-C", options.repo, "plan", revision, ...lines, "--json", ...more]);
  const cache = join(repository.commonDir, "morello", "cache");
  const cold: number[] = [];
  for (let n = 0; n < Math.min(3, runs); n++) {
    rmSync(cache, { recursive: true, force: true });
    cold.push(plan("--no-causes", "--no-needs").ms);
  }
  const warm = Array.from({ length: runs }, () => plan("--no-causes", "--no-needs").ms);
  const causes = Array.from({ length: Math.min(3, runs) }, () => plan("--no-needs").ms);
  const start = Array.from({ length: runs }, () => timed(["-e", "0"]).ms);
  const outcomes = (
    JSON.parse(plan("--no-causes", "--no-needs").stdout) as {
      plan: { lines: { picks: { outcome: { kind: string } }[] }[] };
    }
  ).plan.lines;
  const kinds = new Map<string, number>();
  for (const { picks } of outcomes)
    for (const { outcome } of picks) kinds.set(outcome.kind, (kinds.get(outcome.kind) ?? 0) + 1);
  const told = [...kinds].map(([kind, n]) => `${n} ${kind}`).join(", ");
  process.stdout.write(
    [
      `${outcomes.length} lines (${told})`,
      `cold ${figures(cold).median.toFixed(0)} ms, warm ${figures(warm).median.toFixed(0)} ms (p90 ${figures(warm).p90.toFixed(0)}), of which Node's own start ${figures(start).median.toFixed(0)} ms`,
      `causes of conflicts: ${Math.max(0, figures(causes).median - figures(warm).median).toFixed(0)} ms after the plan`,
      "",
    ].join("\n"),
  );
}

function timed(args: readonly string[]): { ms: number; stdout: string } {
  const started = performance.now();
  const done = spawnSync(process.execPath, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  const ms = performance.now() - started;
  if (done.status !== 0 && done.status !== 1)
    throw new Error(`${args.join(" ")} ended with ${done.status}: ${done.stderr}`);
  return { ms, stdout: done.stdout };
}
