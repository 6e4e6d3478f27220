// Classes every commit that lines have and main has not, twice: `npm run bench -- classing --repo DIR --onto LINE…
// --out FILE.jsonl`. Says what they came to and how long it took, first and with what the first run left in the cache.
import { writeFileSync } from "node:fs";
import { classCommits } from "../src/usecase/classing/class-commits.ts";
import { historyOf, withWorkspace, type Deps } from "../src/usecase/workspace.ts";
import type { ClassedCommit } from "../src/wire/class.ts";
import type { BenchOptions } from "./options.ts";

export async function benchClassing(options: BenchOptions): Promise<void> {
  const deps: Deps = { cwd: options.repo, environment: process.env, now: Math.floor(Date.now() / 1000) };
  const rows: string[] = [];
  for (const line of options.onto) {
    const index = await classLine(deps, line, options.limit, false); // reads what the commits do
    const first = await classLine(deps, line, options.limit, true);
    const again = await classLine(deps, line, options.limit, true);
    process.stdout.write(`${line}: ${words(first.classed)}\n`);
    for (const [name, { classed, ms, cpu }] of Object.entries({ index, first, again })) {
      const [wall, own] = [ms, cpu].map((time) => (time / Math.max(1, classed.length)).toFixed(2));
      process.stdout.write(`  ${name}: ${classed.length} commits, ${wall} ms each, ${own} of it in this process\n`);
    }
    rows.push(...again.classed.map((one) => `${JSON.stringify({ line, ...one })}\n`));
  }
  if (options.out !== undefined) writeFileSync(options.out, rows.join(""));
}

/** The newest commits of a line, oldest first. Timed without opening the repository. */
function classLine(
  deps: Deps,
  name: string,
  limit: number | null,
  rangeDiffs: boolean,
): Promise<{ classed: ClassedCommit[]; ms: number; cpu: number }> {
  return withWorkspace(deps, async (workspace) => {
    const line = workspace.detected.find((one) => one.name === name);
    const tip = line?.localTip ?? line?.remoteTip ?? null;
    const { main } = workspace;
    if (tip === null || main === null) throw new Error(`there is no line ${name}`);
    const graph = await historyOf(workspace, [tip]);
    const [from, without] = [graph.find(tip) ?? 0, graph.find(main.tip) ?? 0];
    const numbers = graph
      .difference([from], [without])
      .slice(0, limit ?? undefined)
      .reverse();
    const commits = numbers.map((number) => graph.oid(number));
    const [start, before] = [performance.now(), process.cpuUsage()];
    const classed = await classCommits(workspace, graph, { line: { name }, commits, recorded: new Map(), rangeDiffs });
    const { user, system } = process.cpuUsage(before);
    return { classed, ms: performance.now() - start, cpu: (user + system) / 1000 };
  });
}

/** How many there are of each class, by how their source was found. */
function words(classed: readonly ClassedCommit[]): string {
  const counts = new Map<string, number>();
  for (const one of classed) {
    const key = `${one.class}${one.merge ? " merge" : ""}${one.source === null ? "" : ` ${one.source.evidence}`}${one.lies ? " LIES" : ""}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([key, count]) => `${count} ${key}`)
    .join(", ");
}
