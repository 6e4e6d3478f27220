import { expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { undo } from "../../src/usecase/undo.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { brief, LINE, made, pickedStory, release } from "./releasing.ts";
import { depsOf, VERIFY } from "./setting.ts";

const CONFIG = "release:\n  versionFiles: [package.json, web/VERSION, absent.py]\n  changelog: CHANGELOG.md\n";
const FILES = {
  "morello.yaml": CONFIG,
  "package.json": '{\n\t"name": "trainer",\n\t"version": "2.7.0"\n}\n',
  "package-lock.json": '{"version": "2.7.0", "packages": {"": {"version": "2.7.0"}}}',
  "web/VERSION": "2.7.0\n",
  "CHANGELOG.md": "# Changelog\n\n## [2.7.0] - 2025-12-01\n\n- old\n",
};

const create = (files: Readonly<Record<string, string>> = {}, head = "main"): Promise<TestRepository> =>
  pickedStory({ ...FILES, ...files }).create(makeSandbox(), { head });

test("version files and changelog change in a commit of their own, which is tagged", async () => {
  const repository = await create();
  const found = made(await release(repository));
  expect(found).toMatchObject({
    files: ["package.json", "package-lock.json", "web/VERSION", "CHANGELOG.md"],
    missing: ["absent.py"],
    tip: repository.oid("pick"),
  });
  expect(await repository.git(["log", "--format=%H %an %s", `${repository.oid("pick")}..${LINE}`])).toBe(
    `${found.commit} Cleo Committer chore(release): v2.7.1`,
  );
  expect(await repository.git(["rev-parse", "v2.7.1^{}"])).toBe(found.commit);
  expect(await repository.git(["diff", "--stat=200", `${LINE}~`, LINE])).toMatch(
    /4 files changed, \d+ insertions\(\+\), 3 deletions/,
  );
  expect(await repository.git(["show", `${LINE}:package.json`])).toBe(
    '{\n\t"name": "trainer",\n\t"version": "2.7.1"\n}',
  );
  expect(await repository.git(["show", `${LINE}:package-lock.json`])).not.toContain("2.7.0");
  expect(await repository.git(["show", `${LINE}:CHANGELOG.md`])).toMatch(
    /^# Changelog\n\n## \[2\.7\.1\] - 2026-01-01\n[^]*limit the queue[^]*\n\n## \[2\.7\.0\]/,
  );
  await fsck(repository);
});

test("a clean work tree of the line follows", async () => {
  const repository = await create({}, LINE);
  const outcome = await release(repository);
  expect(outcome).toMatchObject({ kind: "released", worktrees: [repository.path] });
  expect(await repository.git(["status", "--porcelain"])).toBe("");
  expect(readFileSync(join(repository.path, "web", "VERSION"), "utf8")).toBe("2.7.1\n");
});

test("one with changes in it stops the release", async () => {
  const repository = await create({}, LINE);
  repository.sandbox.write(`${repository.path.slice(repository.sandbox.root.length)}/loader.py`, "mine\n");
  await expect(release(repository)).rejects.toMatchObject({ code: "worktree-busy" });
  expect(await repository.git(["tag"])).toBe("v2.7.0");
  expect(await repository.git(["rev-parse", LINE])).toBe(repository.oid("pick"));
});

test("the next release does not tell of the commit that set the version", async () => {
  const repository = await create();
  await release(repository);
  const tip = await repository.git(["rev-parse", LINE]);
  const tree = await repository.git(["rev-parse", `${LINE}^{tree}`]);
  const next = await repository.git(["commit-tree", "-p", tip, "-m", "fix: next", tree]);
  await repository.git(["update-ref", `refs/heads/${LINE}`, next]);
  const found = made(await release(repository));
  expect(found.tag).toBe("v2.7.2");
  expect(found.entries.map(({ subject }) => subject)).toEqual(["fix: next"]);
  const changelog = await repository.git(["show", `${LINE}:CHANGELOG.md`]);
  expect(changelog.match(/^## .*$/gm)).toEqual([
    "## [2.7.2] - 2026-01-01",
    "## [2.7.1] - 2026-01-01",
    "## [2.7.0] - 2025-12-01",
  ]);
});

test("a release candidate and the final one each set their version, and neither is a change", async () => {
  const repository = await create();
  await release(repository, { pre: "rc" });
  expect(await repository.git(["show", `${LINE}:web/VERSION`])).toBe("2.7.1-rc.1");
  const found = made(await release(repository));
  expect(found.entries.map(({ title }) => title)).toEqual(["limit the queue"]);
  expect(await repository.git(["show", `${LINE}:web/VERSION`])).toBe("2.7.1");
});

test("files that hold the version already need no commit", async () => {
  const repository = await create({
    "morello.yaml": "release:\n  versionFiles: [web/VERSION]\n",
    "web/VERSION": "2.7.1\n",
  });
  expect(made(await release(repository))).toMatchObject({ files: [], commit: repository.oid("pick") });
});

test("a file that says no version stops the release, by name", async () => {
  const repository = await create({ "package.json": "{}\n" });
  expect(await release(repository)).toMatchObject({
    kind: "refused",
    reason: "version-file",
    message: "package.json says no version",
  });
});

test("the line's verify command looks at the tree with the new version", async () => {
  const repository = await create({
    "morello.yaml": `${CONFIG}lines:\n  - pattern: release/*\n    verify: grep -q 2.7.1 web/VERSION\n`,
  });
  expect(await release(repository)).toMatchObject({ kind: "released", verify: { kind: "passed" } });
});

test("and where it does not pass nothing is made", async () => {
  const repository = await create({
    "morello.yaml": `${CONFIG}lines:\n  - pattern: release/*\n    verify: grep -q 2.7.0 web/VERSION\n`,
  });
  const outcome = await release(repository);
  expect(outcome).toMatchObject({ reason: "verify", verify: { kind: "failed", status: 1 } });
  expect(await repository.git(["tag"])).toBe("v2.7.0");
  expect(brief(await release(repository, { verify: { ...VERIFY, run: false } }))).toBe("v2.7.1");
});

test("undo takes tag and commit back together", async () => {
  const repository = await create({}, LINE);
  await release(repository);
  await undo(depsOf(repository), { confirm: () => Promise.resolve(true) });
  expect(await repository.git(["tag"])).toBe("v2.7.0");
  expect(await repository.git(["rev-parse", LINE])).toBe(repository.oid("pick"));
  expect(await repository.git(["status", "--porcelain"])).toBe("");
});

test("two machines make the same commit and the same tag", async () => {
  const [one, two] = [await create(), await create()];
  const env = { TZ: "Asia/Tokyo", LC_ALL: "C.UTF-8" };
  const [first, second] = [made(await release(one)), made(await release(two, { env }))];
  expect([second.commit, second.tagObject]).toEqual([first.commit, first.tagObject]);
});
