import { describe, expect, test } from "vitest";
import { rmSync } from "node:fs";
import { undo } from "../../src/usecase/undo.ts";
import { bareRemote, type BareRemote } from "../support/remote.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { brief, LINE, made, pickedStory, release } from "./releasing.ts";
import { depsOf, failure, pick, ran } from "./setting.ts";

interface Pair {
  readonly repository: TestRepository;
  readonly remote: BareRemote;
}

/** A repository and its remote, which is behind by the pick. */
async function pair(config = ""): Promise<Pair> {
  const files = config === "" ? {} : { "morello.yaml": config };
  const repository = await pickedStory(files).create(makeSandbox());
  const remote = await bareRemote(repository);
  await repository.git(["remote", "set-url", "origin", `file://${remote.path}`]);
  await remote.git(["update-ref", `refs/heads/${LINE}`, repository.oid("base")]);
  await repository.git(["fetch", "-q", "origin"]);
  return { repository, remote };
}

/** A clone in which somebody else works. */
async function colleague({ repository, remote }: Pair): Promise<(...args: string[]) => Promise<string>> {
  const { sandbox } = repository;
  const cwd = sandbox.path("colleague");
  await sandbox.git(["clone", "-q", "-b", LINE, remote.path, cwd]);
  return (...args) => sandbox.git(args, { cwd });
}

const PUBLISHED = "ledger:\n  publish: true\n";

test("--push takes branch, tag and ledger to the remote", async () => {
  const { repository, remote } = await pair(PUBLISHED);
  const outcome = await release(repository, { push: true });
  const { commit, tagObject } = made(outcome);
  const log = await repository.git(["rev-parse", `refs/heads/morello-ledger/${LINE}`]);
  expect(outcome).toMatchObject({
    push: {
      remote: "origin",
      refs: [
        { refname: `refs/heads/${LINE}`, to: commit },
        { refname: `refs/heads/morello-ledger/${LINE}`, to: log },
        { refname: "refs/tags/v2.7.1", to: tagObject },
      ],
    },
  });
  expect(await remote.refs()).toMatchObject({
    [`refs/heads/${LINE}`]: commit,
    [`refs/heads/morello-ledger/${LINE}`]: log,
    "refs/tags/v2.7.1": tagObject,
  });
});

test("--push takes the notes along, which say in what version a fix is", async () => {
  const { repository, remote } = await pair(PUBLISHED);
  ran(await pick(repository, repository.oid("more"), LINE));
  await release(repository, { push: true });
  const note = await remote.git(["notes", "--ref=morello", "show", repository.oid("more")]);
  expect(note).toContain(`cherry-picked to ${LINE} as ${await repository.git(["rev-parse", LINE])}, in v2.7.1`);
});

test("a ledger that is not published stays here, and other tags do too", async () => {
  const { repository, remote } = await pair();
  await repository.git(["tag", "-a", "-m", "mine", "private", LINE]);
  await repository.git(["config", "push.followTags", "true"]);
  await release(repository, { push: true });
  expect(Object.keys(await remote.refs()).sort()).toEqual([
    "refs/heads/main",
    `refs/heads/${LINE}`,
    "refs/tags/v2.7.0",
    "refs/tags/v2.7.1",
  ]);
});

test("twice is one push, and a success", async () => {
  const { repository, remote } = await pair(PUBLISHED);
  await release(repository, { push: true });
  const refs = await remote.refs();
  expect(await release(repository, { push: true })).toMatchObject({ kind: "nothing", push: { refs: [] } });
  expect(await remote.refs()).toEqual(refs);
});

test("a release that could not be pushed is pushed by the next run", async () => {
  const { repository, remote } = await pair();
  remote.setHooks({ "pre-receive": "echo closed >&2; exit 1" });
  expect((await failure(release(repository, { push: true }))).code).toBe("push-rejected");
  expect(await remote.refs()).not.toHaveProperty("refs/tags/v2.7.1");
  remote.setHooks({ "pre-receive": "exit 0" });
  expect(await release(repository, { push: true })).toMatchObject({
    kind: "nothing",
    tag: "v2.7.1",
    push: { refs: [{ refname: `refs/heads/${LINE}` }, { refname: "refs/tags/v2.7.1" }] },
  });
  expect(await remote.refs()).toHaveProperty("refs/tags/v2.7.1");
});

test("all of a push moves, or nothing", async () => {
  const { repository, remote } = await pair();
  remote.setHooks({ update: 'case "$1" in refs/tags/*) exit 1;; esac' });
  await failure(release(repository, { push: true }));
  expect((await remote.refs())[`refs/heads/${LINE}`]).toBe(repository.oid("base"));
});

test("a tag that another hand made is not pushed", async () => {
  const { repository, remote } = await pair();
  await repository.git(["tag", "-a", "-m", "by hand", "v2.7.1", LINE]);
  expect(await release(repository, { push: true })).toMatchObject({ kind: "nothing", push: null });
  expect(await remote.refs()).not.toHaveProperty("refs/tags/v2.7.1");
});

describe("a remote that knows more", () => {
  test("a version that is only there is named, with the command that brings it", async () => {
    const both = await pair();
    const git = await colleague(both);
    await git("tag", "-a", "-m", "theirs", "v2.7.1");
    await git("push", "-q", "origin", "v2.7.1");
    expect(await release(both.repository)).toMatchObject({
      reason: "unknown-tags",
      message: "origin has tags of release/v2.7 that are not here: v2.7.1",
      hint: "git fetch origin refs/tags/v2.7.1:refs/tags/v2.7.1",
    });
    await both.repository.git(["fetch", "-q", "origin", "refs/tags/v2.7.1:refs/tags/v2.7.1"]);
    expect(made(await release(both.repository)).tag).toBe("v2.7.2");
  });

  test("a branch that is ahead there is refused, before a tag is made", async () => {
    const both = await pair();
    const git = await colleague(both);
    await git("commit", "-q", "--allow-empty", "-m", "theirs");
    await git("push", "-q", "origin", LINE);
    expect(await release(both.repository, { push: true })).toMatchObject({
      reason: "behind",
      hint: `git fetch origin ${LINE}`,
    });
    expect(await both.repository.git(["tag"])).toBe("v2.7.0");
    await both.repository.git(["fetch", "-q", "origin"]);
    expect(await release(both.repository)).toMatchObject({
      reason: "diverged",
      hint: `git rebase origin/${LINE} ${LINE}`,
    });
  });

  test("a line that is behind is refused", async () => {
    const { repository, remote } = await pair();
    await remote.git(["fetch", "-q", repository.path, `${LINE}:${LINE}`]);
    await repository.git(["fetch", "-q", "origin"]);
    await repository.git(["update-ref", `refs/heads/${LINE}`, repository.oid("base")]);
    expect(await release(repository)).toMatchObject({
      reason: "behind",
      hint: `git switch ${LINE} && git merge --ff-only origin/${LINE}`,
    });
  });

  test("its ledger is never overwritten, and no tag is made first", async () => {
    const both = await pair(PUBLISHED);
    const git = await colleague(both);
    await git("push", "-q", "origin", `HEAD:refs/heads/morello-ledger/${LINE}`);
    expect(await release(both.repository, { push: true })).toMatchObject({
      reason: "behind",
      message: `origin has records in the ledger of ${LINE} that are not here`,
    });
    expect(await both.repository.git(["tag"])).toBe("v2.7.0");
    expect((await both.remote.refs())[`refs/heads/morello-ledger/${LINE}`]).toBe(both.repository.oid("base"));
  });

  test("what another clone recorded is fetched, and goes on", async () => {
    const both = await pair(PUBLISHED);
    await release(both.repository, { push: true });
    const clone = both.repository.sandbox.path("clone");
    await both.repository.sandbox.git(["clone", "-q", "-b", LINE, both.remote.path, clone]);
    await both.repository.sandbox.git(["commit", "-q", "--allow-empty", "-m", "fix: theirs"], { cwd: clone });
    expect(brief(await release(both.repository, { cwd: clone, push: true }))).toBe("v2.7.2");
    await both.repository.git(["fetch", "-q", "origin", `${LINE}:refs/remotes/origin/${LINE}`]);
    await both.repository.git(["update-ref", `refs/heads/${LINE}`, `refs/remotes/origin/${LINE}`]);
    await both.repository.git(["fetch", "-q", "origin", "refs/tags/v2.7.2:refs/tags/v2.7.2"]);
    const tree = await both.repository.git(["rev-parse", `${LINE}^{tree}`]);
    const next = await both.repository.git(["commit-tree", "-p", LINE, "-m", "fix: ours", tree]);
    await both.repository.git(["update-ref", `refs/heads/${LINE}`, next]);
    const refused = await release(both.repository, { push: true });
    expect(refused).toMatchObject({ reason: "behind", hint: expect.stringContaining("git fetch origin") as string });
    await both.repository.git(["fetch", "-q", "origin", "+refs/heads/morello-*:refs/remotes/origin/morello-*"]);
    expect(brief(await release(both.repository, { push: true }))).toBe("v2.7.3");
    const log = await both.remote.git(["log", "--first-parent", "--format=%s", `morello-ledger/${LINE}`]);
    expect(log.split("\n").filter((subject) => subject.startsWith("release"))).toEqual([
      "release: v2.7.3",
      "release: v2.7.2",
      "release: v2.7.1",
    ]);
  });
});

describe("a remote out of reach", () => {
  test("is said, and the release is made here", async () => {
    const { repository, remote } = await pair();
    rmSync(remote.path, { recursive: true });
    expect(made(await release(repository))).toMatchObject({
      tag: "v2.7.1",
      remote: { name: "origin", reached: false },
    });
  });

  test("stops a push before anything is made", async () => {
    const { repository, remote } = await pair();
    rmSync(remote.path, { recursive: true });
    expect((await failure(release(repository, { push: true }))).code).toBe("remote-failed");
    expect(await repository.git(["tag"])).toBe("v2.7.0");
  });
});

test("a line that is only on the remote is tagged there", async () => {
  const { repository, remote } = await pair();
  await remote.git(["fetch", "-q", repository.path, `${LINE}:${LINE}`]);
  await repository.git(["fetch", "-q", "origin"]);
  await repository.git(["branch", "-q", "-D", LINE]);
  expect(brief(await release(repository, { push: true }))).toBe("v2.7.1");
  expect(await remote.git(["rev-parse", "v2.7.1^{}"])).toBe(repository.oid("pick"));
});

test("undo leaves a release alone that was pushed", async () => {
  const { repository } = await pair();
  await release(repository, { push: true });
  const error = await failure(undo(depsOf(repository), { confirm: () => Promise.resolve(true) }));
  expect([error.code, error.message]).toEqual(["apply-refused", expect.stringContaining("v2.7.1 was pushed")]);
  expect(await repository.git(["tag"])).toBe("v2.7.0\nv2.7.1");
});

test("undo takes a tag back whose commit alone is on a remote", async () => {
  const { repository } = await pair();
  await repository.git(["push", "-q", "origin", LINE]);
  await release(repository);
  await undo(depsOf(repository), { confirm: () => Promise.resolve(true) });
  expect(await repository.git(["tag"])).toBe("v2.7.0");
});

test("--push without a remote is a usage error", async () => {
  const repository = await pickedStory().create(makeSandbox());
  expect((await failure(release(repository, { push: true }))).code).toBe("usage");
});
