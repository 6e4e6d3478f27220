import { chmodSync, lchownSync, lstatSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { plan, type PlanInput } from "../../src/usecase/plan.ts";
import type { PlanOutcome } from "../../src/wire/outcome.ts";
import { censusChanges, objectCensus, type Census } from "../support/census.ts";
import { lines } from "../support/case/case.ts";
import { binary, executable, symlink } from "../support/case/entries.ts";
import { CLOCK } from "../support/environment.ts";
import { history } from "../support/history.ts";
import { finished } from "../support/process.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";

const told = (objectFormat: "sha1" | "sha256" = "sha1"): ReturnType<typeof history> =>
  history({ objectFormat })
    .commit("base", {
      files: { a: lines(20), moved: lines(20, {}, " m\n"), b: binary("1"), run: executable("x\n"), l: symlink("a") },
    })
    .branch("release/v1")
    .commit("one", { files: { a: lines(20, { 18: "line" }), b: binary("2") }, rename: { moved: "now/here" } })
    .branch("release/v2", "base")
    .commit("two", { files: { a: lines(20, { 17: "line" }) } })
    .checkout("main")
    .commit("clean", { files: { a: lines(20, { 3: "fixed" }) } })
    .commit("renamed", { files: { moved: lines(20, { 3: "fixed" }, " m\n") } })
    .commit("conflict", { files: { b: binary("3") } });

function inputOf(repository: TestRepository): PlanInput {
  const options = {
    mainline: null,
    signoff: false,
    trailers: [],
    messages: {},
    via: "source",
    toBranch: null,
  } as const;
  const revisions = ["clean", "renamed", "conflict"].map((mark) => repository.oid(mark));
  return { revisions, onto: ["all"], options: { ...options, trailers: [] }, fetch: false };
}

function planIn(repository: TestRepository, cwd = repository.path): Promise<PlanOutcome> {
  return plan({ cwd, environment: repository.sandbox.env, now: CLOCK }, inputOf(repository));
}

function kinds(outcome: PlanOutcome): string[][] {
  return outcome.plan.lines.map(({ picks }) => picks.map(({ outcome: { kind } }) => kind));
}

const KINDS = [
  ["clean", "clean", "clean"],
  ["clean", "clean", "conflict"],
];

/**
 * Whatever changed but for Morello's own cache, the time of the directory that the cache came into, and the times of
 * packs: git renews that of a pack which holds an object that it would have written.
 */
function changesBut(repository: TestRepository, before: Census): string[] {
  const git = repository.bare ? "" : ".git/";
  const own = new RegExp(`^(added|changed) ${git}morello(/|$)`);
  const after = objectCensus(repository.path);
  return censusChanges(before, after).filter(
    (change) =>
      !own.test(change) &&
      change !== `changed ${repository.bare ? "." : ".git"}` &&
      !isRenewedPack(change, before, after),
  );
}

function isRenewedPack(change: string, before: Census, after: Census): boolean {
  const path = change.replace("changed ", "");
  const timeless = (census: Census): string | undefined => census.entries.get(path)?.replace(/^(\S+ \S+) \S+/, "$1");
  return /^(\.git\/)?objects\/pack\/pack-\w+\.pack$/.test(path) && timeless(before) === timeless(after);
}

describe("a plan leaves the repository as it is, to the byte, and nothing in TMPDIR", () => {
  test.each([
    ["normal", false, "sha1"],
    ["bare", true, "sha1"],
    ["SHA-256", false, "sha256"],
  ] as const)("%s", async (_, bare, format) => {
    const repository = await told(format).create(makeSandbox(), { bare, head: "main" });
    const before = objectCensus(repository.path);
    const first = await planIn(repository);
    expect(kinds(first)).toEqual(KINDS);
    expect(changesBut(repository, before)).toEqual([]);
    expect(readdirSync(repository.sandbox.path("tmp"))).toEqual([]);
    const again = objectCensus(repository.path);
    expect(await planIn(repository)).toEqual(first);
    expect(changesBut(repository, again)).toEqual([]);
  });

  test("in a linked work tree, with a change that nobody has committed", async () => {
    const repository = await told().create(makeSandbox(), { head: "main" });
    const linked = repository.sandbox.path("linked");
    await repository.git(["worktree", "add", "-q", linked, "release/v1"]);
    repository.sandbox.write("linked/a", "not committed\n");
    repository.sandbox.write("linked/new", "not known to git\n");
    await repository.git(["add", "new"], { cwd: linked });
    await repository.git(["update-index", "-q", "--refresh"], { cwd: linked, ok: [0, 1] });
    const [before, outside] = [objectCensus(repository.path), objectCensus(linked)];
    expect(kinds(await planIn(repository, linked))).toEqual(KINDS);
    expect(changesBut(repository, before)).toEqual([]);
    expect(censusChanges(outside, objectCensus(linked))).toEqual([]);
  });

  test("in a directory below, which is empty", async () => {
    const repository = await told().create(makeSandbox(), { head: "main" });
    mkdirSync(join(repository.path, "below"));
    expect(kinds(await planIn(repository, join(repository.path, "below")))).toEqual(KINDS);
  });
});

test("a repository that nobody may write to is planned on all the same, and stays as it is", async () => {
  const sandbox = makeSandbox();
  const repository = await told().create(sandbox, { head: "main" });
  const wanted = await planIn(await told().create(makeSandbox(), { head: "main" }));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chmodSync(sandbox.root, 0o711);
  chmodSync(sandbox.path("tmp"), 0o777);
  seal(repository.path, isRoot);
  sandbox.beforeRemoval(() => unseal(repository.path));
  const before = objectCensus(repository.path);
  const runner = fileURLToPath(new URL("../../scripts/run.mjs", import.meta.url));
  const script = fileURLToPath(new URL("./plan-readonly.ts", import.meta.url));
  const asked = JSON.stringify({ cwd: repository.path, now: CLOCK, input: inputOf(repository) });
  const done = await finished(process.execPath, [runner, script, asked], {
    cwd: sandbox.root,
    env: sandbox.env,
  });
  expect(done.stderr.toString()).toBe("");
  expect(JSON.parse(done.stdout.toString())).toEqual(wanted);
  expect(changesBut(repository, before)).toEqual([]);
  expect(readdirSync(sandbox.path("tmp"))).toEqual([]);
});

function seal(path: string, giveAway: boolean): void {
  const stat = lstatSync(path);
  if (stat.isDirectory()) for (const name of readdirSync(path)) seal(join(path, name), giveAway);
  if (giveAway) lchownSync(path, 65_534, 65_534); // git asks whose it is
  if (!stat.isSymbolicLink()) chmodSync(path, stat.mode & 0o555);
}

function unseal(path: string): void {
  chmodSync(path, 0o755);
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) unseal(join(path, entry.name));
}
