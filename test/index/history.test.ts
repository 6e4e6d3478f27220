import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadHistory } from "../../src/index/history.ts";
import type { CommitGraph } from "../../src/index/graph.ts";
import { openStore, type Store } from "../../src/index/store.ts";
import { scratchOn } from "../git/open.ts";
import { history, type History } from "../support/history.ts";
import { finished } from "../support/process.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { gitTrace } from "../support/trace.ts";

function chain(count: number, prefix = "c"): (told: History) => History {
  return (told) => {
    for (let n = 0; n < count; n++) told.commit(`${prefix}${n}`, { files: { [prefix]: `${n}\n` } });
    return told;
  };
}

async function load(
  repository: TestRepository,
  tips: readonly string[],
  store?: Store,
): Promise<{ graph: CommitGraph; listed: string[][] }> {
  const trace = gitTrace(repository.sandbox, `trace-${Math.random()}.json`);
  const scratch = await scratchOn(repository);
  const traced = { cwd: scratch.cwd, env: { ...scratch.env, ...trace.env } };
  const opened = store ?? (await openStore(scratch.repository));
  const graph = await loadHistory(scratch.repository, traced, opened, tips);
  if (store === undefined) await opened.close();
  return { graph, listed: trace.commands().filter((argv) => argv.includes("rev-list")) };
}

async function segments(repository: TestRepository): Promise<number> {
  const scratch = await scratchOn(repository);
  const store = await openStore(scratch.repository);
  let n = 0;
  while (store.get(`segment/${n}`) !== undefined) n++;
  await store.close();
  return n;
}

/** The graph says what git says of every commit of the repository that it holds. */
async function agrees(repository: TestRepository, graph: CommitGraph, tips: readonly string[]): Promise<void> {
  const rows = (await repository.git(["rev-list", "--parents", ...tips])).split("\n");
  for (const row of rows) {
    const [oid = "", ...parents] = row.split(" ");
    const number = graph.find(oid);
    expect(number).not.toBeNull();
    expect(graph.parents(number ?? 0).map((n) => graph.oid(n))).toEqual(parents);
  }
}

test("the first run asks git for all, the next for nothing, and a later one for what is new", async () => {
  const repository = await chain(20)(history()).create(makeSandbox(), { bare: true });
  const old = [repository.oid("c19")];
  const first = await load(repository, old);
  expect([first.graph.size, first.listed.length]).toEqual([20, 1]);
  const second = await load(repository, old);
  expect([second.graph.size, second.listed.length]).toEqual([20, 0]);
  await repository.extend((told) => chain(5, "d")(told.branch("side", "c10")).checkout("main").merge("m", "side"));
  const tips = [repository.oid("m")];
  const third = await load(repository, tips);
  expect([third.graph.size, third.listed.length]).toEqual([26, 1]);
  await agrees(repository, third.graph, tips);
  expect(await segments(repository)).toBe(2);
  const fourth = await load(repository, [...old, ...tips]);
  expect([fourth.graph.size, fourth.listed.length]).toEqual([26, 0]);
  await agrees(repository, fourth.graph, tips);
});

test("a cached tip that was rewritten and pruned does no harm", async () => {
  const repository = await chain(10)(history()).create(makeSandbox(), { bare: true });
  await load(repository, [repository.oid("c9")]);
  await repository.extend((told) => told.branch("again", "c4").commit("new", { files: { n: "n\n" } }));
  await repository.git(["update-ref", "-d", "refs/heads/main"]);
  await repository.git(["gc", "-q", "--prune=now"]);
  const tips = [repository.oid("new")];
  const { graph } = await load(repository, tips);
  await agrees(repository, graph, tips);
  const [base, tip] = [graph.find(repository.oid("c4")) ?? -1, graph.find(repository.oid("new")) ?? -1];
  expect([graph.isAncestor(base, tip), graph.distance(base, tip)]).toEqual([true, { ahead: 0, behind: 1 }]);
});

describe("a value that cannot be read costs one run, and is gone", () => {
  const spoil: Readonly<Record<string, (value: Buffer) => Buffer>> = {
    "cut off": (value) => value.subarray(0, -1),
    "empty": () => Buffer.alloc(0),
    "of another kind": () => Buffer.from("what is this, and why is it here"),
    "with one bit turned": (value) => {
      const copy = Buffer.from(value);
      copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1;
      return copy;
    },
    "zeroes, as after a power cut": (value) => Buffer.alloc(value.length),
  };

  test.each(Object.entries(spoil))("%s", async (_, change) => {
    const repository = await chain(10)(history()).create(makeSandbox(), { bare: true });
    const tips = [repository.oid("c9")];
    await load(repository, tips);
    await repository.extend(chain(3, "d"));
    const more = [repository.oid("d2")];
    await load(repository, more);
    for (const key of ["segment/0", "segment/1"]) {
      const scratch = await scratchOn(repository);
      const store = await openStore(scratch.repository);
      store.put([[key, change(store.get(key) ?? Buffer.alloc(0))]]);
      await store.close();
      const { graph } = await load(repository, more);
      expect(graph.size).toBe(13);
      await agrees(repository, graph, more);
      await load(repository, more);
      expect((await load(repository, more)).listed).toEqual([]); // kept again
    }
  });

  const spoilFile: Readonly<Record<string, (file: string, body: Buffer) => void>> = {
    "a file that is no database": (file) => writeFileSync(file, "x".repeat(9_000)),
    "a file of zeroes": (file, body) => writeFileSync(file, Buffer.alloc(body.length)),
    "a file cut in the middle": (file, body) => writeFileSync(file, body.subarray(0, body.length / 2)),
    "a file cut within its head": (file, body) => writeFileSync(file, body.subarray(0, 5_000)),
    "an empty file": (file) => writeFileSync(file, ""),
    "zeroes in all pages but the head": (file, body) => writeFileSync(file, body.fill(0, 8_192)),
  };

  test.each(Object.entries(spoilFile))("%s", async (_, change) => {
    const repository = await chain(40)(history()).create(makeSandbox(), { bare: true });
    const tips = [repository.oid("c39")];
    await load(repository, tips);
    const cache = join(repository.gitDir, "morello", "cache");
    const files = readdirSync(cache, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("data.mdb"));
    expect(files).toHaveLength(1);
    for (const name of files) change(join(cache, name), readFileSync(join(cache, name)));
    expect((await load(repository, tips)).graph.size).toBe(40);
    await load(repository, tips);
    expect((await load(repository, tips)).listed).toEqual([]); // kept again
  });
});

test("a cache that is deleted while it is used, or between two runs, is made again", async () => {
  const repository = await chain(6)(history()).create(makeSandbox(), { bare: true });
  const scratch = await scratchOn(repository);
  const store = await openStore(scratch.repository);
  const first = [repository.oid("c3")];
  await load(repository, first, store);
  rmSync(join(repository.gitDir, "morello"), { recursive: true });
  const { graph } = await load(repository, [repository.oid("c5")], store);
  expect(graph.size).toBe(6);
  await store.close();
  expect((await load(repository, [repository.oid("c5")])).graph.size).toBe(6);
  expect((await load(repository, [repository.oid("c5")])).listed).toEqual([]);
});

test("a shallow clone is never remembered", async () => {
  const sandbox = makeSandbox();
  const origin = await chain(6)(history()).create(sandbox, { name: "origin", bare: true });
  await sandbox.git(["clone", "-q", "--bare", "--depth=2", `file://${origin.path}`, sandbox.path("clone")]);
  const clone = Object.assign(Object.create(origin) as TestRepository, { path: sandbox.path("clone") });
  const tips = [origin.oid("c5")];
  expect((await load(clone, tips)).graph.size).toBe(2);
  await clone.git(["fetch", "-q", "--unshallow", "origin"]);
  expect((await load(clone, tips)).graph.size).toBe(6);
  expect((await load(clone, tips)).listed).toEqual([]);
});

test("processes that fill the cache at once leave one that is right", async () => {
  const repository = await chain(30)(history()).create(makeSandbox(), { bare: true });
  for (let round = 0; round < 3; round++) {
    if (round > 0) await repository.extend((told) => chain(4, `r${round}-`)(told.branch(`r${round}`, "c20")));
    const tips = [...repository.oids.values()];
    const sizes = await Promise.all([1, 2, 3].map(() => loadElsewhere(repository, tips)));
    expect(sizes).toEqual([tips.length, tips.length, tips.length]);
  }
  expect(existsSync(join(repository.gitDir, "morello", "cache"))).toBe(true);
  const tips = [...repository.oids.values()];
  const { graph, listed } = await load(repository, tips);
  expect(listed).toEqual([]);
  expect(graph.size).toBe(tips.length);
  await agrees(repository, graph, tips);
});

/** Loads in a process of its own, and gives the size of the graph there. */
async function loadElsewhere({ path, sandbox }: TestRepository, tips: readonly string[]): Promise<number> {
  const runner = fileURLToPath(new URL("../../scripts/run.mjs", import.meta.url));
  const script = fileURLToPath(new URL("./load-history.ts", import.meta.url));
  const args = [runner, script, path, ...tips];
  const { status, stdout, stderr } = await finished(process.execPath, args, { cwd: path, env: sandbox.env });
  if (status !== 0) throw new Error(`the other process ended with ${status}: ${stderr.toString()}`);
  return Number(stdout.toString());
}
