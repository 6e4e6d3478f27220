import { describe, expect, test } from "vitest";
import { readdirSync, readFileSync } from "node:fs";
import type { ReleaseOutcome } from "../../src/wire/release.ts";
import { morello, startMorello, type Victims } from "../support/cli.ts";
import { bareRemote } from "../support/remote.ts";
import { random } from "../support/random.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { makeKey } from "../support/ssh.ts";
import { LINE, taggedStory } from "../usecase/releasing.ts";

const LONG = process.env["MORELLO_LONG"] === "1";
const KILLS = LONG ? 300 : 8;
const SEED = Number(process.env["SEED"] ?? 20_260_101);

const FILES = {
  "morello.yaml": "ledger:\n  publish: true\nrelease:\n  versionFiles: [VERSION]\n  changelog: CHANGELOG.md\n",
  "VERSION": "2.7.0\n",
};

/** A repository whose line has a picked fix since its last tag, checked out on the line. */
async function picked(): Promise<TestRepository> {
  const repository = await taggedStory(FILES).create(makeSandbox(), { head: LINE });
  const done = await morello(repository.sandbox, ["pick", "main", "--onto", LINE, "--yes"], { cwd: repository.path });
  if (done.status !== 0) throw new Error(done.stderr);
  return repository;
}

const run = (repository: TestRepository, ...args: string[]) =>
  morello(repository.sandbox, ["release", LINE, ...args], { cwd: repository.path });

test("dry run, release and push, each as a process; the ledger proves the pick from the tag", async () => {
  const repository = await picked();
  const remote = await bareRemote(repository);
  const planned = (await run(repository, "--dry-run", "--json")).json<ReleaseOutcome>();
  expect(planned).toMatchObject({ kind: "planned", release: { tag: "v2.7.1", tagObject: null } });
  const made = await run(repository, "--yes", "--push", "--json");
  expect(made.status, made.stderr).toBe(0);
  expect(made.json<ReleaseOutcome>()).toMatchObject({
    kind: "released",
    release: { tag: "v2.7.1" },
    push: { remote: "origin" },
  });
  expect(await repository.git(["describe"])).toBe("v2.7.1");
  expect(await remote.git(["describe", LINE])).toBe("v2.7.1");
  const verified = await morello(repository.sandbox, ["ledger", "verify", "--from", "v2.7.1"], {
    cwd: repository.path,
  });
  expect(verified.status, verified.stdout).toBe(0);
  expect(verified.stdout).toContain("exactly the fix");
  await fsck(repository);
});

test("signed and pushed past a guard, a release is proved by a fresh clone alone", async () => {
  const repository = await taggedStory(FILES).create(makeSandbox(), { head: LINE });
  const { sandbox, path } = repository;
  const remote = await bareRemote(repository);
  expect((await morello(sandbox, ["guard", "install", remote.path])).status).toBe(0);
  const key = await makeKey(sandbox, "key");
  const settings = { "gpg.format": "ssh", "user.signingKey": key.file, "tag.gpgSign": "true" };
  for (const [name, value] of Object.entries(settings)) await repository.git(["config", name, value]);
  const picked = await morello(sandbox, ["pick", "main", "--onto", LINE, "--yes"], { cwd: path });
  expect(picked.status, picked.stderr).toBe(0);
  const made = await run(repository, "--yes", "--push");
  expect(made.status, made.stdout + made.stderr).toBe(0);
  const clone = sandbox.path("clone");
  await sandbox.git(["clone", "-q", "-b", LINE, remote.path, clone]);
  const verified = await morello(sandbox, ["ledger", "verify", "--from", "v2.7.1"], { cwd: clone });
  expect(verified.status, verified.stdout).toBe(0);
  expect(verified.stdout).toContain("4 records, 4 signed");
});

test("the second run says that there is nothing to release, and exits with 0", async () => {
  const repository = await picked();
  await run(repository, "--yes");
  const again = await run(repository, "--yes");
  expect([again.status, again.stdout]).toEqual([0, "release/v2.7: nothing to release since v2.7.1\n"]);
});

test("a feature exits with 1, names the commit, and says how to let it in", async () => {
  const repository = await taggedStory()
    .checkout(LINE)
    .commit("feature", { message: "feat: more\n", files: { a: "1\n" } })
    .create(makeSandbox(), { head: "main" });
  const done = await run(repository, "--yes");
  expect(done.status).toBe(1);
  expect(done.stdout).toBe(
    [
      "release/v2.7: refused: release/v2.7 takes patch releases alone, and there is a feature",
      `release/v2.7: ${repository.oid("feature")} feat: more`,
      "hint: morello release release/v2.7 --allow-feature --reason WHY",
      "",
    ].join("\n"),
  );
  expect((await run(repository, "--yes", "--allow-feature", "--reason", "it was promised")).status).toBe(0);
});

test("notes go to a file, or to stdout alone", async () => {
  const repository = await picked();
  const printed = await run(repository, "--dry-run", "--notes", "-");
  expect(printed.stdout).toMatch(/^## v2\.7\.1 \(2026-01-01\)\n\nSince v2\.7\.0 of release\/v2\.7: 1 fix\.\n/);
  await run(repository, "--yes", "--notes", repository.sandbox.path("notes.md"));
  expect(readFileSync(repository.sandbox.path("notes.md"), "utf8")).toBe(printed.stdout);
});

describe("usage", () => {
  test.each([
    [["--allow-feature"], "--allow-feature and --reason go together"],
    [["--reason", "why"], "--allow-feature and --reason go together"],
    [["--pre", "--version", "2.7.1-rc.1"], "--version says the mark of a pre-release itself"],
    [["--pre", "7"], "A mark is a word such as rc or beta"],
  ])("%j", async (args, message) => {
    const repository = await taggedStory().create(makeSandbox());
    const done = await run(repository, ...args);
    expect([done.status, done.stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test("nobody to ask is told of --yes", async () => {
    const repository = await picked();
    const done = await run(repository);
    expect([done.status, done.stderr]).toEqual([1, expect.stringContaining("--yes")]);
    expect(await repository.git(["tag"])).toBe("v2.7.0");
  });
});

test(
  `${KILLS} kills at random moments of a release: one tag, one record, and the next run ends what was begun`,
  { timeout: LONG ? 3_600_000 : 300_000 },
  async () => {
    const repository = await picked();
    const { sandbox, path } = repository;
    const release = ["release", LINE, "--yes"];
    const undo = async (): Promise<void> => {
      const undone = await morello(sandbox, ["undo", "--yes"], { cwd: path });
      expect(undone.status, undone.stderr).toBe(0);
    };
    const started = performance.now();
    expect((await morello(sandbox, release, { cwd: path })).status).toBe(0);
    const whole = performance.now() - started;
    const next = random(SEED);
    let killed = 0;
    for (let kill = 0; kill < KILLS; kill++) {
      await undo();
      const victims: Victims = next() < 0.7 ? "group" : "process";
      const at = Math.round((0.3 + next() * 0.8) * whole);
      const said = `kill ${kill} of SEED=${SEED}, ${victims} after ${at} ms`;
      const died = await startMorello(sandbox, release, { cwd: path }).killAt(at, victims);
      if (died.signal === "SIGKILL") killed++;
      const again = await morello(sandbox, release, { cwd: path });
      expect(again.status, `${said}\n${again.stdout}\n${again.stderr}`).toBe(0);
      expect(await state(repository), said).toEqual({
        tags: "v2.7.0\nv2.7.1",
        described: "v2.7.1",
        subject: "chore(release): v2.7.1",
        status: "",
        records: kill + 2,
        locks: [],
      });
    }
    const verified = await morello(sandbox, ["ledger", "verify"], { cwd: path });
    expect(verified.status, verified.stdout).toBe(0);
    await fsck(repository);
    expect(killed).toBeGreaterThan(0);
  },
);

async function state(repository: TestRepository) {
  const log = await repository.git(["log", "--first-parent", "--format=%s", `morello-ledger/${LINE}`]);
  const names = readdirSync(repository.gitDir, { recursive: true, encoding: "utf8" });
  return {
    tags: await repository.git(["tag"]),
    described: await repository.git(["describe"]),
    subject: await repository.git(["log", "-1", "--format=%s", LINE]),
    status: await repository.git(["status", "--porcelain"]),
    records: log.split("\n").filter((subject) => subject.startsWith("release:")).length,
    locks: names.filter((name) => name.endsWith(".lock") && !name.includes("cache")),
  };
}
