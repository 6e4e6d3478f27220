import { expect, test } from "vitest";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ApplyOutcome, ContinueOutcome, ResolveOutcome } from "../../src/wire/outcome.ts";
import { morello, startMorello } from "../support/cli.ts";
import { httpBackend } from "../support/http-backend.ts";
import { bareRemote } from "../support/remote.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { conflictStory, fixStory, text } from "../usecase/setting.ts";

const LONG = process.env["MORELLO_LONG"] === "1";
const SEED = Number(process.env["SEED"] ?? 20_260_101);

const RESOLVED = text({ 20: "limited here" });

test("plan --out writes a file that apply carries out, in another process and another directory", async () => {
  const repository = await fixStory().create(makeSandbox());
  const { sandbox, path } = repository;
  const file = sandbox.path("plan.json");
  expect((await morello(sandbox, ["plan", "main", "--onto", "all", "--out", file], { cwd: path })).status).toBe(0);
  expect((await morello(sandbox, ["-C", path, "apply", file, "--yes"])).status).toBe(0);
  const planned = JSON.parse(readFileSync(file, "utf8")) as { lines: { line: { refname: string }; result: string }[] };
  for (const { line, result } of planned.lines) expect(await repository.git(["rev-parse", line.refname])).toBe(result);
});

test("apply of a plan whose tip moved exits with 1 and names it", async () => {
  const repository = await fixStory().create(makeSandbox());
  const { sandbox, path } = repository;
  const file = sandbox.path("plan.json");
  await morello(sandbox, ["plan", "main", "--onto", "all", "--out", file], { cwd: path });
  await repository.extend((more) => more.checkout("release/v2.7").commit("human", { files: { human: "1\n" } }));
  const done = await morello(sandbox, ["apply", file, "--yes"], { cwd: path });
  expect(done.status).toBe(1);
  expect(done.stdout).toContain("release/v2.7");
  expect(await repository.git(["rev-parse", "release/v2.8"])).toBe(repository.oid("only 2.8"));
});

test("pick, resolve, continue: four processes, the last one started in the resolution's own work tree", async () => {
  const repository = await conflictStory().create(makeSandbox());
  const { sandbox, path } = repository;
  const picked = await morello(sandbox, ["pick", "main", "--onto", "all", "--keep-going", "--yes", "--json"], {
    cwd: path,
  });
  expect(picked.status).toBe(1);
  expect(picked.json<ApplyOutcome>()).toMatchObject({
    kind: "stopped",
    lines: [{ kind: "moved" }, { kind: "moved" }, { kind: "stopped" }],
  });
  const laid = (await morello(sandbox, ["resolve", "v2.6", "--json"], { cwd: path })).json<ResolveOutcome>();
  if (laid.kind !== "laid-out") throw new Error(laid.kind);
  const { worktree } = laid.resolution;
  const early = await morello(sandbox, ["continue"], { cwd: worktree });
  expect(early.status).toBe(1);
  expect(early.stderr).toContain("loader.py:20");
  writeFileSync(join(worktree, "loader.py"), RESOLVED);
  const done = await morello(sandbox, ["continue", "--json"], { cwd: worktree });
  expect(done.status, done.stderr).toBe(0);
  expect(done.json<ContinueOutcome>()).toMatchObject({ kind: "advanced", line: "release/v2.6" });
  expect(existsSync(worktree)).toBe(false);
  const again = await morello(sandbox, ["pick", "main", "--onto", "all", "--yes"], { cwd: path });
  expect(again.status).toBe(0);
});

test("nothing that is printed or kept holds the password of a remote, whatever goes wrong", async () => {
  const SECRET = "pa55-w0rd";
  const repository = await fixStory().create(makeSandbox());
  const { sandbox, path } = repository;
  const remote = await bareRemote(repository);
  const server = await httpBackend(sandbox, { credentials: { user: "ada", password: SECRET } });
  const url = `${server.urlWithCredentials}/origin.git`;
  const addresses = [
    url,
    url.replace("origin.git", "gone.git"),
    url.replace(SECRET, `x${SECRET}`),
    url.replace(/:\d+\//, ":1/"),
  ];
  const said: string[] = [];
  remote.setHooks({ "pre-receive": "echo no >&2; exit 1" });
  for (const address of addresses) {
    await repository.git(["remote", "set-url", "origin", address]);
    for (const args of [
      ["lines", "--fetch"],
      ["plan", "main", "--onto", "all", "--fetch"],
      ["pick", "main", "--onto", "v2.7", "--yes", "--push"],
      ["pick", "main", "--onto", "v2.7", "--yes", "--push", "--to-branch", "leak"],
      ["pick", "main", "--onto", "v2.8", "--yes", "--push", "--remote", address],
      ["undo", "--yes"],
    ]) {
      for (const json of [[], ["--json"]]) {
        const { stdout, stderr } = await morello(sandbox, [...args, ...json], { cwd: path });
        said.push(stdout, stderr);
      }
    }
  }
  expect(said.join("\n")).toContain("***@127.0.0.1");
  expect(said.join("\n")).not.toContain(SECRET);
  const kept = await sandbox.gitRun(["grep", "--no-index", "-l", "-F", "-e", SECRET, "--", ".git/morello"], {
    cwd: path,
    ok: [1],
  });
  expect(kept.stdout.toString()).toBe("");
});

/** What a person writes at each step of the series with two conflicts. */
const STEPS: Readonly<Record<number, string>> = { 1: RESOLVED, 3: text({ 20: "limited twice here" }) };

test(
  "kills at random moments of continue: no resolution is lost or landed twice",
  { timeout: LONG ? 3_600_000 : 240_000 },
  async () => {
    const repository = await conflictStory()
      .commit("apart", { files: { "apart.txt": "apart\n" } })
      .commit("second", { files: { "loader.py": text({ 20: "limited twice" }) } })
      .create(makeSandbox(), { head: "release/v2.6" });
    const { sandbox, path } = repository;
    const run = (...args: string[]): ReturnType<typeof morello> => morello(sandbox, [...args, "--json"], { cwd: path });
    let wanted: string | undefined;
    for (let kill = 0; kill < (LONG ? 100 : 8); kill++) {
      await run("pick", "main~3..main", "--onto", "v2.6", "--yes");
      answer((await run("resolve")).json<ResolveOutcome>());
      const at = 60 + ((SEED + kill * 7919) % 360);
      await startMorello(sandbox, ["continue"], { cwd: path }).killAt(at, kill % 3 === 0 ? "process" : "group");
      await fsck(repository);
      for (let turn = 0; turn < 5; turn++) {
        const next = (await run("continue")).json<ContinueOutcome | { kind: "error"; code: string; message: string }>();
        if (next.kind === "advanced") break;
        if (next.kind === "laid-out") answer(next);
        else if (next.code === "nothing-to-do") break;
        else if (next.code === "resolution-incomplete") answer((await run("resolve")).json<ResolveOutcome>());
        else throw new Error(`kill ${kill} of SEED=${SEED} after ${at} ms: ${next.message}`);
      }
      const subjects = await repository.git(["log", "--format=%s", `${repository.oid("only 2.6")}..release/v2.6`]);
      expect(subjects, `kill ${kill} of SEED=${SEED} after ${at} ms`).toBe(
        "second\napart\nloader: limit the prefetch queue",
      );
      const tip = await repository.git(["rev-parse", "release/v2.6"]);
      wanted ??= tip;
      expect(tip).toBe(wanted);
      expect(await repository.git(["status", "--porcelain"])).toBe("");
      expect((await repository.git(["worktree", "list"])).split("\n")).toHaveLength(1);
      expect((await run("undo", "--yes")).status).toBe(0);
    }
  },
);

/** Resolves what is laid out, as a person would: only where there are markers. */
function answer(outcome: ResolveOutcome | Extract<ContinueOutcome, { kind: "laid-out" }>): void {
  if (outcome.kind !== "laid-out") throw new Error(JSON.stringify(outcome));
  const { worktree, step } = outcome.resolution;
  writeFileSync(join(worktree, "loader.py"), STEPS[step] ?? "");
}

test("the repository stays what it was for a person who only ever plans", async () => {
  const repository: TestRepository = await fixStory().create(makeSandbox());
  const refs = await repository.git(["for-each-ref"]);
  await morello(repository.sandbox, ["plan", "main", "--onto", "all"], { cwd: repository.path });
  expect(await repository.git(["for-each-ref"])).toBe(refs);
  expect(await repository.git(["status", "--porcelain", "--ignored"])).toBe("");
  expect(await repository.git(["count-objects"])).toMatch(/^0 objects/);
});
