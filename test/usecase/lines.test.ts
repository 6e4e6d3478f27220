import { describe, expect, test } from "vitest";
import { listLines } from "../../src/usecase/list-lines.ts";
import type { LineReport } from "../../src/wire/line.ts";
import { history } from "../support/history.ts";
import { bareRemote } from "../support/remote.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { depsOf, failure, fixStory, kindsOn, NOW, pick, plan, ran, results, text, type Place } from "./setting.ts";

const MONTHS = 31 * 86_400;

async function lines(
  repository: TestRepository,
  place: Place & { readonly fetch?: boolean } = {},
): Promise<LineReport[]> {
  return (await listLines(depsOf(repository, place), { fetch: place.fetch ?? false })).lines;
}

async function line(
  repository: TestRepository,
  name: string,
  place: Place & { readonly fetch?: boolean } = {},
): Promise<LineReport> {
  const found = (await lines(repository, place)).find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no line ${name}`);
  return found;
}

test("lines show tip, last tag, commits since it and the distance to main, newest first", async () => {
  const repository = await fixStory().create(makeSandbox());
  const found = await listLines(depsOf(repository), { fetch: false });
  expect(found.main).toEqual({ name: "main", refname: "refs/heads/main", tip: repository.oid("fix") });
  expect(
    found.lines.map(({ name, tip, lastTag, sinceTag, onlyHere, onlyMain }) => ({
      name,
      tip,
      lastTag,
      sinceTag,
      onlyHere,
      onlyMain,
    })),
  ).toEqual([
    { name: "release/v2.8", tip: repository.oid("only 2.8"), lastTag: "v2.8.0", sinceTag: 0, onlyHere: 1, onlyMain: 2 },
    { name: "release/v2.7", tip: repository.oid("only 2.7"), lastTag: "v2.7.0", sinceTag: 1, onlyHere: 1, onlyMain: 2 },
  ]);
});

test("a line that only a remote has is planned on its remote-tracking branch, and a pick makes the local one", async () => {
  const repository = await fixStory().create(makeSandbox());
  await bareRemote(repository);
  await repository.git(["branch", "-q", "-D", "release/v2.7"]);
  const { localTip, remoteRefname, tip } = await line(repository, "release/v2.7");
  expect({ localTip, remoteRefname, tip }).toEqual({
    localTip: null,
    remoteRefname: "refs/remotes/origin/release/v2.7",
    tip: repository.oid("only 2.7"),
  });
  expect(results(await pick(repository, "main", "release/v2.7"))).toEqual(["release/v2.7: moved"]);
  expect(await repository.git(["rev-parse", "release/v2.7^"])).toBe(repository.oid("only 2.7"));
});

describe("a local line and its upstream", () => {
  async function withUpstream(): Promise<TestRepository> {
    const repository = await fixStory().create(makeSandbox());
    await bareRemote(repository);
    return repository;
  }

  /** A commit on the remote's line, which the repository fetches. */
  async function upstreamMoves(repository: TestRepository, fetched = true): Promise<string> {
    const other = repository.sandbox.path("other");
    await repository.sandbox.git(["clone", "-q", "-b", "release/v2.7", repository.sandbox.path("origin.git"), other]);
    await repository.sandbox.git(["commit", "-q", "--allow-empty", "-m", "upstream moves"], { cwd: other });
    await repository.sandbox.git(["push", "-q"], { cwd: other });
    if (fetched) await repository.git(["fetch", "-q"]);
    return repository.sandbox.git(["rev-parse", "HEAD"], { cwd: other });
  }

  test("behind: the upstream's tip is planned on, it is said, and the pick takes the local branch along", async () => {
    const repository = await withUpstream();
    const upstream = await upstreamMoves(repository);
    const planned = await plan(repository, "main", "release/v2.7");
    expect(planned.lines[0]?.onto).toBe(upstream);
    expect(planned.notes).toEqual([
      {
        kind: "upstream-differs",
        line: "release/v2.7",
        upstream: "refs/remotes/origin/release/v2.7",
        ahead: 0,
        behind: 1,
        plannedOn: "upstream",
      },
    ]);
    await pick(repository, "main", "release/v2.7");
    expect(await repository.git(["rev-parse", "release/v2.7^"])).toBe(upstream);
  });

  test("ahead: the local tip is planned on, so that commits not pushed yet stay below the pick", async () => {
    const repository = await withUpstream();
    await repository.extend((more) => more.checkout("release/v2.7").commit("not pushed", { files: { a: "a" } }));
    const planned = await plan(repository, "main", "release/v2.7");
    expect(planned.lines[0]?.onto).toBe(repository.oid("not pushed"));
    expect(planned.notes).toMatchObject([{ kind: "upstream-differs", ahead: 1, behind: 0, plannedOn: "local" }]);
  });

  test("diverged: planned on the upstream's tip, and a pick is refused with the command that helps", async () => {
    const repository = await withUpstream();
    const upstream = await upstreamMoves(repository);
    await repository.extend((more) => more.checkout("release/v2.7").commit("not pushed", { files: { a: "a" } }));
    const planned = await plan(repository, "main", "release/v2.7");
    expect(planned.lines[0]?.onto).toBe(upstream);
    expect(planned.notes).toMatchObject([{ kind: "upstream-differs", ahead: 1, behind: 1, plannedOn: "upstream" }]);
    const error = await failure(pick(repository, "main", "release/v2.7"));
    expect(error).toMatchObject({ code: "apply-refused", data: { ahead: 1, behind: 1 } });
    expect(error.hint).toContain("git rebase origin/release/v2.7 release/v2.7");
    expect(await repository.git(["rev-parse", "release/v2.7"])).toBe(repository.oid("not pushed"));
  });

  test("the command that helps a diverged line does help", async () => {
    const repository = await withUpstream();
    await upstreamMoves(repository);
    await repository.extend((more) => more.checkout("release/v2.7").commit("not pushed", { files: { a: "a" } }));
    const { hint = "" } = await failure(pick(repository, "main", "release/v2.7"));
    await repository.git((/git (rebase \S+ \S+)/.exec(hint)?.[1] ?? "").split(" "));
    expect(results(await pick(repository, "main", "release/v2.7"))).toEqual(["release/v2.7: moved"]);
  });

  test("--fetch brings the upstream's tip before it plans", async () => {
    const repository = await withUpstream();
    const upstream = await upstreamMoves(repository, false);
    expect((await plan(repository, "main", "release/v2.7")).lines[0]?.onto).toBe(repository.oid("only 2.7"));
    expect((await line(repository, "release/v2.7", { fetch: true })).tip).toBe(upstream);
    expect((await plan(repository, "main", "release/v2.7", { fetch: true })).lines[0]?.onto).toBe(upstream);
  });

  test("--fetch of a remote that is not there says so and leaves the way without it", async () => {
    const repository = await withUpstream();
    await repository.git(["remote", "set-url", "origin", repository.sandbox.path("gone.git")]);
    const error = await failure(lines(repository, { fetch: true }));
    expect(error).toMatchObject({ code: "remote-failed", hint: "run again without --fetch to work with what is here" });
  });
});

describe("maintenance", () => {
  const aged = history()
    .commit("base", { files: { "loader.py": text() } })
    .branch("release/v1.0")
    .commit("old tip", { committer: { date: `${NOW - 14 * MONTHS} +0000` }, files: { a: "1" } })
    .branch("release/v1.1", "base")
    .commit("recent tip", { committer: { date: `${NOW - 10 * MONTHS} +0000` }, files: { a: "2" } })
    .checkout("main")
    .commit("fix", { files: { "loader.py": text({ 20: "limited" }) } });

  const configured = (yaml: string): typeof aged =>
    aged
      .fork()
      .checkout("main")
      .commit("configuration", { files: { "morello.yaml": yaml } });

  test("unconfigured, a line whose tip moved in the last twelve months is maintained, another is idle", async () => {
    const repository = await aged.create(makeSandbox());
    expect((await lines(repository)).map(({ name, maintenance }) => [name, maintenance])).toEqual([
      ["release/v1.1", { maintained: true, reason: "recent-tip" }],
      ["release/v1.0", { maintained: false, reason: "idle" }],
    ]);
  });

  test("--onto all takes the maintained lines and says which it left out, and why", async () => {
    const repository = await aged.create(makeSandbox());
    const planned = await plan(repository, "main", "all");
    expect(planned.lines.map(({ line: { name } }) => name)).toEqual(["release/v1.1"]);
    expect(planned.notes).toEqual([{ kind: "line-left-out", line: "release/v1.0", reason: "idle" }]);
  });

  test("a line named by hand is taken although it is idle", async () => {
    const repository = await aged.create(makeSandbox());
    expect(kindsOn(await plan(repository, "main", "v1.0"), "release/v1.0")).toEqual(["clean"]);
  });

  test("a line at its end of life is refused, even by name, and the others with it", async () => {
    const repository = await configured("lines:\n  - pattern: release/v1.0\n    maintained: end-of-life\n").create(
      makeSandbox(),
    );
    const planned = await plan(repository, "main~1", ["v1.0", "v1.1"]);
    expect(planned.lines.map(({ picks }) => picks[0]?.outcome)).toMatchObject([
      { kind: "clean" },
      { kind: "refused", reason: "end-of-life" },
    ]);
    expect(results(await pick(repository, "main~1", ["v1.0", "v1.1"]))).toEqual([
      "release/v1.1: held-back",
      "release/v1.0: stopped",
    ]);
  });

  test("--onto all leaves out a line at its end of life", async () => {
    const repository = await configured("lines:\n  - pattern: release/v1.0\n    maintained: end-of-life\n").create(
      makeSandbox(),
    );
    expect((await plan(repository, "main~1", "all")).notes).toEqual([
      { kind: "line-left-out", line: "release/v1.0", reason: "end-of-life" },
    ]);
  });
});

test("a line is a source like any other: what landed on v2.8 is picked onto v2.7", async () => {
  const repository = await fixStory().create(makeSandbox());
  await repository.extend((more) =>
    more.checkout("release/v2.8").commit("hot", { files: { "loader.py": text({ 5: "hot" }) } }),
  );
  const outcome = ran(await pick(repository, "release/v2.8", "release/v2.7"));
  expect(outcome.plan.sources.map(({ commit }) => commit)).toEqual([repository.oid("hot")]);
  expect(await repository.git(["show", "release/v2.7:loader.py"])).toContain("hot");
});

describe("morello.yaml", () => {
  const RENAMED = "lines:\n  - pattern: support/*\n    confirm: each\n    owners: ['@org/support']\n";

  test("is read from the default branch and makes lines of branches that no known name covers", async () => {
    const repository = await fixStory()
      .commit("configuration", { files: { "morello.yaml": RENAMED } })
      .branch("support/alpha", "base")
      .create(makeSandbox());
    expect(await line(repository, "support/alpha")).toMatchObject({ confirm: "each", owners: ["@org/support"] });
  });

  test("of the branch under change is not read", async () => {
    const repository = await fixStory()
      .branch("support/alpha", "base")
      .branch("topic", "fix")
      .commit("on a topic", { files: { "morello.yaml": RENAMED } })
      .create(makeSandbox(), { head: "topic" });
    expect((await lines(repository)).map(({ name }) => name)).toEqual(["release/v2.8", "release/v2.7"]);
  });

  test("in the work tree alone is not read", async () => {
    const repository = await fixStory().branch("support/alpha", "base").create(makeSandbox());
    repository.sandbox.write("repository/morello.yaml", RENAMED);
    expect((await lines(repository)).map(({ name }) => name)).not.toContain("support/alpha");
  });

  test("with an unknown key is refused with the nearest known one", async () => {
    const repository = await fixStory()
      .commit("configuration", { files: { "morello.yaml": "lines:\n  - pattern: release/*\n    onwers: []\n" } })
      .create(makeSandbox());
    const error = await failure(lines(repository));
    expect(error.code).toBe("config-invalid");
    expect(`${error.message} ${error.hint}`).toContain("owners");
  });
});
