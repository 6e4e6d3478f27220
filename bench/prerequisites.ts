// prototype
import { readFileSync, writeFileSync } from "node:fs";
import { MergeEngine } from "../src/apply/merge.ts";
import { openRepository } from "../src/git/repository.ts";
import { run } from "../src/git/run.ts";
import { Scratch } from "../src/git/scratch.ts";
import { loadHistory } from "../src/index/history.ts";
import { findPrerequisites } from "../src/usecase/find-prerequisites.ts";
import { sample } from "./cases.ts";
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

export async function benchPrerequisites(options: BenchOptions): Promise<void> {
  const repository = await openRepository(options.repo, process.env);
  const scratch = new Scratch(repository);
  const engine = new MergeEngine(scratch);
  const [header = "", ...rows] = readFileSync(options.cases ?? "", "utf8")
    .trimEnd()
    .split("\n");
  const names = header.split("\t");
  const all = rows.map((row) => new Map(row.split("\t").map((cell, n) => [names[n] ?? "", cell] as const)));
  const name = /([^/]+?)(\.git)?\/?$/.exec(options.repo)?.[1];
  const mine = sample(
    all.filter((one) => one.get("repo") === name),
    options.limit,
    options.seed,
  );
  const graph = await loadHistory(
    repository,
    scratch,
    STORE,
    mine.flatMap((one) => [one.get("original_P2") ?? "", one.get("backport_P2") ?? ""]),
  );
  let hit = 0,
    any = 0,
    wrong = 0;
  const times: number[] = [];
  const merges: number[] = [];
  const out: string[] = [];
  for (const one of mine) {
    const get = (key: string): string => one.get(key) ?? "";
    const [p1, p2] = [await scratch.reader.commit(get("backport_P1")), await scratch.reader.commit(get("backport_P2"))];
    const onto = p2?.parents[0] ?? "";
    const [b, o, t] = [
      p1?.tree ?? "",
      (await scratch.reader.commit(onto))?.tree ?? "",
      (await scratch.reader.commit(p1?.parents[0] ?? ""))?.tree ?? "",
    ];
    const [merged] = await engine.merge([{ base: b, ours: o, theirs: t }]);
    if (merged?.kind !== "clean") {
      console.log("target not clean", get("original_P2"));
      continue;
    }
    if (merged.tree !== get("target_tree")) console.log("tree differs", get("original_P2"), merged.tree);
    engine.publish(merged.tree);
    const started = performance.now();
    const found = await findPrerequisites({ scratch, engine }, graph, {
      source: get("original_P2"),
      mainline: 1,
      onto: { commit: onto, tree: merged.tree },
    });
    const ms = performance.now() - started;
    times.push(ms);
    merges.push(found.merges);
    const answer = "picks" in found ? found.picks.map(({ commit }) => commit) : [];
    const wanted = names.includes("needed_original_P1") ? get("needed_original_P1") : null;
    if (answer.length > 0) any++;
    if (wanted !== null && answer.includes(wanted)) hit++;
    if (wanted === null && answer.length > 0) wrong++;
    const verified = get("verified(0 no,1 clean,2 clean+same tree)");
    const ok = wanted === null ? answer.length === 0 : answer.length === 1 && answer[0] === wanted;
    if (!ok)
      console.log(
        `${get("original_P2").slice(0, 9)} verified=${verified} ${get("how_found")} ${get("conflict_kinds")} want ${wanted?.slice(0, 9)} got ${found.kind} ${answer.map((a) => a.slice(0, 9)).join(" ")} merges ${found.merges} ms ${ms.toFixed(0)}`,
      );
    out.push(
      JSON.stringify({
        original: get("original_P2"),
        target: get("target_commit"),
        answer,
        proven: found.kind === "proven" || found.kind === "none-needed",
        tree: "tree" in found ? found.tree : null,
        ms,
      }),
    );
  }
  if (options.out) writeFileSync(options.out, out.join("\n") + "\n");
  console.log(
    name,
    "cases",
    mine.length,
    "hit",
    hit,
    "answered",
    any,
    "false",
    wrong,
    "ms median",
    figures(times).median.toFixed(0),
    "p90",
    figures(times).p90.toFixed(0),
    "max",
    figures(times).max.toFixed(0),
    "merges mean",
    figures(merges).mean.toFixed(1),
    "max",
    figures(merges).max,
  );
  engine.close();
  scratch.close();
  void run;
}
