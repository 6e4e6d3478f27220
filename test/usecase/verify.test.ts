import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verifyPlan } from "../../src/usecase/verifying/verify-plan.ts";
import { verify, type VerifyInput } from "../../src/usecase/verify.ts";
import type { VerifyOutcome } from "../../src/wire/verify.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { goOn, skip, stopped } from "./resolving.ts";
import { conflictStory, depsOf, failure, fixStory, pick, plan, ran, results, text, VERIFY } from "./setting.ts";
import { configuration, configured, person, verdictOn, verdicts, verifiedStory } from "./verifying.ts";

const refsOf = (repository: TestRepository): Promise<string> => repository.git(["for-each-ref"]);

/** Checkouts and scratch repositories. */
function leftovers({ sandbox }: TestRepository): string[] {
  return readdirSync(sandbox.path("tmp")).filter((name) => name.startsWith("morello-"));
}

function verifyLines(
  repository: TestRepository,
  lines: string[],
  more: Partial<VerifyInput> = {},
): Promise<VerifyOutcome> {
  return verify(depsOf(repository), { ...VERIFY, lines, revision: null, ...more });
}

/** A command that adds a line to a file outside the checkout each time it runs. */
const counting = (repository: TestRepository, rest = "true"): string =>
  `echo run >> '${repository.path}/../runs'; ${rest}`;

function runs({ sandbox }: TestRepository): number {
  return existsSync(sandbox.path("runs")) ? readFileSync(sandbox.path("runs"), "utf8").split("\n").length - 1 : 0;
}

async function setCommand(repository: TestRepository, command: string, mark: string): Promise<void> {
  const files = { "morello.yaml": configuration({ "release/*": command }) };
  await repository.extend((more) => more.checkout("main").commit(mark, { files }));
}

describe("a pick", () => {
  test("moves a line whose command passes on what the line would hold", async () => {
    const command = "grep -qx limited loader.py && grep -qx 7 seven.txt && test ! -e more.txt";
    const repository = await verifiedStory({ "release/v2.7": command }).create(makeSandbox());
    const outcome = await pick(repository, repository.oid("fix"), "v2.7");
    expect(results(outcome)).toEqual(["release/v2.7: moved"]);
    expect(verdictOn(outcome, "release/v2.7")).toMatchObject({
      kind: "passed",
      status: 0,
      tree: await repository.git(["rev-parse", "release/v2.7^{tree}"]),
      command,
      cached: false,
      tail: [],
    });
    expect(leftovers(repository)).toEqual([]);
    await fsck(repository);
  });

  test("moves nothing where a command fails, and shows the end of what it wrote", async () => {
    const repository = await verifiedStory({ "release/v2.7": "echo one; echo two >&2; exit 3" }).create(makeSandbox());
    const refs = await refsOf(repository);
    const outcome = await pick(repository, repository.oid("fix"), "all");
    expect(outcome.kind).toBe("stopped");
    expect(results(outcome)).toEqual(["release/v2.8: held-back", "release/v2.7: stopped"]);
    const verdict = verdictOn(outcome, "release/v2.7");
    expect(verdict).toMatchObject({ kind: "failed", status: 3, tail: ["one", "two"] });
    expect(readFileSync(verdict.output ?? "", "utf8")).toBe("one\ntwo\n");
    expect(await refsOf(repository)).toBe(refs);
    expect(leftovers(repository)).toEqual([]);
  });

  test("with --keep-going moves the lines that passed or have no command", async () => {
    const story = verifiedStory({ "release/v2.6": "false", "release/v2.7": "true" });
    const repository = await story
      .branch("release/v2.6", "base")
      .commit("only 2.6")
      .checkout("main")
      .create(makeSandbox());
    const outcome = await pick(repository, repository.oid("fix"), "all", { keepGoing: true });
    expect(outcome.kind).toBe("stopped");
    expect(results(outcome)).toEqual(["release/v2.8: moved", "release/v2.7: moved", "release/v2.6: stopped"]);
    expect(verdicts(outcome)).toEqual(["release/v2.7: passed", "release/v2.6: failed"]);
  });

  test("runs no command where a conflict holds all back, nor for a line that stops", async () => {
    const story = configured(conflictStory(), { "release/*": `echo run >> "$RUNS"` });
    const repository = await story.create(makeSandbox());
    const env = { RUNS: repository.sandbox.path("runs") };
    expect((await pick(repository, repository.oid("fix"), "all", { env })).kind).toBe("stopped");
    expect(runs(repository)).toBe(0);
    await pick(repository, repository.oid("fix"), "all", { env, keepGoing: true });
    expect(runs(repository)).toBe(2);
  });

  test("runs no command where nothing is to be done", async () => {
    const repository = await verifiedStory({ "release/*": "true" }).create(makeSandbox());
    await pick(repository, repository.oid("fix"), "all");
    const { asked, verify: options } = person(false);
    const outcome = await pick(repository, repository.oid("fix"), "all", { verify: options });
    expect([outcome.kind, verdicts(outcome), asked]).toEqual(["applied", [], []]);
  });

  test("of a series verifies what the line holds in the end, and names all that was picked", async () => {
    const command = `echo "$MORELLO_LINE $MORELLO_TREE $MORELLO_SOURCE" > "$SAID"; grep -q second more.txt`;
    const story = fixStory().commit("second", { files: { "more.txt": "second\n" } });
    const repository = await configured(story, { "release/v2.7": command }).create(makeSandbox());
    const SAID = repository.sandbox.path("said");
    const sources = ["more", "fix", "second"].map((mark) => repository.oid(mark));
    const outcome = await pick(repository, sources, "v2.7", { env: { SAID } });
    expect(results(outcome)).toEqual(["release/v2.7: moved"]);
    const tree = await repository.git(["rev-parse", "release/v2.7^{tree}"]);
    expect(readFileSync(SAID, "utf8")).toBe(`release/v2.7 ${tree} ${sources.join(" ")}\n`);
  });

  test("with --no-verify moves, and says that nothing was verified", async () => {
    const repository = await verifiedStory({ "release/*": "false" }).create(makeSandbox());
    const { asked, verify: options } = person(false, { run: false });
    const outcome = await pick(repository, repository.oid("fix"), "all", { verify: options });
    expect(results(outcome)).toEqual(["release/v2.8: moved", "release/v2.7: moved"]);
    expect(verdicts(outcome)).toEqual(["release/v2.8: skipped", "release/v2.7: skipped"]);
    expect(asked).toEqual([]);
  });

  test("holds back a line that takes the fix from one that did not pass", async () => {
    const repository = await verifiedStory({ "release/v2.8": "false", "release/v2.7": "true" }).create(makeSandbox());
    const refs = await refsOf(repository);
    const options = { via: "nearest" } as const;
    const outcome = await pick(repository, repository.oid("fix"), "all", { keepGoing: true, options });
    expect(results(outcome)).toEqual(["release/v2.8: stopped", "release/v2.7: held-back"]);
    expect(await refsOf(repository)).toBe(refs);
  });

  test.each([
    [125, "cannot tell"],
    [126, "cannot be executed"],
    [127, "is not there"],
  ])("whose command ends with %d counts as not verified, and moves nothing", async (status, reason) => {
    const repository = await verifiedStory({ "release/v2.7": `exit ${status}` }).create(makeSandbox());
    const outcome = await pick(repository, repository.oid("fix"), "v2.7");
    expect(results(outcome)).toEqual(["release/v2.7: stopped"]);
    expect(verdictOn(outcome, "release/v2.7")).toMatchObject({ kind: "could-not-run", status });
    expect(verdictOn(outcome, "release/v2.7").reason).toContain(reason);
  });

  test("whose command does not end in time moves nothing", async () => {
    const setting = { command: "echo begun; sleep 1000", timeLimit: "1s" };
    const repository = await verifiedStory({ "release/v2.7": setting }).create(makeSandbox());
    const outcome = await pick(repository, repository.oid("fix"), "v2.7");
    expect(results(outcome)).toEqual(["release/v2.7: stopped"]);
    expect(verdictOn(outcome, "release/v2.7")).toMatchObject({ kind: "timed-out", status: null, tail: ["begun"] });
  });

  test("takes the command from the default branch, never from the commits that are picked or from the line", async () => {
    const own = { "morello.yaml": configuration({ "release/*": "touch ../../evil" }) };
    const repository = await fixStory()
      .commit("evil", { files: own })
      .branch("release/v2.9", "base")
      .commit("evil line", { files: own })
      .checkout("main")
      .commit("configuration", { files: { "morello.yaml": configuration({ "release/*": "test -e morello.yaml" }) } })
      .create(makeSandbox());
    const { asked, verify: options } = person(true);
    const outcome = await pick(repository, repository.oid("evil"), "v2.8", { verify: options });
    expect(asked.map(({ command }) => command)).toEqual(["test -e morello.yaml"]);
    expect(results(outcome)).toEqual(["release/v2.8: moved"]);
  });
});

describe("where a command runs", () => {
  test("git finds no repository there, and no variable of git's is left", async () => {
    const command = `! git rev-parse --git-dir 2>/dev/null && ! env | grep '^GIT_' | grep -v CEILING`;
    const repository = await verifiedStory({ "release/v2.7": command }).create(makeSandbox());
    const env = { GIT_DIR: repository.gitDir, GIT_SSH_COMMAND: "false" };
    expect(verdicts(await pick(repository, repository.oid("fix"), "v2.7", { env }))).toEqual(["release/v2.7: passed"]);
  });

  test("the rest of the user's environment is there", async () => {
    const repository = await verifiedStory({ "release/v2.7": 'test "$MINE" = "a b"' }).create(makeSandbox());
    const outcome = await pick(repository, repository.oid("fix"), "v2.7", { env: { MINE: "a b" } });
    expect(verdicts(outcome)).toEqual(["release/v2.7: passed"]);
  });

  test.skipIf(availableParallelism() < 2)("two lines run side by side, each in a directory of its own", async () => {
    // Each waits until the other has begun, so that one after the other would never end.
    const command = `touch "$MEET/$(echo "$MORELLO_LINE" | tr / -)"; pwd >> "$MEET/where"
      until test -e "$MEET/release-v2.7" && test -e "$MEET/release-v2.8"; do sleep 0.05; done`;
    const repository = await verifiedStory({ "release/*": { command, timeLimit: "20s" } }).create(makeSandbox());
    const MEET = repository.sandbox.path("tmp");
    const outcome = await pick(repository, repository.oid("fix"), "all", { env: { MEET } });
    expect(verdicts(outcome)).toEqual(["release/v2.8: passed", "release/v2.7: passed"]);
    expect(new Set(readFileSync(join(MEET, "where"), "utf8").trim().split("\n")).size).toBe(2);
  });

  test("submodules and filtered files are counted, for a person to know", async () => {
    const files = {
      ".gitattributes": "*.bin filter=lfs diff=lfs merge=lfs -text\n",
      "model.bin": "version https://git-lfs.github.com/spec/v1\n",
      "vendor/lib": { submodule: "a library" },
    };
    const story = verifiedStory({ "release/v2.9": "test -d vendor/lib" });
    const repository = await story
      .branch("release/v2.9", "base")
      .commit("only 2.9", { files })
      .checkout("main")
      .create(makeSandbox());
    const outcome = await pick(repository, repository.oid("fix"), "v2.9");
    expect(verdictOn(outcome, "release/v2.9")).toMatchObject({
      kind: "passed",
      leftOut: { submodules: 1, filtered: 1 },
    });
  });

  test("a line with an odd name keeps its output in a file of its own", async () => {
    const name = `odd/ümläut$(touch)'"&;x`;
    const repository = await configured(fixStory(), { "odd/*": "echo said" })
      .branch(name, "base")
      .commit("odd")
      .checkout("main")
      .create(makeSandbox());
    const verdict = verdictOn(await pick(repository, repository.oid("fix"), name), name);
    expect(verdict.kind).toBe("passed");
    expect(readFileSync(verdict.output ?? "", "utf8")).toBe("said\n");
  });

  test("of the files that keep output, the oldest go", async () => {
    const repository = await verifiedStory({ "release/v2.7": "true" }).create(makeSandbox());
    const directory = join(repository.gitDir, "morello", "verify");
    await pick(repository, repository.oid("fix"), "v2.7");
    for (let n = 0; n < 60; n++) {
      writeFileSync(join(directory, `old-${n}.txt`), "");
      utimesSync(join(directory, `old-${n}.txt`), n, n);
    }
    await verifyLines(repository, ["v2.7"], { again: true });
    const kept = readdirSync(directory);
    expect(kept).toHaveLength(50);
    expect(kept).not.toContain("old-5.txt");
    expect(kept).toContain("old-59.txt");
  });
});

describe("a result", () => {
  test("that passed is known the next time; --again runs the command all the same", async () => {
    const repository = await fixStory().create(makeSandbox());
    await setCommand(repository, counting(repository), "configuration");
    for (const [again, cached, count] of [
      [false, false, 1],
      [false, true, 1],
      [true, false, 2],
    ] as const) {
      const { results: found } = await verifyLines(repository, ["v2.7"], { again });
      expect(found).toMatchObject([{ kind: "passed", cached }]);
      expect(runs(repository)).toBe(count);
    }
  });

  test("that did not pass is looked at again", async () => {
    const repository = await fixStory().create(makeSandbox());
    await setCommand(repository, counting(repository, "false"), "configuration");
    for (const count of [1, 2]) {
      expect((await verifyLines(repository, ["v2.7"])).results).toMatchObject([{ kind: "failed", cached: false }]);
      expect(runs(repository)).toBe(count);
    }
  });

  test("is another for another command", async () => {
    const repository = await verifiedStory({ "release/*": "true" }).create(makeSandbox());
    await verifyLines(repository, ["v2.7"]);
    await setCommand(repository, "true ", "the same for a shell");
    expect((await verifyLines(repository, ["v2.7"])).results).toMatchObject([{ kind: "passed", cached: false }]);
  });

  test("of plan --verify is taken over by the pick", async () => {
    const repository = await fixStory().create(makeSandbox());
    await setCommand(repository, counting(repository), "configuration");
    const planned = await plan(repository, repository.oid("fix"), "all");
    const refs = await refsOf(repository);
    expect(await verifyPlan(depsOf(repository), planned, VERIFY)).toMatchObject([
      { kind: "passed" },
      { kind: "passed" },
    ]);
    expect(await refsOf(repository)).toBe(refs);
    const outcome = await pick(repository, repository.oid("fix"), "all");
    expect(ran(outcome).lines.map((line) => line.verify?.cached)).toEqual([true, true]);
    expect(runs(repository)).toBe(2);
  });
});

describe("a command that comes with the repository", () => {
  test("is shown once, with where it stands, and remembered", async () => {
    const repository = await verifiedStory({ "release/*": "true" }).create(makeSandbox());
    const { asked, verify: options } = person(true);
    await pick(repository, repository.oid("fix"), "v2.7", { verify: options });
    await pick(repository, repository.oid("more"), "v2.7", { verify: options });
    await pick(repository, repository.oid("fix"), "v2.8", { verify: options });
    const commit = repository.oid("configuration");
    expect(asked).toEqual([{ lines: ["release/v2.7"], command: "true", file: "morello.yaml", commit, before: null }]);
  });

  test("is asked about again when it has changed, with what was allowed before", async () => {
    const repository = await verifiedStory({ "release/*": "true" }).create(makeSandbox());
    await verifyLines(repository, ["v2.7"]);
    await setCommand(repository, "true; true", "changed");
    const { asked, verify: options } = person(true);
    await verifyLines(repository, ["v2.7"], options);
    expect(asked).toMatchObject([{ command: "true; true", before: "true", commit: repository.oid("changed") }]);
    await setCommand(repository, "true", "changed back");
    await verifyLines(repository, ["v2.7"], options);
    expect(asked).toHaveLength(1);
  });

  test("does not run when a person says no, and nothing moves", async () => {
    const repository = await fixStory().create(makeSandbox());
    await setCommand(repository, counting(repository), "configuration");
    const refs = await refsOf(repository);
    const { verify: options } = person(false);
    const outcome = await pick(repository, repository.oid("fix"), "v2.7", { verify: options });
    expect([results(outcome), verdicts(outcome)]).toEqual([["release/v2.7: stopped"], ["release/v2.7: not-allowed"]]);
    expect(await refsOf(repository)).toBe(refs);
    expect(runs(repository)).toBe(0);
    const later = person(true);
    await pick(repository, repository.oid("fix"), "v2.7", { verify: later.verify });
    expect(later.asked).toHaveLength(1);
  });

  test("of several lines is asked about once for each command", async () => {
    const repository = await verifiedStory({ "release/*": "true" })
      .branch("release/v2.6", "base")
      .commit("only 2.6")
      .checkout("main")
      .commit("other", {
        files: { "morello.yaml": configuration({ "release/*": "true", "release/v2.7": "true; true" }) },
      })
      .create(makeSandbox());
    const { asked, verify: options } = person(true);
    await pick(repository, repository.oid("fix"), "all", { verify: options });
    expect(asked.map(({ lines, command }) => [command, ...lines])).toEqual([
      ["true", "release/v2.8", "release/v2.6"],
      ["true; true", "release/v2.7"],
    ]);
  });

  test("never runs in a server hook, allowed or not", async () => {
    const repository = await verifiedStory({ "release/*": "true" }).create(makeSandbox());
    await verifyLines(repository, ["v2.7"]);
    const env = { GIT_QUARANTINE_PATH: join(repository.gitDir, "objects") };
    const refs = await refsOf(repository);
    expect(await failure(pick(repository, repository.oid("fix"), "v2.7", { env }))).toMatchObject({
      code: "consent-needed",
      message: "A server hook never runs a verify command",
    });
    expect(await refsOf(repository)).toBe(refs);
  });
});

describe("a resolution", () => {
  const command = "! grep -q broken loader.py";

  test("lands only if the line's command passes, and stays laid out until then", async () => {
    const repository = await configured(conflictStory(), { "release/v2.6": command }).create(makeSandbox());
    const desk = await stopped(repository, repository.oid("fix"), "release/v2.6");
    const before = await repository.git(["rev-parse", "release/v2.6"]);
    desk.write("loader.py", text({ 20: "broken" }));
    expect(await failure(goOn(repository))).toMatchObject({
      code: "verify-failed",
      data: { verify: { kind: "failed" } },
    });
    expect(await repository.git(["rev-parse", "release/v2.6"])).toBe(before);
    desk.write("loader.py", text({ 20: "mended" }));
    expect(await goOn(repository)).toMatchObject({ kind: "advanced", line: "release/v2.6" });
    expect(await repository.git(["show", "release/v2.6:loader.py"])).toContain("mended");
  });

  test("lands without it when it is told to", async () => {
    const repository = await configured(conflictStory(), { "release/v2.6": command }).create(makeSandbox());
    const desk = await stopped(repository, repository.oid("fix"), "release/v2.6");
    desk.write("loader.py", text({ 20: "broken" }));
    expect(await goOn(repository, { verify: { ...VERIFY, run: false } })).toMatchObject({ kind: "advanced" });
  });

  test("that is skipped with nothing landed needs no command", async () => {
    const repository = await configured(conflictStory(), { "release/v2.6": "false" }).create(makeSandbox());
    await stopped(repository, repository.oid("fix"), "release/v2.6");
    expect(await skip(repository)).toMatchObject({ kind: "advanced", landed: [] });
  });
});

describe("morello verify", () => {
  test("runs the commands of the maintained lines that have one, on their tips", async () => {
    const repository = await verifiedStory({ "release/v2.7": "test -e seven.txt" }).create(makeSandbox());
    const { results: found } = await verifyLines(repository, []);
    const tree = await repository.git(["rev-parse", "release/v2.7^{tree}"]);
    expect(found).toMatchObject([{ line: "release/v2.7", kind: "passed", tree }]);
  });

  test("runs a line's command on another commit", async () => {
    const repository = await verifiedStory({ "release/v2.7": "test -e more.txt" }).create(makeSandbox());
    expect((await verifyLines(repository, ["v2.7"])).results).toMatchObject([{ kind: "failed" }]);
    expect((await verifyLines(repository, ["v2.7"], { revision: "main" })).results).toMatchObject([{ kind: "passed" }]);
  });

  test.each([
    ["a line without a command", ["v2.8"], null, "nothing-to-do"],
    ["a line that is not there", ["v9.9"], null, "unknown-line"],
    ["a commit that is not there", ["v2.7"], "no-such", "unknown-revision"],
    ["a range", ["v2.7"], "v2.8.0~1..main", "unknown-revision"],
  ])("refuses %s", async (_what, lines, revision, code) => {
    const repository = await verifiedStory({ "release/v2.7": "true" }).create(makeSandbox());
    expect(await failure(verifyLines(repository, lines, { revision }))).toMatchObject({ code });
  });

  test("says that it cannot tell where a file is missing from the repository", async () => {
    const repository = await verifiedStory({ "release/v2.7": "true" }).create(makeSandbox());
    await repository.git(["repack", "-adq"]);
    const clone = repository.sandbox.path("partial");
    const source = `file://${repository.path}`;
    await repository.git(["config", "uploadpack.allowFilter", "true"]);
    await repository.git(["config", "uploadpack.allowAnySHA1InWant", "true"]);
    await repository.sandbox.git(["clone", "-q", "--bare", "--filter=blob:limit=100", source, clone]);
    const { results: found } = await verify(
      { ...depsOf(repository), cwd: clone },
      { ...VERIFY, lines: ["v2.7"], revision: null },
    );
    expect(found).toMatchObject([{ kind: "could-not-run", status: null }]);
    expect(found[0]?.reason).toContain("cannot be checked out");
  });
});

test("a stop while commands run ends them, moves nothing and leaves nothing", { timeout: 60_000 }, async () => {
  const stopping = new AbortController();
  const repository = await verifiedStory({ "release/*": 'touch "$BEGUN"; sleep 1000' }).create(makeSandbox());
  const BEGUN = repository.sandbox.path("begun");
  const refs = await refsOf(repository);
  const planned = await plan(repository, repository.oid("fix"), "all");
  const deps = { ...depsOf(repository, { env: { BEGUN } }), signal: stopping.signal };
  const running = verifyPlan(deps, planned, VERIFY);
  while (!existsSync(BEGUN)) await new Promise((resolve) => setTimeout(resolve, 10));
  stopping.abort();
  await expect(running).rejects.toThrow("aborted");
  expect(leftovers(repository)).toEqual([]);
  expect(await refsOf(repository)).toBe(refs);
});
