import { describe, expect, test } from "vitest";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { explainConflicts } from "../../src/usecase/plan.ts";
import { censusChanges, objectCensus } from "../support/census.ts";
import { history } from "../support/history.ts";
import { finished } from "../support/process.ts";
import { copyRepository, TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { conflictStory, depsOf, failure, fixStory, kindsOn, pick, plan, text } from "./setting.ts";

const sourcesOf = (planned: Awaited<ReturnType<typeof plan>>): string[] => planned.sources.map(({ commit }) => commit);

test("a plan leaves work tree, index, configuration, refs and object store as they are, but for its cache", async () => {
  const repository = await conflictStory().create(makeSandbox());
  await plan(repository, "main", "all"); // makes the cache
  rmSync(join(repository.gitDir, "morello"), { recursive: true, force: true });
  const before = objectCensus(repository.path);
  await plan(repository, "main", "all");
  rmSync(join(repository.gitDir, "morello"), { recursive: true, force: true });
  const changes = censusChanges(before, objectCensus(repository.path));
  expect(changes.filter((change) => change !== "changed .git")).toEqual([]); // the cache came and went in there
});

describe("revisions", () => {
  const series = history()
    .commit("base", { files: { a: "1\n" } })
    .branch("release/v1.0")
    .checkout("main")
    .commit("one", { files: { one: "1\n" } })
    .commit("two", { files: { two: "2\n" } })
    .commit("three", { files: { three: "3\n" } })
    .branch("topic");

  test("A..B takes what B has and A has not, oldest first", async () => {
    const repository = await series.create(makeSandbox());
    const wanted = ["two", "three"].map((mark) => repository.oid(mark));
    expect(sourcesOf(await plan(repository, `${repository.oid("one")}..main`, "v1.0"))).toEqual(wanted);
  });

  test("A^..B takes A too", async () => {
    const repository = await series.create(makeSandbox());
    const wanted = ["one", "two", "three"].map((mark) => repository.oid(mark));
    expect(sourcesOf(await plan(repository, `${repository.oid("one")}^..main`, "v1.0"))).toEqual(wanted);
  });

  test("a branch's name is its tip", async () => {
    const repository = await series.create(makeSandbox());
    expect(sourcesOf(await plan(repository, "topic", "v1.0"))).toEqual([repository.oid("three")]);
  });

  test("an annotated tag is its commit", async () => {
    const repository = await series.fork().annotatedTag("fixed", { at: "two" }).create(makeSandbox());
    expect(sourcesOf(await plan(repository, "fixed", "v1.0"))).toEqual([repository.oid("two")]);
  });

  test("a commit named twice is picked once, and it is said by the name given", async () => {
    const repository = await series.create(makeSandbox());
    const planned = await plan(repository, ["main~1..main", "topic"], "v1.0");
    expect(sourcesOf(planned)).toEqual([repository.oid("three")]);
    expect(planned.notes).toEqual([{ kind: "duplicate-revision", revision: "topic", commit: repository.oid("three") }]);
  });

  test("a child named before its parent is put behind it, and it is said", async () => {
    const repository = await series.create(makeSandbox());
    const planned = await plan(repository, ["main", "main~1"], "v1.0");
    expect(sourcesOf(planned)).toEqual([repository.oid("two"), repository.oid("three")]);
    expect(planned.notes).toEqual([{ kind: "reordered" }]);
  });

  test("an empty range is nothing to pick", async () => {
    const repository = await series.create(makeSandbox());
    expect(await failure(plan(repository, "main..topic", "v1.0"))).toMatchObject({ code: "usage", hint: /A\^\.\.B/ });
  });

  test("a mistyped name is answered with near ones", async () => {
    const repository = await series.create(makeSandbox());
    expect(await failure(plan(repository, "topik", "v1.0"))).toMatchObject({
      code: "unknown-revision",
      hint: "did you mean topic?",
      data: { revision: "topik", nearest: ["topic"] },
    });
  });

  test("a range with a mistyped end is answered with what that end was meant to be", async () => {
    const repository = await series.create(makeSandbox());
    expect(await failure(plan(repository, "main~2..topik", "v1.0"))).toMatchObject({
      code: "unknown-revision",
      data: { nearest: ["topic"] },
    });
  });

  test("an unknown line is answered with the list", async () => {
    const repository = await series.create(makeSandbox());
    expect(await failure(plan(repository, "main", "v9.9"))).toMatchObject({
      code: "unknown-line",
      message: /release\/v1\.0/,
      data: { lines: ["release/v1.0"] },
    });
  });
});

describe("what becomes of a pick", () => {
  test("lines are planned newest first, each with its own tree and diffstat", async () => {
    const repository = await fixStory().create(makeSandbox());
    const planned = await plan(repository, "main", "all");
    expect(planned.lines.map(({ line: { name } }) => name)).toEqual(["release/v2.8", "release/v2.7"]);
    for (const { picks } of planned.lines) {
      expect(picks[0]?.outcome).toMatchObject({
        kind: "clean",
        stat: { files: 1, insertions: 1, deletions: 1 },
        paths: ["loader.py"],
      });
    }
  });

  test("an ancestor is already there, with the first tag that has it", async () => {
    const repository = await fixStory().create(makeSandbox());
    expect((await plan(repository, repository.oid("base"), "v2.8")).lines[0]?.picks[0]?.outcome).toEqual({
      kind: "already-there",
      evidence: "ancestor",
      commit: repository.oid("base"),
      tag: "v2.8.0",
    });
  });

  test("the same patch typed in by hand is already there", async () => {
    const repository = await fixStory()
      .checkout("release/v2.7")
      .commit("by hand", { files: { "loader.py": text({ 20: "limited" }) } })
      .create(makeSandbox());
    expect((await plan(repository, "main", "v2.7")).lines[0]?.picks[0]?.outcome).toMatchObject({
      kind: "already-there",
      evidence: "patch-id",
      commit: repository.oid("by hand"),
    });
  });

  test("a patch that was reverted on the line is not there", async () => {
    const repository = await fixStory().create(makeSandbox());
    await repository.git(["switch", "-q", "release/v2.7"]);
    await repository.git(["cherry-pick", "-x", repository.oid("fix")]);
    await repository.git(["revert", "--no-edit", "HEAD"]);
    expect(kindsOn(await plan(repository, "main", "v2.7"), "release/v2.7")).toEqual(["clean"]);
  });

  test("a source that is empty from the start is redundant", async () => {
    const repository = await fixStory().checkout("main").commit("empty").create(makeSandbox());
    expect((await plan(repository, "main", "v2.7")).lines[0]?.picks[0]?.outcome).toEqual({
      kind: "redundant",
      reason: "empty-source",
    });
  });

  test("a patch whose lines came in with others became empty", async () => {
    const repository = await fixStory()
      .checkout("release/v2.7")
      .commit("and more", { files: { "loader.py": text({ 20: "limited", 3: "more" }) } })
      .create(makeSandbox());
    expect((await plan(repository, "main", "v2.7")).lines[0]?.picks[0]?.outcome).toEqual({
      kind: "redundant",
      reason: "became-empty",
    });
  });

  test("a fix of files that the line never had is not applicable", async () => {
    const repository = await fixStory()
      .checkout("main")
      .commit("new module", { files: { "new/module.py": text() } })
      .commit("its fix", { files: { "new/module.py": text({ 3: "fixed" }) } })
      .create(makeSandbox());
    expect((await plan(repository, "main", "v2.7")).lines[0]?.picks[0]?.outcome).toEqual({
      kind: "not-applicable",
      missing: ["new/module.py"],
    });
  });

  test("a rename on the line is followed, and said", async () => {
    const repository = await fixStory()
      .checkout("release/v2.7")
      .commit("moved", { rename: { "loader.py": "data/loader.py" } })
      .create(makeSandbox());
    expect((await plan(repository, "main", "v2.7")).lines[0]?.picks[0]?.outcome).toMatchObject({
      kind: "clean",
      renames: [{ from: "loader.py", to: "data/loader.py" }],
      paths: ["data/loader.py"],
    });
  });

  test("a conflict names its path, kind, stages and regions with all three sides", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const outcome = (await plan(repository, "main", "v2.6")).lines[0]?.picks[0]?.outcome;
    expect(outcome).toMatchObject({
      kind: "conflict",
      paths: [
        {
          path: "loader.py",
          kind: "content",
          base: { mode: "100644", path: "loader.py" },
          regions: [{ line: 20, base: ["line 20"], ours: ["another"], theirs: ["limited"] }],
          moreRegions: 0,
        },
      ],
    });
  });

  test("the causes of a conflict are the commits of either side that touched the path", async () => {
    const repository = await conflictStory()
      .checkout("main")
      .commit("comment", { files: { "loader.py": text({ 20: "limited", 21: "why" }) } })
      .commit("second fix", { files: { "loader.py": text({ 20: "limited again", 21: "why" }) } })
      .create(makeSandbox());
    const planned = await plan(repository, "main", "v2.6");
    const said: string[] = [];
    const explained = await explainConflicts(depsOf(repository), planned, (line, _, path) =>
      said.push(`${line} ${path.path}`),
    );
    const outcome = explained.lines[0]?.picks[0]?.outcome;
    const causes = outcome?.kind === "conflict" ? outcome.paths[0]?.causes : null;
    expect(causes?.ours.map(({ subject }) => subject)).toEqual(["only 2.6"]);
    expect(causes?.theirs.map(({ subject }) => subject)).toEqual(["comment", "loader: limit the prefetch queue"]);
    expect(said).toEqual(["release/v2.6 loader.py"]);
  });

  test("modify/delete is told as such, with the side that is missing", async () => {
    const repository = await fixStory()
      .branch("release/v2.6", "base")
      .commit("gone", { files: { "loader.py": null } })
      .checkout("main")
      .commit("with another", { files: { "loader.py": text({ 20: "limited", 2: "x" }), "README": "changed\n" } })
      .create(makeSandbox());
    const outcome = (await plan(repository, "main", "v2.6")).lines[0]?.picks[0]?.outcome;
    expect(outcome).toMatchObject({
      kind: "conflict",
      paths: [{ path: "loader.py", kind: "modify/delete", ours: null, regions: [] }],
    });
  });
});

describe("a series", () => {
  const series = conflictStory()
    .commit("after", { files: { "loader.py": text({ 20: "limited", 25: "after" }) } })
    .commit("apart", { files: { "apart.txt": "apart\n" } });

  test("is planned cumulatively: the second commit stands on the first", async () => {
    const repository = await series.create(makeSandbox());
    const planned = await plan(repository, "main~3..main", "v2.7");
    const [line] = planned.lines;
    const trees = line?.picks.map(({ outcome }) => (outcome.kind === "clean" ? outcome.tree : outcome.kind)) ?? [];
    expect(new Set(trees).size).toBe(3);
    await pick(repository, "main~3..main", "v2.7");
    const landed = await repository.git(["log", "--format=%T", "--reverse", "-3", "release/v2.7"]);
    expect(landed.split("\n")).toEqual(trees);
    expect(await repository.git(["rev-parse", "release/v2.7"])).toBe(line?.result);
  });

  test("tells the first commit that stops, and the ones behind it are blocked by it", async () => {
    const repository = await series.create(makeSandbox());
    const [line] = (await plan(repository, "main~3..main", "v2.6")).lines;
    expect(line?.firstFailure).toBe(repository.oid("fix"));
    expect(line?.picks.map(({ outcome }) => outcome)).toMatchObject([
      { kind: "conflict" },
      { kind: "blocked", by: repository.oid("fix") },
      { kind: "blocked", by: repository.oid("fix") },
    ]);
    expect(line?.result).toBe(line?.onto);
  });
});

describe("what is refused", () => {
  const merged = fixStory()
    .branch("topic", "more")
    .commit("on topic", { files: { README: "topic\n" } })
    .checkout("main")
    .merge("merge", "topic");

  test("a merge commit without --mainline, with what to say", async () => {
    const repository = await merged.create(makeSandbox());
    expect((await plan(repository, "main", "v2.7")).lines[0]?.picks[0]?.outcome).toMatchObject({
      kind: "refused",
      reason: "merge-without-mainline",
      detail: /--mainline 1/,
    });
  });

  test("a mainline that an ordinary commit has not", async () => {
    const repository = await merged.create(makeSandbox());
    const planned = await plan(repository, "main^", "v2.7", { options: { mainline: 2 } });
    expect(planned.lines[0]?.picks[0]?.outcome).toMatchObject({ kind: "refused", reason: "mainline-not-a-merge" });
  });

  test("a parent that the merge has not", async () => {
    const repository = await merged.create(makeSandbox());
    const planned = await plan(repository, "main", "v2.7", { options: { mainline: 3 } });
    expect(planned.lines[0]?.picks[0]?.outcome).toMatchObject({ kind: "refused", reason: "no-such-parent" });
  });

  test("a commit whose parent a shallow clone lacks, while the lines it can be judged on go on", async () => {
    const sandbox = makeSandbox();
    const origin = await fixStory().create(sandbox);
    const path = sandbox.path("shallow");
    await sandbox.git(["clone", "-q", "--depth=1", "--no-single-branch", `file://${origin.path}`, path]);
    const repository = new TestRepository(sandbox, path, false, origin.history, origin.oids);
    expect((await plan(repository, "main", "v2.7")).lines[0]?.picks[0]?.outcome).toMatchObject({
      kind: "refused",
      reason: "shallow-history",
      detail: /git fetch --unshallow/,
    });
  });

  test("a commit whose file is missing, named, and the others of the request go on", async () => {
    const repository = await fixStory()
      .commit("apart", { files: { "apart.txt": "apart\n" } })
      .create(makeSandbox());
    const blob = await repository.git(["rev-parse", "main~1:loader.py"]);
    await loosen(repository);
    rmSync(join(repository.gitDir, "objects", blob.slice(0, 2), blob.slice(2)));
    const planned = await plan(repository, ["main~1", "main"], "all");
    const kinds = planned.lines.map(({ picks }) => picks.map(({ outcome }) => outcome.kind));
    expect(kinds).toEqual([
      ["refused", "blocked"],
      ["refused", "blocked"],
    ]);
    expect(planned.lines[0]?.picks[0]?.outcome).toMatchObject({
      reason: "object-missing",
      detail: expect.stringContaining(blob) as string,
    });
    expect(kindsOn(await plan(repository, "main", "all"), "release/v2.7")).toEqual(["clean"]);
  });
});

/** Unpacks what `fast-import` packed, so that single objects can go. */
async function loosen(repository: TestRepository): Promise<void> {
  const directory = join(repository.gitDir, "objects", "pack");
  const packs = readdirSync(directory).filter((name) => name.endsWith(".pack"));
  const contents = packs.map((name) => readFileSync(join(directory, name)));
  rmSync(directory, { recursive: true });
  for (const input of contents) await repository.git(["unpack-objects", "-q"], { input });
}

describe("a second plan", () => {
  test("uses what the first one found out, and is the same to the last detail", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const first = await plan(repository, "main", "all");
    expect(await plan(repository, "main", "all")).toEqual(first);
  });

  test("asks git for no merge", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const { sandbox } = repository;
    const log = sandbox.path("log");
    const git = (await finished("sh", ["-c", "command -v git"], { cwd: "/", env: sandbox.env })).stdout
      .toString()
      .trim();
    sandbox.write("bin/git", `#!/bin/sh\nprintf '%s\\n' "$*" >> '${log}'\nexec ${git} "$@"\n`, 0o755);
    const env = { PATH: `${sandbox.path("bin")}:${sandbox.env["PATH"] ?? ""}` };
    const merges = async (): Promise<number> => {
      writeFileSync(log, "");
      await plan(repository, "main", "all", { env });
      return readFileSync(log, "utf8").split("merge-tree").length - 1;
    };
    expect(await merges()).toBeGreaterThan(0);
    expect(await merges()).toBe(0);
  });

  test("of a series is the same too, and the same as in a copy that never planned", async () => {
    const sandbox = makeSandbox();
    const repository = await conflictStory()
      .commit("after", { files: { "loader.py": text({ 20: "limited", 25: "after" }) } })
      .commit("apart", { files: { "apart.txt": "apart\n" }, rename: { README: "docs/README" } })
      .create(sandbox);
    const fresh = await copyRepository(repository, sandbox);
    const first = await plan(repository, "main~3..main", "all");
    expect(await plan(repository, "main~3..main", "all")).toEqual(first);
    expect(await plan(fresh, "main~3..main", "all")).toEqual(first);
  });

  test("can be applied: what is remembered is no substitute for objects", async () => {
    const repository = await fixStory().create(makeSandbox());
    await plan(repository, "main", "all");
    await plan(repository, "main", "all");
    await pick(repository, "main", "all");
    expect(await repository.git(["show", "release/v2.8:loader.py"])).toBe(text({ 20: "limited" }).trimEnd());
  });
});
