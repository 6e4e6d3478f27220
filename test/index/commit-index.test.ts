import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { CommitIndex } from "../../src/index/commit-index.ts";
import { loadHistory } from "../../src/index/history.ts";
import type { Unreadable } from "../../src/index/read-commits.ts";
import { openStore, type Store } from "../../src/index/store.ts";
import { lineTerm } from "../../src/index/terms.ts";
import { lose, scratchOn } from "../git/open.ts";
import { lines } from "../support/case/case.ts";
import { history, type History } from "../support/history.ts";
import { finished } from "../support/process.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { gitTrace } from "../support/trace.ts";

function project(count: number, prefix = "c"): (told: History) => History {
  return (told) => {
    for (let n = 0; n < count; n++) {
      const message = `${prefix}${n}: do it (#${n + 100})\n\nWhy it is done.\n`;
      told.commit(`${prefix}${n}`, {
        message,
        files: { [`${prefix}${n % 3}.txt`]: `line ${prefix} ${n}\n${lines(3)}` },
      });
    }
    return told;
  };
}

interface Prepared {
  readonly index: CommitIndex;
  readonly unreadable: readonly Unreadable[];
  /** How many times git was asked for patches. */
  readonly asked: number;
}

async function prepare(repository: TestRepository, store?: Store): Promise<Prepared> {
  const trace = gitTrace(repository.sandbox, `trace-${Math.random()}.json`);
  const scratch = await scratchOn(repository);
  const traced = { cwd: scratch.cwd, env: { ...scratch.env, ...trace.env } };
  const opened = store ?? (await openStore(scratch.repository));
  const graph = await loadHistory(scratch.repository, traced, opened, [...repository.oids.values()]);
  const index = new CommitIndex(traced, opened, graph);
  const numbers = [...Array(graph.size).keys()];
  const unreadable = await index.prepare(numbers);
  for (const number of numbers) index.facts(number); // read before the store is closed
  if (store === undefined) await opened.close();
  return { index, unreadable, asked: trace.commands().filter((argv) => argv.includes("log")).length };
}

function subjects({ index }: Prepared): (string | undefined)[] {
  return [...Array(index.graph.size).keys()].map((number) => index.facts(number)?.message.split("\n")[0]);
}

test("the first run reads all, the next nothing, and a later one what is new", async () => {
  const repository = await project(12)(history()).create(makeSandbox(), { bare: true });
  expect((await prepare(repository)).asked).toBeGreaterThan(0);
  expect((await prepare(repository)).asked).toBe(0);
  await repository.extend(project(3, "d"));
  const third = await prepare(repository);
  expect([third.asked, subjects(third).length, subjects(third).includes(undefined)]).toEqual([1, 15, false]);
  expect((await prepare(repository)).asked).toBe(0);
});

test("facts say what a commit did: paths, ranges, lines, people and words", async () => {
  const repository = await history()
    .commit("root", { files: { "a b": lines(9), "gone": "x\n", "bin": "\0" } })
    .commit("edit", {
      message: "subject\n\ndiff --git a/no b/patch\n",
      author: { name: "Å", email: "a@a", date: "1000000000 +0200" },
      files: { "a b": lines(9, { 3: "three", 4: null }), "gone": null, "ny\n": "new file\n", "bin": "\0\0" },
    })
    .create(makeSandbox(), { bare: true });
  const { index } = await prepare(repository);
  const facts = index.facts(index.graph.find(repository.oid("edit")) ?? -1);
  expect([facts?.author, facts?.email, facts?.authorTime, facts?.message]).toEqual([
    "Å",
    "a@a",
    1_000_000_000,
    "subject\n\ndiff --git a/no b/patch\n",
  ]);
  const range = { oldStart: 3, oldCount: 2, newStart: 3, newCount: 1 };
  expect(facts?.patch?.files).toEqual([
    { path: "a b", status: "modified", ranges: [range] },
    { path: "bin", status: "modified", ranges: [] },
    { path: "gone", status: "deleted", ranges: [] },
    { path: "ny\n", status: "added", ranges: [{ oldStart: 0, oldCount: 0, newStart: 1, newCount: 1 }] },
  ]);
  expect([facts?.patch?.addedLines, facts?.patch?.removedLines, facts?.patch?.added.length]).toEqual([2, 2, 2]);
});

test("a commit is found by its lines, in however many pieces the index came together", async () => {
  const repository = await project(6)(history()).create(makeSandbox(), { bare: true });
  await prepare(repository);
  for (let n = 0; n < 12; n++) {
    await repository.extend(project(2, `e${n}-`));
    await prepare(repository);
  }
  const scratch = await scratchOn(repository);
  const store = await openStore(scratch.repository);
  const { index } = await prepare(repository, store);
  for (let number = 0; number < index.graph.size; number++) {
    const added = index.facts(number)?.patch?.added ?? [];
    const found = [...added].map((line) => index.find(lineTerm(line), Infinity));
    expect(found.every((numbers) => numbers.includes(number))).toBe(true);
  }
  expect(index.find(lineTerm(12_345), Infinity)).toEqual([]);
  await store.close();
});

test("a blob that is gone costs its commit's patch alone, and the commit is named on every run", async () => {
  const repository = await project(9)(history()).create(makeSandbox(), { bare: true });
  const blob = await lose(repository, `${repository.oid("c4")}:c1.txt`);
  for (const run of [1, 2]) {
    const prepared = await prepare(repository);
    const named = prepared.unreadable.map(({ commit }) => commit);
    expect([run, named.includes(repository.oid("c4"))]).toEqual([run, true]);
    expect(prepared.unreadable[0]?.detail).toContain(blob);
    expect(subjects(prepared)).toHaveLength(9);
    expect(subjects(prepared)).not.toContain(undefined);
    const number = prepared.index.graph.find(repository.oid("c5")) ?? -1;
    expect(prepared.index.facts(number)?.patch).not.toBeNull();
  }
});

test("a merge has no patch until it is asked for", async () => {
  const repository = await project(3)(history())
    .branch("side", "c0")
    .commit("side", { files: { side: "of the side\n" } })
    .checkout("main")
    .merge("merge", "side")
    .create(makeSandbox(), { bare: true });
  const scratch = await scratchOn(repository);
  const store = await openStore(scratch.repository);
  const { index } = await prepare(repository, store);
  const merge = index.graph.find(repository.oid("merge")) ?? -1;
  expect(index.facts(merge)?.patch).toBeNull();
  await index.readMerges([merge]);
  expect(index.facts(merge)?.patch?.files.map(({ path }) => path)).toEqual(["side"]);
  await store.close();
});

test("a cache that is deleted is made again", async () => {
  const repository = await project(5)(history()).create(makeSandbox(), { bare: true });
  await prepare(repository);
  rmSync(join(repository.gitDir, "morello"), { recursive: true });
  expect(subjects(await prepare(repository))).not.toContain(undefined);
});

test("where nothing can be written the answers are the same", async () => {
  const repository = await project(5)(history()).create(makeSandbox(), { bare: true });
  const nothing: Store = {
    get: () => undefined,
    put: () => undefined,
    putNew: () => false,
    update: () => false,
    destroy: () => undefined,
    close: () => Promise.resolve(),
  };
  const prepared = await prepare(repository, nothing);
  expect(subjects(prepared)).not.toContain(undefined);
  const [line = 0] = prepared.index.facts(4)?.patch?.added ?? [];
  expect(prepared.index.find(line, Infinity)).toContain(4);
});

test("processes that index at once, and one that is killed, leave an index that is right", async () => {
  const repository = await project(60)(history()).create(makeSandbox(), { bare: true });
  const tips = [repository.oid("c59")];
  const told = await Promise.all([1, 2, 3].map(() => prepareElsewhere(repository, tips)));
  expect(told).toEqual([60, 60, 60]);
  await repository.extend(project(60, "d"));
  const more = [repository.oid("d59")];
  await Promise.all([killedElsewhere(repository, more, 300), prepareElsewhere(repository, more)]);
  expect(await prepareElsewhere(repository, more)).toBe(120);
});

const runner = fileURLToPath(new URL("../../scripts/run.mjs", import.meta.url));
const script = fileURLToPath(new URL("./prepare-commits.ts", import.meta.url));

async function prepareElsewhere({ path, sandbox }: TestRepository, tips: readonly string[]): Promise<number> {
  const { status, stdout, stderr } = await finished(process.execPath, [runner, script, path, ...tips], {
    cwd: path,
    env: sandbox.env,
  });
  if (status !== 0) throw new Error(`the other process ended with ${status}: ${stderr.toString()}`);
  return Number(stdout.toString());
}

/** Ends the other process without a word after so many milliseconds. */
async function killedElsewhere({ path, sandbox }: TestRepository, tips: readonly string[], ms: number): Promise<void> {
  const seconds = String(ms / 1000);
  const args = ["-s", "KILL", seconds, process.execPath, runner, script, path, ...tips];
  await finished("timeout", args, { cwd: path, env: sandbox.env });
}
