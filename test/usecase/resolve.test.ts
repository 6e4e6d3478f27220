import { describe, expect, test } from "vitest";
import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AUTHOR } from "../support/environment.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { censusChanges, objectCensus } from "../support/census.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { bareRemote } from "../support/remote.ts";
import { abort, desk, deskOf, goOn, skip, stopped } from "./resolving.ts";
import { conflictStory, failure, fixStory, pick, plan, ran, results, text } from "./setting.ts";

const RESOLVED = text({ 20: "limited here" });

const tipOf = (repository: TestRepository, revision: string): Promise<string> =>
  repository.git(["rev-parse", revision]);

/** What `morello` leaves of a resolution that is over. */
async function expectTidy(repository: TestRepository): Promise<void> {
  expect((await repository.git(["worktree", "list"])).split("\n")).toHaveLength(1);
  const state = join(repository.gitDir, "morello");
  for (const name of ["resolutions", "worktrees", "locks"]) {
    expect(existsSync(join(state, name)) ? readdirSync(join(state, name)) : []).toEqual([]);
  }
  await fsck(repository);
}

describe("resolve", () => {
  test("lays the conflict out in a work tree of its own: stages in the index, zdiff3 markers in the file", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { resolution, read, git } = await stopped(repository, "main", "v2.6");
    expect(resolution).toMatchObject({
      line: "release/v2.6",
      onto: repository.oid("only 2.6"),
      source: { commit: repository.oid("fix"), subject: "loader: limit the prefetch queue" },
      step: 1,
      steps: 1,
      paths: [{ path: "loader.py", kind: "content" }],
    });
    const short = repository.oid("fix").slice(0, 12);
    expect(read("loader.py")).toContain(
      `line 19\n<<<<<<< release/v2.6\nanother\n||||||| parent of ${short}\nline 20\n=======\nlimited\n>>>>>>> ${short} (loader: limit the prefetch queue)\nline 21\n`,
    );
    const stages = (await git(["ls-files", "-u"])).split("\n").map((line) => line.split(/[ \t]/)[2]);
    expect(stages).toEqual(["1", "2", "3"]);
    expect(await git(["rev-parse", "HEAD"])).toBe(repository.oid("only 2.6"));
    expect(await git(["status", "--porcelain"])).toBe("UU loader.py");
  });

  test("leaves the user's work tree and index as they are, to the last time stamp", async () => {
    const repository = await conflictStory().create(makeSandbox());
    repository.sandbox.write("repository/untracked", "mine\n");
    await pick(repository, "main", "v2.6");
    const before = objectCensus(repository.path);
    const { write } = await desk(repository, "v2.6");
    write("loader.py", RESOLVED);
    await goOn(repository);
    const changed = censusChanges(before, objectCensus(repository.path));
    expect(changed.filter((change) => !/ \.git(\/|$)/.test(change))).toEqual([]);
    expect(changed.filter((change) => /\.git\/(index|config|HEAD)$/.test(change))).toEqual([]);
  });

  test("runs no hook of the user's", async () => {
    const repository = await conflictStory().create(makeSandbox());
    repository.sandbox.write("repository/.git/hooks/post-checkout", '#!/bin/sh\ntouch "$HOME/ran"\n', 0o755);
    await stopped(repository, "main", "v2.6");
    expect(existsSync(repository.sandbox.path("home/ran"))).toBe(false);
  });

  test("without a line takes the only one that stopped", async () => {
    const repository = await conflictStory().create(makeSandbox());
    await pick(repository, "main", "all");
    expect((await desk(repository, null)).resolution.line).toBe("release/v2.6");
  });

  test("again shows the same, and keeps what the person wrote", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const first = await stopped(repository, "main", "v2.6");
    first.write("loader.py", RESOLVED);
    const second = await desk(repository, "release/v2.6");
    expect(second.resolution).toEqual(first.resolution);
    expect(second.read("loader.py")).toBe(RESOLVED);
  });

  test("of a line where nothing stopped says so", async () => {
    const repository = await conflictStory().create(makeSandbox());
    await pick(repository, "main", "all");
    expect(await failure(desk(repository, "v2.7"))).toMatchObject({
      code: expect.stringMatching(/nothing-to-do|unknown-line/) as string,
    });
  });

  test("when nothing stopped at all says how to begin", async () => {
    const repository = await conflictStory().create(makeSandbox());
    expect(await failure(desk(repository, null))).toMatchObject({ code: "usage", hint: /morello pick/ });
  });

  test("of one line is not forgotten when another pick goes through", async () => {
    const repository = await conflictStory().create(makeSandbox());
    await pick(repository, "main", "v2.6");
    await pick(repository, "main", "v2.7");
    expect((await desk(repository, null)).resolution.line).toBe("release/v2.6");
  });

  test("of a diverged line is refused before a person works for nothing", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const remote = await bareRemote(repository);
    const other = repository.sandbox.path("other");
    await repository.sandbox.git(["clone", "-q", "-b", "release/v2.6", remote.path, other]);
    await repository.sandbox.git(["commit", "-q", "--allow-empty", "-m", "upstream"], { cwd: other });
    await repository.sandbox.git(["push", "-q"], { cwd: other });
    await repository.git(["fetch", "-q"]);
    await repository.git(["switch", "-q", "release/v2.6"]);
    await repository.git(["commit", "-q", "--allow-empty", "-m", "local"]);
    await pick(repository, "main", "v2.6");
    expect(await failure(desk(repository, "v2.6"))).toMatchObject({ code: "apply-refused", hint: /git rebase/ });
  });
});

describe("continue", () => {
  test("commits the resolution as the pick: author kept, source named, on the line's tip", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { write } = await stopped(repository, "main", "v2.6");
    write("loader.py", RESOLVED);
    const outcome = await goOn(repository);
    const tip = await tipOf(repository, "release/v2.6");
    expect(outcome).toMatchObject({
      kind: "advanced",
      line: "release/v2.6",
      from: repository.oid("only 2.6"),
      to: tip,
      landed: [tip],
    });
    expect(await repository.git(["log", "-1", "--format=%P %an %B", "release/v2.6"])).toBe(
      `${repository.oid("only 2.6")} ${AUTHOR.name} loader: limit the prefetch queue\n\nIt grew without end.\n\n(cherry picked from commit ${repository.oid("fix")})\n`,
    );
    expect(await repository.git(["show", "release/v2.6:loader.py"])).toBe(RESOLVED.trimEnd());
    await expectTidy(repository);
  });

  test("gives the same object ID in another clone, later and in another time zone", async () => {
    const sandbox = makeSandbox();
    const ids: string[] = [];
    for (const [name, place] of [
      ["a", {}],
      ["b", { env: { TZ: "Asia/Tokyo" }, now: 1_790_000_000 }],
    ] as const) {
      const repository = await conflictStory().create(sandbox, { name });
      const { write } = await stopped(repository, "main", "v2.6", place);
      write("loader.py", RESOLVED);
      await goOn(repository, place);
      ids.push(await tipOf(repository, "release/v2.6"));
    }
    expect(ids[1]).toBe(ids[0]);
  });

  test("is there already for the same request", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { write } = await stopped(repository, "main", "v2.6");
    write("loader.py", RESOLVED);
    await goOn(repository);
    expect((await plan(repository, "main", "v2.6")).lines[0]?.picks[0]?.outcome).toMatchObject({
      kind: "already-there",
      evidence: "recorded",
      commit: await tipOf(repository, "release/v2.6"),
    });
    expect(results(await pick(repository, "main", "v2.6"))).toEqual(["release/v2.6: unchanged"]);
  });

  test("takes the line's work tree along", async () => {
    const repository = await conflictStory().create(makeSandbox(), { head: "release/v2.6" });
    const { write } = await stopped(repository, "main", "v2.6");
    write("loader.py", RESOLVED);
    await goOn(repository);
    expect(await repository.git(["status", "--porcelain"])).toBe("");
    expect(await repository.git(["show", ":loader.py"])).toBe(RESOLVED.trimEnd());
  });

  test("onto a branch of --to-branch makes that branch", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { write } = await stopped(repository, "main", "v2.6", { options: { toBranch: "leak" } });
    write("loader.py", RESOLVED);
    await goOn(repository);
    expect(await tipOf(repository, "morello/leak/release/v2.6^")).toBe(repository.oid("only 2.6"));
    expect(await tipOf(repository, "release/v2.6")).toBe(repository.oid("only 2.6"));
  });

  test("works with `git mergetool` and `git add`", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { git } = await stopped(repository, "main", "v2.6");
    await git([
      "-c",
      'mergetool.ours.cmd=cp "$LOCAL" "$MERGED" && sed -i s/another/both/ "$MERGED"',
      "-c",
      "mergetool.keepBackup=false",
      "mergetool",
      "--no-prompt",
      "--tool=ours",
    ]);
    await goOn(repository);
    expect(await repository.git(["show", "release/v2.6:loader.py"])).toBe(text({ 20: "both" }).trimEnd());
  });

  test("when nothing is laid out says how to begin", async () => {
    const repository = await conflictStory().create(makeSandbox());
    expect(await failure(goOn(repository))).toMatchObject({ code: "nothing-to-do", hint: /morello resolve/ });
  });

  test("of a resolution that leaves the line as it is says to skip", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { write } = await stopped(repository, "main", "v2.6");
    write("loader.py", text({ 20: "another" }));
    expect(await failure(goOn(repository))).toMatchObject({ code: "resolution-incomplete", hint: /morello skip/ });
  });

  test("of a work tree whose HEAD a person moved is refused with the way back, and the way back works", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { write, git } = await stopped(repository, "main", "v2.6");
    write("loader.py", RESOLVED);
    await git(["commit", "-q", "-a", "-m", "by hand"]);
    const error = await failure(goOn(repository));
    expect(error.code).toBe("resolution-incomplete");
    await git((/reset --soft \w+/.exec(error.hint ?? "")?.[0] ?? "").split(" "));
    expect((await goOn(repository)).kind).toBe("advanced");
  });
});

describe("markers that are left", () => {
  test("are refused with path and line", async () => {
    const repository = await conflictStory().create(makeSandbox());
    await stopped(repository, "main", "v2.6");
    expect(await failure(goOn(repository))).toMatchObject({
      code: "resolution-incomplete",
      data: { markers: ["loader.py:20", "loader.py:22", "loader.py:24", "loader.py:26"] },
    });
  });

  test("are refused even when a person has staged the file", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { git } = await stopped(repository, "main", "v2.6");
    await git(["add", "loader.py"]);
    expect(await failure(goOn(repository))).toMatchObject({ code: "resolution-incomplete" });
  });

  test.each([
    ["a lone =======", text({ 20: "limited\n=======\nanother" }), ["loader.py:21"]],
    ["a lone |||||||", text({ 20: "||||||| parent\nlimited" }), ["loader.py:20"]],
    ["one with Windows line ends", text({ 20: "<<<<<<<\r\nlimited" }), ["loader.py:20"]],
  ])("%s is one", async (_, content, markers) => {
    const repository = await conflictStory().create(makeSandbox());
    const { write } = await stopped(repository, "main", "v2.6");
    write("loader.py", content);
    expect(await failure(goOn(repository))).toMatchObject({ data: { markers } });
  });

  test("in a file that a person renamed are found there", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { git } = await stopped(repository, "main", "v2.6");
    await git(["add", "loader.py"]);
    await git(["mv", "loader.py", "moved.py"]);
    const error = await failure(goOn(repository, { adapt: true, reason: "moved" }));
    expect(error.message).toContain("moved.py:20");
    expect(await tipOf(repository, "release/v2.6")).toBe(repository.oid("only 2.6"));
  });

  test("are text where both sides have them: a file about merging can be resolved", async () => {
    const guide = (line: string): string =>
      `How conflicts look\n<<<<<<< HEAD\nours\n=======\ntheirs\n>>>>>>> topic\n\n\n\n${line}\n`;
    const repository = await fixStory()
      .branch("release/v2.5", "base")
      .commit("guide", { files: { guide: guide("one") } })
      .branch("release/v2.4", "guide")
      .commit("other guide", { files: { guide: guide("two") } })
      .checkout("main")
      .branch("topic", "guide")
      .commit("third guide", { files: { guide: guide("three") } })
      .create(makeSandbox());
    const { write } = await stopped(repository, "topic", "v2.4");
    write("guide", guide("two and three"));
    expect((await goOn(repository)).kind).toBe("advanced");
  });
});

describe("a file that one side deleted", () => {
  const deleted = fixStory()
    .branch("release/v2.6", "base")
    .commit("gone", { files: { "loader.py": null } })
    .checkout("main")
    .commit("with another", { files: { "loader.py": text({ 20: "limited", 2: "x" }), "README": "changed\n" } });

  test("and that came back unmarked is refused with both ways to decide", async () => {
    const repository = await deleted.create(makeSandbox());
    const { resolution } = await stopped(repository, "main", "v2.6");
    expect(resolution.paths).toEqual([{ path: "loader.py", kind: "modify/delete" }]);
    const error = await failure(goOn(repository));
    expect(error).toMatchObject({ code: "resolution-incomplete", data: { paths: ["loader.py"] } });
    expect(error.hint).toMatch(/git -C \S+ rm loader\.py .* git -C \S+ add loader\.py/);
  });

  test("stays deleted after git rm", async () => {
    const repository = await deleted.create(makeSandbox());
    const { git } = await stopped(repository, "main", "v2.6");
    await git(["rm", "-q", "loader.py"]);
    await goOn(repository);
    expect(await repository.git(["ls-tree", "-r", "--name-only", "release/v2.6"])).toBe("README");
    await expectTidy(repository);
  });

  test("stays deleted after git rm --cached, although the file lies there", async () => {
    const repository = await deleted.create(makeSandbox());
    const { git } = await stopped(repository, "main", "v2.6");
    await git(["rm", "-q", "--cached", "loader.py"]);
    await goOn(repository);
    expect(await repository.git(["ls-tree", "-r", "--name-only", "release/v2.6"])).toBe("README");
  });

  test("stays deleted when a person just removes it", async () => {
    const repository = await deleted.create(makeSandbox());
    const { path } = await stopped(repository, "main", "v2.6");
    rmSync(join(path, "loader.py"));
    await goOn(repository);
    expect(await repository.git(["ls-tree", "-r", "--name-only", "release/v2.6"])).toBe("README");
  });

  test("comes back after git add", async () => {
    const repository = await deleted.create(makeSandbox());
    const { git, write } = await stopped(repository, "main", "v2.6");
    write("loader.py", "short\n");
    await git(["add", "loader.py"]);
    await goOn(repository);
    expect(await repository.git(["show", "release/v2.6:loader.py"])).toBe("short");
  });
});

describe("what has no lines to mark", () => {
  const BINARY = (byte: number): Buffer => Buffer.from([0, 1, 2, byte, 0, 255]);
  const binary = fixStory()
    .commit("image", { files: { "logo.bin": BINARY(1) } })
    .branch("release/v2.9", "image")
    .commit("its logo", { files: { "logo.bin": BINARY(2) } })
    .checkout("main")
    .commit("new logo", { files: { "logo.bin": BINARY(3), "README": "new logo\n" } });

  test("a binary file is not taken as it lies there, nobody having chosen", async () => {
    const repository = await binary.create(makeSandbox());
    const { resolution } = await stopped(repository, "main", "v2.9");
    expect(resolution.paths).toEqual([{ path: "logo.bin", kind: "binary" }]);
    const error = await failure(goOn(repository));
    expect(error).toMatchObject({ code: "resolution-incomplete", data: { paths: ["logo.bin"] } });
    expect(error.hint).toContain("checkout --theirs logo.bin");
  });

  test("a binary file is theirs after checkout --theirs and add", async () => {
    const repository = await binary.create(makeSandbox());
    const { git } = await stopped(repository, "main", "v2.9");
    await git(["checkout", "-q", "--theirs", "logo.bin"]);
    await git(["add", "logo.bin"]);
    await goOn(repository);
    expect(await tipOf(repository, "release/v2.9:logo.bin")).toBe(await tipOf(repository, "main:logo.bin"));
  });

  test("a binary file is ours after add alone", async () => {
    const repository = await binary.create(makeSandbox());
    const { git } = await stopped(repository, "main", "v2.9");
    await git(["add", "logo.bin"]);
    await goOn(repository);
    expect(await tipOf(repository, "release/v2.9:logo.bin")).toBe(
      await tipOf(repository, `${repository.oid("its logo")}:logo.bin`),
    );
  });

  test("a submodule is decided by add, with the objects of neither", async () => {
    const repository = await fixStory()
      .commit("module", { files: { lib: { submodule: "one" } } })
      .branch("release/v2.9", "module")
      .commit("its module", { files: { lib: { submodule: "two" } } })
      .checkout("main")
      .commit("new module", { files: { lib: { submodule: "three" }, README: "module\n" } })
      .create(makeSandbox());
    const { git } = await stopped(repository, "main", "v2.9");
    expect(await failure(goOn(repository))).toMatchObject({ code: "resolution-incomplete" });
    const theirs = (await repository.git(["ls-tree", "main", "lib"])).split(/[ \t]/)[2] ?? "";
    await git(["update-index", "--cacheinfo", `160000,${theirs},lib`]);
    await goOn(repository);
    expect((await repository.git(["ls-tree", "release/v2.9", "lib"])).split(/[ \t]/)[2]).toBe(theirs);
  });
});

describe("renames in conflict", () => {
  test("two names for one file: each is decided", async () => {
    const repository = await fixStory()
      .branch("release/v2.6", "base")
      .commit("ours", { rename: { "loader.py": "ours.py" } })
      .checkout("main")
      .branch("topic", "base")
      .commit("theirs", { rename: { "loader.py": "theirs.py" }, files: { README: "renamed\n" } })
      .create(makeSandbox());
    const { git, resolution } = await stopped(repository, "topic", "v2.6");
    expect(resolution.paths.map(({ kind }) => kind)).toContain("rename/rename");
    expect(await failure(goOn(repository))).toMatchObject({ code: "resolution-incomplete" });
    await git(["rm", "-q", "--ignore-unmatch", "loader.py", "ours.py"]);
    await git(["add", "theirs.py"]);
    await goOn(repository);
    expect(await repository.git(["ls-tree", "-r", "--name-only", "release/v2.6"])).toBe("README\ntheirs.py");
    await expectTidy(repository);
  });

  test("renamed here, deleted there", async () => {
    const repository = await fixStory()
      .branch("release/v2.6", "base")
      .commit("renamed", { rename: { "loader.py": "data.py" } })
      .checkout("main")
      .branch("topic", "base")
      .commit("deleted", { files: { "loader.py": null, "README": "without\n" } })
      .create(makeSandbox());
    const { git, resolution } = await stopped(repository, "topic", "v2.6");
    const names = resolution.paths.map(({ path }) => path);
    expect(await failure(goOn(repository))).toMatchObject({ code: "resolution-incomplete" });
    await git(["rm", "-q", "--ignore-unmatch", ...names]);
    await goOn(repository);
    expect(await repository.git(["ls-tree", "-r", "--name-only", "release/v2.6"])).toBe("README");
  });

  test("a renamed file whose lines conflict is resolved under its new name", async () => {
    const repository = await fixStory()
      .branch("release/v2.6", "base")
      .commit("moved and changed", { rename: { "loader.py": "data/loader.py" } })
      .commit("changed", { files: { "data/loader.py": text({ 20: "another" }) } })
      .create(makeSandbox());
    const { write, resolution } = await stopped(repository, repository.oid("fix"), "v2.6");
    expect(resolution.paths.map(({ path }) => path)).toEqual(["data/loader.py"]);
    write("data/loader.py", RESOLVED);
    await goOn(repository);
    expect(await repository.git(["ls-tree", "-r", "--name-only", "release/v2.6"])).toBe("README\ndata/loader.py");
  });

  test("a file where the other side has a directory", async () => {
    const repository = await fixStory()
      .branch("release/v2.6", "base")
      .commit("directory", { files: { "plugin/init.py": "1\n" } })
      .checkout("main")
      .branch("topic", "base")
      .commit("file", { files: { plugin: "one file\n", README: "plugin\n" } })
      .create(makeSandbox());
    const { git, resolution } = await stopped(repository, "topic", "v2.6");
    const [name = ""] = resolution.paths.map(({ path }) => path);
    await git(["mv", "-f", name, "plugin/all.py"], [0, 128]);
    await git(["rm", "-q", "-f", "--ignore-unmatch", name]);
    await git(["add", "-A"]);
    const outcome = await goOn(repository, { adapt: true, reason: "plugins are a directory here" });
    expect(outcome.kind).toBe("advanced");
    expect(await repository.git(["show", "release/v2.6:README"])).toBe("plugin");
  });
});

describe("changes beyond the conflict", () => {
  test.each([
    [
      "a tracked file",
      (place: Awaited<ReturnType<typeof stopped>>) => Promise.resolve(place.write("README", "adapted\n")),
    ],
    [
      "a new file that was staged",
      async (place: Awaited<ReturnType<typeof stopped>>) => (
        place.write("new.py", "new\n"),
        void (await place.git(["add", "new.py"]))
      ),
    ],
    [
      "a file that was removed",
      async (place: Awaited<ReturnType<typeof stopped>>) => void (await place.git(["rm", "-q", "README"])),
    ],
  ])("%s: refused without --adapt, taken with it, the reason in the message", async (_, change) => {
    const repository = await conflictStory().create(makeSandbox());
    const place = await stopped(repository, "main", "v2.6");
    place.write("loader.py", RESOLVED);
    await change(place);
    const error = await failure(goOn(repository));
    expect(error).toMatchObject({ code: "resolution-incomplete", hint: /--adapt --reason/ });
    expect(await tipOf(repository, "release/v2.6")).toBe(repository.oid("only 2.6"));
    await goOn(repository, { adapt: true, reason: "the line\n  has no prefetcher" });
    expect(await repository.git(["log", "-1", "--format=%(trailers:key=Adapted,valueonly)", "release/v2.6"])).toBe(
      "the line has no prefetcher\n",
    );
    expect(await repository.git(["diff", "--name-only", "release/v2.6^", "release/v2.6"])).toMatch(/README|new\.py/);
  });

  test("an untracked file that nobody added is none", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { write } = await stopped(repository, "main", "v2.6");
    write("loader.py", RESOLVED);
    write("loader.py.orig", "left by a tool\n");
    expect((await goOn(repository)).kind).toBe("advanced");
    expect(await repository.git(["ls-tree", "-r", "--name-only", "release/v2.6"])).not.toContain("orig");
  });

  test("--adapt without a reason is refused", async () => {
    const repository = await conflictStory().create(makeSandbox());
    await stopped(repository, "main", "v2.6");
    expect(await failure(goOn(repository, { adapt: true, reason: " " }))).toMatchObject({
      code: "usage",
      hint: /--reason/,
    });
  });

  test("--adapt without such changes leaves no trace in the message", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { write } = await stopped(repository, "main", "v2.6");
    write("loader.py", RESOLVED);
    await goOn(repository, { adapt: true, reason: "none" });
    expect(await repository.git(["log", "-1", "--format=%B", "release/v2.6"])).not.toContain("Adapted");
  });
});

describe("a series with two conflicts", () => {
  const series = conflictStory()
    .commit("apart", { files: { "apart.txt": "apart\n" } })
    .commit("second", { files: { "loader.py": text({ 20: "limited twice" }) } })
    .commit("last", { files: { "last.txt": "last\n" } });

  test("stops at each in turn, and lands whole", async () => {
    const repository = await series.create(makeSandbox());
    const first = await stopped(repository, "main~4..main", "v2.6");
    expect(first.resolution).toMatchObject({ step: 1, steps: 4 });
    first.write("loader.py", RESOLVED);
    const then = await goOn(repository);
    if (then.kind !== "laid-out") throw new Error(then.kind);
    expect(then.resolution).toMatchObject({ step: 3, steps: 4, source: { subject: "second" } });
    expect(then.landed).toHaveLength(2);
    expect(await tipOf(repository, "release/v2.6")).toBe(repository.oid("only 2.6"));
    deskOf(repository, then.resolution).write("loader.py", text({ 20: "limited twice here" }));
    expect(await goOn(repository)).toMatchObject({ kind: "advanced" });
    expect(await repository.git(["log", "-4", "--format=%s", "release/v2.6"])).toBe(
      "last\nsecond\napart\nloader: limit the prefetch queue",
    );
    await expectTidy(repository);
  });

  test("skip leaves out the one in conflict and goes on with the rest", async () => {
    const repository = await series.create(makeSandbox());
    await stopped(repository, "main~4..main", "v2.6");
    const then = await skip(repository);
    expect(then).toMatchObject({ kind: "laid-out", resolution: { step: 3 } });
    expect(await skip(repository)).toMatchObject({ kind: "advanced" });
    expect(await repository.git(["log", "-3", "--format=%s", "release/v2.6"])).toBe("last\napart\nonly 2.6");
    await expectTidy(repository);
  });

  test("skipping the only commit leaves the line where it was", async () => {
    const repository = await conflictStory().create(makeSandbox());
    await stopped(repository, "main", "v2.6");
    expect(await skip(repository)).toMatchObject({ kind: "advanced", landed: [], transaction: null });
    expect(await tipOf(repository, "release/v2.6")).toBe(repository.oid("only 2.6"));
    await expectTidy(repository);
  });

  test("abort after the first gives all of it up, and a new pick begins anew", async () => {
    const repository = await series.create(makeSandbox());
    const first = await stopped(repository, "main~4..main", "v2.6");
    first.write("loader.py", RESOLVED);
    await goOn(repository);
    expect(await abort(repository)).toEqual({ kind: "aborted", line: "release/v2.6" });
    expect(await tipOf(repository, "release/v2.6")).toBe(repository.oid("only 2.6"));
    await expectTidy(repository);
    expect((await stopped(repository, "main~4..main", "v2.6")).resolution.step).toBe(1);
  });

  test("a commit behind it that cannot be picked at all can be skipped, and the resolution before it is kept", async () => {
    const repository = await conflictStory()
      .branch("topic", "more")
      .commit("on topic", { files: { README: "topic\n" } })
      .checkout("main")
      .merge("merge", "topic")
      .commit("last", { files: { "last.txt": "last\n" } })
      .create(makeSandbox());
    const sources = ["fix", "merge", "last"].map((mark) => repository.oid(mark));
    const { write } = await stopped(repository, sources, "v2.6");
    write("loader.py", RESOLVED);
    const error = await failure(goOn(repository));
    expect(error).toMatchObject({ code: "nothing-to-do", message: /mainline/, hint: "morello skip release/v2.6" });
    expect(await skip(repository)).toMatchObject({ kind: "advanced" });
    expect(await repository.git(["log", "-2", "--format=%s", "release/v2.6"])).toBe(
      "last\nloader: limit the prefetch queue",
    );
    expect(await repository.git(["show", "release/v2.6:loader.py"])).toBe(RESOLVED.trimEnd());
  });
});

describe("several lines side by side", () => {
  const two = conflictStory()
    .branch("release-v2.6", "base")
    .commit("also 2.6", { files: { "loader.py": text({ 20: "yet another" }) } })
    .checkout("main");

  test("each has its work tree, although their names are alike, and each is ended by itself", async () => {
    const repository = await two.create(makeSandbox());
    await pick(repository, "main", ["release/v2.6", "release-v2.6"]);
    const [a, b] = [await desk(repository, "release/v2.6"), await desk(repository, "release-v2.6")];
    expect(a.path).not.toBe(b.path);
    a.write("loader.py", text({ 20: "a" }));
    b.write("loader.py", text({ 20: "b" }));
    expect(await failure(goOn(repository))).toMatchObject({
      code: "nothing-to-do",
      data: { lines: ["release/v2.6", "release-v2.6"] },
    });
    await goOn(repository, { line: "release-v2.6" });
    await goOn(repository);
    expect(await repository.git(["show", "release/v2.6:loader.py"])).toContain("\na\n");
    expect(await repository.git(["show", "release-v2.6:loader.py"])).toContain("\nb\n");
    await expectTidy(repository);
  });

  test("that stopped in different runs are both remembered", async () => {
    const repository = await two.create(makeSandbox());
    await pick(repository, "main", "release/v2.6");
    await pick(repository, "main", "release-v2.6");
    expect((await desk(repository, "release/v2.6")).resolution.line).toBe("release/v2.6");
    expect((await desk(repository, "release-v2.6")).resolution.line).toBe("release-v2.6");
  });

  test("the one whose work tree is the current directory is meant", async () => {
    const repository = await two.create(makeSandbox());
    await pick(repository, "main", ["release/v2.6", "release-v2.6"]);
    const [a] = [await desk(repository, "release/v2.6"), await desk(repository, "release-v2.6")];
    a.write("loader.py", RESOLVED);
    expect(await goOn(repository, { cwd: a.path })).toMatchObject({ kind: "advanced", line: "release/v2.6" });
  });
});

describe("from any directory", () => {
  test("below the resolution's own work tree, which goes when it is over", async () => {
    const repository = await conflictStory()
      .checkout("release/v2.6")
      .commit("deep", { files: { "deep/er/file": "1\n" } })
      .checkout("main")
      .create(makeSandbox());
    const { path, write } = await stopped(repository, "main", "v2.6");
    write("loader.py", RESOLVED);
    expect((await goOn(repository, { cwd: join(path, "deep", "er") })).kind).toBe("advanced");
    expect(existsSync(path)).toBe(false);
    await expectTidy(repository);
  });

  test("of the user's work tree, below its root", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { write } = await stopped(repository, "main", "v2.6");
    write("loader.py", RESOLVED);
    mkdirSync(join(repository.path, "sub"));
    expect((await goOn(repository, { cwd: join(repository.path, "sub") })).kind).toBe("advanced");
  });

  test("of a linked work tree, and abort from there too", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const linked = repository.sandbox.path("linked");
    await repository.git(["worktree", "add", "-q", linked, "release/v2.7"]);
    await stopped(repository, "main", "v2.6");
    expect(await abort(repository, { cwd: linked })).toEqual({ kind: "aborted", line: "release/v2.6" });
  });

  test("abort and skip from within the work tree that goes", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const first = await stopped(repository, "main", "v2.6");
    await abort(repository, { cwd: first.path });
    const second = await stopped(repository, "main", "v2.6");
    expect((await skip(repository, { cwd: second.path })).kind).toBe("advanced");
    await expectTidy(repository);
  });

  test("of a bare repository", async () => {
    const repository = await conflictStory().create(makeSandbox(), { bare: true });
    const { write } = await stopped(repository, "main", "v2.6");
    write("loader.py", RESOLVED);
    expect((await goOn(repository)).kind).toBe("advanced");
    expect((await repository.git(["worktree", "list"])).split("\n")).toHaveLength(1);
  });
});

describe("what happens meanwhile", () => {
  test("the line moves: refused, nothing lost, and it goes on when the branch is put back", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { write, read } = await stopped(repository, "main", "v2.6");
    write("loader.py", RESOLVED);
    await repository.git(["switch", "-q", "release/v2.6"]);
    await repository.git(["commit", "-q", "--allow-empty", "-m", "human"]);
    const human = await tipOf(repository, "HEAD");
    await repository.git(["switch", "-q", "main"]);
    const error = await failure(goOn(repository));
    expect(error).toMatchObject({ code: "apply-refused", data: { found: human }, hint: /nothing is lost/ });
    expect(await tipOf(repository, "release/v2.6")).toBe(human);
    expect(read("loader.py")).toBe(RESOLVED);
    await repository.git(["update-ref", "refs/heads/release/v2.6", repository.oid("only 2.6")]);
    expect((await goOn(repository)).kind).toBe("advanced");
  });

  test("the work tree is removed by hand: the conflict is laid out once more, nothing is committed", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { path, resolution } = await stopped(repository, "main", "v2.6");
    rmSync(path, { recursive: true });
    expect(await goOn(repository)).toMatchObject({ kind: "laid-out", resolution });
    expect(await tipOf(repository, "release/v2.6")).toBe(repository.oid("only 2.6"));
    const again = await desk(repository, "v2.6");
    expect(again.read("loader.py")).toContain("<<<<<<<");
    again.write("loader.py", RESOLVED);
    expect((await goOn(repository)).kind).toBe("advanced");
  });

  test("a reboot: another process goes on, and a lock of the dead one is no hindrance", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { write } = await stopped(repository, "main", "v2.6");
    write("loader.py", RESOLVED);
    repository.sandbox.write("repository/.git/morello/locks/release%2Fv2.6.lock", "4194999 another-boot 1\n");
    expect((await goOn(repository)).kind).toBe("advanced");
  });

  test("a line that stopped is picked clean by another request: resolve says that nothing conflicts any more", async () => {
    const repository = await conflictStory().create(makeSandbox());
    await pick(repository, "main", "v2.6");
    await repository.git(["switch", "-q", "release/v2.6"]);
    await repository.git(["revert", "--no-edit", "HEAD"]);
    await repository.git(["switch", "-q", "main"]);
    await expect(desk(repository, "v2.6")).rejects.toThrow("There is no conflict");
    expect(results(await pick(repository, "main", "v2.6"))).toEqual(["release/v2.6: moved"]);
  });

  test("the first conflict of a pick onto many lines is no obstacle to the others", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const outcome = ran(await pick(repository, "main", "all", { keepGoing: true }));
    expect(outcome.lines.map(({ kind }) => kind)).toEqual(["moved", "moved", "stopped"]);
    const { write } = await desk(repository, null);
    write("loader.py", RESOLVED);
    await goOn(repository);
    expect(results(await pick(repository, "main", "all"))).toEqual([
      "release/v2.8: unchanged",
      "release/v2.7: unchanged",
      "release/v2.6: unchanged",
    ]);
  });
});
