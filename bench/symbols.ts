// Asks which clean picks bring names that their line does not have: labelled picks (original, onto, label) or real
// backports, of which those that merge to the maintainers' tree are known to be good.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { MergeEngine } from "../src/apply/merge.ts";
import { openRepository } from "../src/git/repository.ts";
import { Scratch } from "../src/git/scratch.ts";
import { openStore } from "../src/index/store.ts";
import { checkSymbols } from "../src/usecase/needs/check-symbols.ts";
import { SymbolChecker } from "../src/usecase/needs/symbol-checker.ts";
import { sample } from "./cases.ts";
import type { BenchOptions } from "./options.ts";
import { figures, HEAD, row } from "./statistics.ts";

interface Asked {
  readonly original: string;
  readonly onto: string;
  readonly label: string;
  /** The maintainers' commit; null for labelled picks. */
  readonly backport: string | null;
}

/** Reads either table by its header. */
function readAsked(file: string): Asked[] {
  const [header = "", ...rows] = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "");
  const names = header.split("\t");
  return rows.map((line) => {
    const cells = line.split("\t");
    const cell = (name: string): string => cells[names.indexOf(name)] ?? "";
    return names.includes("backport_sha")
      ? { original: cell("original_sha"), onto: `${cell("backport_sha")}^`, label: "", backport: cell("backport_sha") }
      : { original: cell("original"), onto: cell("onto"), label: cell("label"), backport: null };
  });
}

export async function benchSymbols(options: BenchOptions): Promise<void> {
  if (options.cases === undefined) throw new Error("--cases FILE is needed");
  const repository = await openRepository(options.repo, process.env);
  const scratch = new Scratch(repository);
  const engine = new MergeEngine(scratch);
  const store = await openStore(repository);
  const checker = new SymbolChecker({ engine, store });
  const all = readAsked(options.cases);
  const present = await Promise.all(
    all.map(
      async ({ original, onto }) =>
        (await scratch.reader.info(original)) !== null && (await scratch.reader.info(onto)) !== null,
    ),
  );
  const cases = sample(
    all.filter((_, n) => present[n]),
    options.limit,
    options.seed,
  );
  if (options.out !== undefined) writeFileSync(options.out, "");
  const results: Record<string, unknown>[] = [];
  const times: number[] = [];
  /** Processor time of all threads; git's is not among it. */
  const processor: number[] = [];
  const rules = new Map<string, Map<string, number>>();
  const tally = new Map<string, number>();
  const verdicts = new Map<string, number>();
  const count = (map: Map<string, number>, key: string): void => void map.set(key, (map.get(key) ?? 0) + 1);
  for (const one of cases) {
    const trees = await treesOf(scratch, one);
    if (trees === null) continue;
    const [merge] = await engine.merge([trees]);
    if (merge?.kind !== "clean") continue;
    const backport = one.backport === null ? null : await scratch.reader.commit(one.backport);
    const label = backport === null ? one.label : backport.tree === merge.tree ? "ok" : "altered";
    const onto = trees.ours;
    await checker.prepare([onto, trees.theirs]);
    const picked = { onto, merged: merge.tree, source: trees.theirs, parent: trees.base };
    if (options.runs > 1) await checker.check(picked); // warm: what the trees share is known
    const [started, used] = [performance.now(), process.cpuUsage()];
    const found = (await checker.check(picked)).findings;
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(used);
    times.push(ms);
    processor.push((user + system) / 1000);
    const flagged = found.length > 0;
    const onto_ = (await scratch.reader.read(one.onto))?.oid ?? one.onto;
    const question = { source: one.original, onto: { commit: onto_, tree: onto }, merged: merge.tree };
    const report = flagged ? await checkSymbols({ engine, store, scratch, repository }, question, checker) : null;
    count(tally, `${label} ${flagged ? "flagged" : "passed"}`);
    for (const rule of new Set(found.map((finding) => finding.rule))) {
      if (!rules.has(rule)) rules.set(rule, new Map());
      count(rules.get(rule) ?? new Map<string, number>(), label);
    }
    for (const kind of new Set(report?.alarms.map(({ verdict }) => verdict.kind))) count(verdicts, kind);
    const result = {
      original: one.original,
      onto: one.onto,
      label,
      flagged,
      alarms: (report?.alarms ?? []).map(({ rule, name, use, detail, definition, verdict }) => ({
        rule,
        name,
        path: use.path,
        line: use.line,
        detail,
        definition: `${definition.path}:${definition.line}`,
        verdict: verdict.kind,
        commit: "commit" in verdict ? verdict.commit : null,
      })),
      needs: report?.needs.commits.map(({ commit }) => commit) ?? [],
      proven: report?.needs.proven ?? false,
      tree: merge.tree,
      ms: Math.round(ms * 10) / 10,
    };
    results.push(result);
    if (options.out !== undefined) appendFileSync(options.out, `${JSON.stringify(result)}\n`);
    engine.forget();
  }
  await checker.close();
  engine.close();
  scratch.close();
  await store.close();
  process.stdout.write(
    [
      `clean picks ${results.length}: ${[...tally]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, n]) => `${key} ${n}`)
        .join(", ")}`,
      ...[...rules].map(
        ([rule, labels]) => `  ${rule}: ${[...labels].map(([label, n]) => `${label} ${n}`).join(", ")}`,
      ),
      `verdicts, in picks: ${[...verdicts].map(([kind, n]) => `${kind} ${n}`).join(", ")}`,
      HEAD,
      row("ms a check", figures(times)),
      row("processor ms a check, without git", figures(processor)),
      "",
    ].join("\n"),
  );
}

async function treesOf(
  { reader }: Scratch,
  { original, onto }: Asked,
): Promise<{ base: string; ours: string; theirs: string } | null> {
  const [source, line] = await Promise.all([reader.commit(original), reader.read(onto)]);
  const parent = source?.parents[0];
  const [base, ours] = await Promise.all([
    parent === undefined ? null : reader.commit(parent),
    line === null ? null : reader.commit(line.oid),
  ]);
  return source === null || base === null || ours === null
    ? null
    : { base: base.tree, ours: ours.tree, theirs: source.tree };
}
