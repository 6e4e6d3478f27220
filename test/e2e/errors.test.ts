import { describe, expect, test } from "vitest";
import { mkdirSync, statfsSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { morello, startMorello, type CliOptions, type CliResult } from "../support/cli.ts";
import type { Environment } from "../support/environment.ts";
import type { History } from "../support/history.ts";
import { finished } from "../support/process.ts";
import { TestRepository } from "../support/repository.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { conflictStory, fixStory, text } from "../usecase/setting.ts";

interface Failure {
  readonly status: number | null;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Runs a verb twice, for people and as JSON, and gives the error; both must say the same and exit alike. */
async function failing(sandbox: Sandbox, args: readonly string[], options: CliOptions): Promise<Failure> {
  const plain = await morello(sandbox, args, options);
  const result = await morello(sandbox, [...args, "--json"], options);
  const { kind, ...error } = result.json<Failure & { kind: string }>();
  expect(kind).toBe("error");
  expect(plain.status).toBe(result.status);
  expect(plain.stderr).toContain("error: ");
  if (error.hint !== null) expect(flat(plain.stderr)).toContain(flat(`hint: ${error.hint}`));
  return { ...error, status: result.status };
}

const flat = (words: string): string => words.replace(/\s+/g, " ").trim();

const PICK = ["pick", "main", "--onto", "all", "--yes"];
const PLAN = ["plan", "main", "--onto", "all"];

async function standing(story = fixStory()): Promise<TestRepository> {
  return story.create(makeSandbox());
}

describe("usage, exit status 2:", () => {
  test("not a repository", async () => {
    const sandbox = makeSandbox();
    mkdirSync(sandbox.path("plain"));
    const error = await failing(sandbox, PLAN, { cwd: sandbox.path("plain") });
    expect(error).toMatchObject({
      status: 2,
      code: "not-a-repository",
      hint: expect.stringContaining("-C DIR") as string,
    });
  });

  test("a directory that is not there", async () => {
    const sandbox = makeSandbox();
    const error = await failing(sandbox, ["-C", sandbox.path("nowhere"), "lines"], {});
    expect(error.status).toBe(2);
  });

  test("an unknown revision, with near matches", async () => {
    const repository = await standing(fixStory().branch("fix/leak", "fix").checkout("main"));
    const error = await failing(repository.sandbox, ["plan", "fix/laek", "--onto", "all"], { cwd: repository.path });
    expect(error).toMatchObject({ status: 2, code: "unknown-revision", hint: "did you mean fix/leak?" });
  });

  test("an unknown line, with the list", async () => {
    const repository = await standing();
    const error = await failing(repository.sandbox, ["plan", "main", "--onto", "v9.9"], { cwd: repository.path });
    expect(error).toMatchObject({ status: 2, code: "unknown-line", data: { lines: ["release/v2.8", "release/v2.7"] } });
    expect(error.message).toContain("release/v2.8, release/v2.7");
  });

  test("a repository without release lines", async () => {
    const repository = await standing();
    await repository.git(["branch", "-q", "-D", "release/v2.7", "release/v2.8"]);
    expect(await failing(repository.sandbox, PLAN, { cwd: repository.path })).toMatchObject({
      status: 2,
      code: "no-lines",
    });
  });

  test("a corrupt configuration, with file, line and the nearest key", async () => {
    const story = fixStory().commit("configuration", {
      files: { "morello.yaml": "lines:\n  - pattern: release/*\n    onwers: []\n" },
    });
    const repository = await standing(story);
    const error = await failing(repository.sandbox, ["lines"], { cwd: repository.path });
    expect(error).toMatchObject({ status: 2, code: "config-invalid" });
    expect(`${error.message} ${error.hint}`).toMatch(/morello\.yaml:3.*owners/s);
  });

  test("a configuration that is no YAML", async () => {
    const repository = await standing(fixStory().commit("configuration", { files: { "morello.yaml": "lines: [\n" } }));
    expect(await failing(repository.sandbox, PLAN, { cwd: repository.path })).toMatchObject({
      status: 2,
      code: "config-invalid",
    });
  });

  test("a plan file that cannot be read", async () => {
    const repository = await standing();
    repository.sandbox.write("plan.json", '{"schema": "morello.plan/0"}');
    const apply = ["apply", repository.sandbox.path("plan.json"), "--yes"];
    expect(await failing(repository.sandbox, apply, { cwd: repository.path })).toMatchObject({
      status: 2,
      code: "plan-invalid",
    });
  });

  test("no identity to commit with", async () => {
    const repository = await standing();
    await repository.git(["config", "user.useConfigOnly", "true"]);
    const env = { GIT_COMMITTER_NAME: undefined, GIT_COMMITTER_EMAIL: undefined };
    const error = await failing(repository.sandbox, PICK, { cwd: repository.path, env });
    expect(error).toMatchObject({
      status: 2,
      code: "identity-missing",
      hint: expect.stringContaining("git config user.name") as string,
    });
  });
});

describe("git itself, exit status 3:", () => {
  /** A PATH on which `git` is a script. */
  function withGit(sandbox: Sandbox, script: string): Environment {
    sandbox.write("bin/git", `#!/bin/sh\n${script}\n`, 0o755);
    return { PATH: `${sandbox.path("bin")}:${sandbox.env["PATH"] ?? ""}` };
  }

  test("is too old", async () => {
    const repository = await standing();
    const real = (await finished("sh", ["-c", "command -v git"], { cwd: "/", env: repository.sandbox.env })).stdout
      .toString()
      .trim();
    const env = withGit(
      repository.sandbox,
      `case "$1" in version|--version) echo "git version 2.37.7";; *) exec ${real} "$@";; esac`,
    );
    const error = await failing(repository.sandbox, PLAN, { cwd: repository.path, env });
    expect(error).toMatchObject({ status: 3, code: "git-too-old", data: { found: "2.37.7", minimum: "2.38.0" } });
    expect(error.message).toContain("2.37.7");
  });

  test("is missing", async () => {
    const repository = await standing();
    mkdirSync(repository.sandbox.path("empty"));
    const env = { PATH: repository.sandbox.path("empty") };
    const error = await failing(repository.sandbox, PLAN, { cwd: repository.path, env });
    expect(error).toMatchObject({
      status: 3,
      code: "git-missing",
      hint: expect.stringContaining("install git") as string,
    });
  });

  test("refuses a repository of another user", async () => {
    const repository = await standing();
    const error = await failing(repository.sandbox, PLAN, {
      cwd: repository.path,
      env: { GIT_TEST_ASSUME_DIFFERENT_OWNER: "1" },
    });
    expect(error).toMatchObject({
      status: 3,
      code: "unsafe-repository",
      hint: expect.stringContaining("safe.directory") as string,
    });
  });
});

describe("a clone that lacks something", () => {
  /** Changes the file elsewhere, so that its content must be merged. */
  const besides = fixStory()
    .branch("release/v2.6", "base")
    .commit("elsewhere", { files: { "loader.py": text({ 3: "elsewhere" }) } })
    .checkout("main");

  async function cloned(story: History, ...args: string[]): Promise<TestRepository> {
    const sandbox = makeSandbox();
    const origin = await story.create(sandbox, { name: "origin" });
    await origin.git(["config", "uploadpack.allowFilter", "true"]);
    await sandbox.git(["clone", "-q", ...args, `file://${origin.path}`, sandbox.path("clone")]);
    return new TestRepository(sandbox, sandbox.path("clone"), false, origin.history, origin.oids);
  }

  test("because it is shallow says how to deepen it, and that does help", async () => {
    const repository = await cloned(fixStory(), "--depth=1", "--no-single-branch");
    const { sandbox, path } = repository;
    const planned = await morello(sandbox, PLAN, { cwd: path });
    expect(planned.status).toBe(1);
    expect(planned.stdout).toContain("git fetch --unshallow");
    await repository.git(["fetch", "-q", "--unshallow"]);
    expect((await morello(sandbox, PLAN, { cwd: path })).status).toBe(0);
  });

  test("because it is shallow, and the revision is beyond, says so", async () => {
    const repository = await cloned(fixStory(), "--depth=1", "--no-single-branch");
    const error = await failing(repository.sandbox, ["plan", repository.oid("more"), "--onto", "all"], {
      cwd: repository.path,
    });
    expect(error).toMatchObject({
      status: 2,
      code: "unknown-revision",
      hint: expect.stringContaining("--unshallow") as string,
    });
  });

  test("because it is partial names the object and how to bring it, and that does help", async () => {
    const repository = await cloned(besides, "--filter=blob:none");
    const { sandbox, path } = repository;
    const planned = await morello(sandbox, PLAN, { cwd: path });
    expect(planned.status).toBe(1);
    expect(planned.stdout).toMatch(/missing/);
    expect(flat(planned.stdout)).toContain("git fetch --refetch --no-filter");
    await repository.git(["fetch", "-q", "--refetch", "--no-filter"]);
    expect((await morello(sandbox, PLAN, { cwd: path })).status).toBe(0);
  });
});

describe("state that cannot be read, exit status 3:", () => {
  test.each([
    ["half a file", '{"schema": "morello.st'],
    ["another version", '{"schema": "morello.state/99"}'],
  ])("%s, with the command that moves it away, and that does help", async (_, content) => {
    const repository = await standing();
    const { sandbox, path } = repository;
    sandbox.write("repository/.git/morello/transactions/000000000001-0000-x.json", content);
    const error = await failing(sandbox, PICK, { cwd: path });
    expect(error).toMatchObject({ status: 3, code: "state-invalid", hint: expect.stringContaining("mv '") as string });
    const mv = /mv '.*' '.*'/.exec(error.hint ?? "")?.[0] ?? "";
    await finished("sh", ["-c", mv], { cwd: path, env: sandbox.env });
    expect((await morello(sandbox, PICK, { cwd: path })).status).toBe(0);
  });

  test("of a resolution", async () => {
    const repository = await standing(conflictStory());
    const { sandbox, path } = repository;
    await morello(sandbox, PICK, { cwd: path });
    await morello(sandbox, ["resolve"], { cwd: path });
    sandbox.write("repository/.git/morello/resolutions/release%2Fv2.6.json", "");
    expect(await failing(sandbox, ["continue"], { cwd: path })).toMatchObject({ status: 3, code: "state-invalid" });
  });
});

/** Mounts need root, and a container may forbid them all the same. */
async function mount(sandbox: Sandbox, args: readonly string[], target: string): Promise<boolean> {
  const done = await finished("mount", args, { cwd: sandbox.root, env: sandbox.env }).catch(() => null);
  if (done?.status !== 0) return false;
  sandbox.beforeRemoval(async () => void (await finished("umount", [target], { cwd: "/", env: sandbox.env })));
  return true;
}

describe("a repository that cannot be written", () => {
  async function readOnly(skip: (why: string) => never): Promise<TestRepository> {
    const repository = await standing();
    const { sandbox, path } = repository;
    const isMounted =
      (await mount(sandbox, ["--bind", path, path], path)) &&
      (await mount(sandbox, ["-o", "remount,ro,bind", path], path));
    if (isMounted) return repository;
    if (process.getuid?.() === 0) skip("root writes everywhere, and nothing can be mounted here");
    await finished("chmod", ["-R", "a-w", path], { cwd: "/", env: sandbox.env });
    sandbox.beforeRemoval(
      async () => void (await finished("chmod", ["-R", "u+w", path], { cwd: "/", env: sandbox.env })),
    );
    return repository;
  }

  test("is planned on all the same", async ({ skip }) => {
    const repository = await readOnly(skip);
    const planned = await morello(repository.sandbox, [...PLAN, "--json"], { cwd: repository.path });
    expect(planned.status, planned.stderr).toBe(0);
    expect((await morello(repository.sandbox, ["lines"], { cwd: repository.path })).status).toBe(0);
  });

  test("refuses a pick with exit status 3", async ({ skip }) => {
    const repository = await readOnly(skip);
    expect(await failing(repository.sandbox, PICK, { cwd: repository.path })).toMatchObject({
      status: 3,
      code: "repository-read-only",
      hint: expect.stringContaining("morello plan") as string,
    });
  });
});

describe("a full disk", () => {
  test("refuses a pick with exit status 3, nothing is moved, and with room again it goes through", async ({ skip }) => {
    const sandbox = makeSandbox();
    const disk = sandbox.path("disk");
    mkdirSync(disk);
    if (!(await mount(sandbox, ["-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], disk)))
      skip("a small disk needs a mount, and nothing can be mounted here");
    const repository = await fixStory().create(sandbox, { name: "disk/repository" });
    const refs = await repository.git(["for-each-ref", "refs/heads", "refs/tags"]);
    const ballast = join(disk, "ballast");
    writeFileSync(ballast, "");
    fill(disk, ballast);
    const error = await failing(sandbox, PICK, { cwd: repository.path });
    expect(error).toMatchObject({
      status: 3,
      code: "disk-full",
      hint: expect.stringContaining("free some space") as string,
    });
    expect(await repository.git(["for-each-ref", "refs/heads", "refs/tags"])).toBe(refs);
    truncateSync(ballast);
    expect((await morello(sandbox, PICK, { cwd: repository.path })).status).toBe(0);
    expect(await repository.git(["show", "release/v2.7:loader.py"])).toBe(text({ 20: "limited" }).trimEnd());
  });

  test("that fills while the work tree moves leaves it as it was", async ({ skip }) => {
    const sandbox = makeSandbox();
    const disk = sandbox.path("disk");
    mkdirSync(disk);
    if (!(await mount(sandbox, ["-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], disk)))
      skip("a small disk needs a mount, and nothing can be mounted here");
    // It compresses well: the objects fit where the files do not.
    const large = Object.fromEntries(Array.from({ length: 8 }, (_, n) => [`large-${n}`, `${n}`.repeat(500_000)]));
    const repository = await fixStory()
      .commit("large", { files: large })
      .create(sandbox, { name: "disk/repository", head: "release/v2.7" });
    const refs = await repository.git(["for-each-ref", "refs/heads", "refs/tags"]);
    const error = await failing(sandbox, PICK, { cwd: repository.path });
    expect(error.status).toBe(3);
    expect(error.code).toBe("disk-full");
    expect(await repository.git(["for-each-ref", "refs/heads", "refs/tags"])).toBe(refs);
    expect(await repository.git(["status", "--porcelain"])).toBe("");
  });
});

function fill(disk: string, ballast: string): void {
  const { bavail, bsize } = statfsSync(disk);
  try {
    writeFileSync(ballast, Buffer.alloc(bavail * bsize + bsize));
  } catch {
    return; // full now
  }
}

describe("refusals, exit status 1:", () => {
  test("two runs at once on one line", async () => {
    const repository = await standing();
    const { sandbox, path } = repository;
    sandbox.write("repository/.git/morello/locks/release%2Fv2.7.lock", `${process.pid}\n`);
    expect(await failing(sandbox, PICK, { cwd: path })).toMatchObject({ status: 1, code: "line-busy" });
  });

  test("a conflict moves nothing, names the path and says what to do next", async () => {
    const repository = await standing(conflictStory());
    const { sandbox, path } = repository;
    const refs = await repository.git(["for-each-ref", "refs/heads", "refs/tags"]);
    const done = await morello(sandbox, PICK, { cwd: path });
    expect(done.status).toBe(1);
    expect(done.stdout).toContain("loader.py");
    expect(done.stdout).toContain("morello resolve release/v2.6");
    expect(await repository.git(["for-each-ref", "refs/heads", "refs/tags"])).toBe(refs);
  });

  test("a pick that nobody confirms", async () => {
    const repository = await standing();
    const error = await failing(repository.sandbox, PICK.slice(0, -1), { cwd: repository.path });
    expect(error).toMatchObject({
      status: 1,
      code: "consent-needed",
      hint: expect.stringContaining("--yes") as string,
    });
  });
});

test("a pick twice exits with 0 both times, and makes one commit", async () => {
  const repository = await standing();
  const runs: CliResult[] = [];
  for (let n = 0; n < 2; n++) runs.push(await startMorello(repository.sandbox, PICK, { cwd: repository.path }).result);
  expect(runs.map(({ status }) => status)).toEqual([0, 0]);
  expect(await repository.git(["rev-parse", "release/v2.7^"])).toBe(repository.oid("only 2.7"));
});
