import { describe, expect, test } from "vitest";
import type { PickQuestion } from "../../src/usecase/pick.ts";
import { AUTHOR, COMMITTER } from "../support/environment.ts";
import { fsck, type TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { conflictStory, failure, fixStory, NOW, pick, plan, ran, results, text } from "./setting.ts";

const messageOf = (repository: TestRepository, commit: string): Promise<string> =>
  repository.git(["log", "-1", "--format=%B", commit]);

const refsOf = (repository: TestRepository): Promise<string> =>
  repository.git(["for-each-ref", "refs/heads", "refs/tags"]);

const picksOn = (repository: TestRepository, line: string): Promise<string> =>
  repository.git([
    "rev-list",
    "--count",
    "--fixed-strings",
    `--grep=cherry picked from commit ${repository.oid("fix")}`,
    line,
  ]);

test("a pick moves the line by one commit: author kept, committer asked for, the source named in full", async () => {
  const repository = await fixStory().create(makeSandbox());
  const env = { GIT_COMMITTER_NAME: "Release Bot", GIT_COMMITTER_EMAIL: "bot@example.com" };
  expect(results(await pick(repository, "main", "v2.7", { env }))).toEqual(["release/v2.7: moved"]);
  expect(await repository.git(["log", "-1", "--format=%P|%an <%ae> %ad|%cn <%ce>", "--date=raw", "release/v2.7"])).toBe(
    `${repository.oid("only 2.7")}|${AUTHOR.name} <${AUTHOR.email}> ${dateOf(repository, "fix")}|Release Bot <bot@example.com>`,
  );
  expect(await messageOf(repository, "release/v2.7")).toBe(
    `loader: limit the prefetch queue\n\nIt grew without end.\n\n(cherry picked from commit ${repository.oid("fix")})\n`,
  );
  await fsck(repository);
});

function dateOf(repository: TestRepository, mark: string): string {
  return repository.history.commits.get(mark)?.author.date ?? "";
}

describe("all or nothing", () => {
  test("a conflict on one line holds all back", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const refs = await refsOf(repository);
    const outcome = await pick(repository, "main", "all");
    expect(outcome.kind).toBe("stopped");
    expect(results(outcome)).toEqual(["release/v2.8: held-back", "release/v2.7: held-back", "release/v2.6: stopped"]);
    expect(ran(outcome).lines.map(({ next }) => next)).toEqual([null, null, "morello resolve release/v2.6"]);
    expect(await refsOf(repository)).toBe(refs);
  });

  test("a pick that is not applicable holds all back", async () => {
    const repository = await fixStory()
      .commit("module", { files: { "module.py": text() } })
      .commit("its fix", { files: { "module.py": text({ 3: "x" }) } })
      .branch("release/v2.9", "module")
      .create(makeSandbox());
    expect(results(await pick(repository, repository.oid("its fix"), "all"))).toEqual([
      "release/v2.9: held-back",
      "release/v2.8: stopped",
      "release/v2.7: stopped",
    ]);
  });

  test("--keep-going moves the clean lines and still counts as stopped", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const outcome = await pick(repository, "main", "all", { keepGoing: true });
    expect(outcome.kind).toBe("stopped");
    expect(results(outcome)).toEqual(["release/v2.8: moved", "release/v2.7: moved", "release/v2.6: stopped"]);
    expect(await picksOn(repository, "release/v2.8")).toBe("1");
  });

  test("a second run finishes what the first one could not", async () => {
    const repository = await conflictStory().create(makeSandbox());
    await pick(repository, "main", "all", { keepGoing: true });
    await repository.git(["switch", "-q", "release/v2.6"]);
    await repository.git(["revert", "--no-edit", "HEAD"]);
    const outcome = await pick(repository, "main", "all");
    expect(outcome.kind).toBe("applied");
    expect(results(outcome)).toEqual(["release/v2.8: unchanged", "release/v2.7: unchanged", "release/v2.6: moved"]);
  });

  test("a series that stops half way moves nothing of the line", async () => {
    const repository = await conflictStory().create(makeSandbox());
    const outcome = await pick(repository, "main~2..main", "v2.6", { keepGoing: true });
    expect(results(outcome)).toEqual(["release/v2.6: stopped"]);
    expect(await repository.git(["rev-parse", "release/v2.6"])).toBe(repository.oid("only 2.6"));
  });
});

describe("the same request twice", () => {
  test("is one commit, and a success that says it was recorded", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "all");
    const refs = await refsOf(repository);
    const outcome = await pick(repository, "main", "all", {
      now: NOW + 3600,
      env: { GIT_COMMITTER_DATE: undefined },
    });
    expect(outcome.kind).toBe("applied");
    expect(results(outcome)).toEqual(["release/v2.8: unchanged", "release/v2.7: unchanged"]);
    expect(ran(outcome).lines[0]?.picks[0]?.outcome).toMatchObject({ kind: "already-there", evidence: "recorded" });
    expect(await refsOf(repository)).toBe(refs);
  });

  test("is known in a fresh clone too, by its patch", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "v2.7");
    await repository.git(["clone", "-q", "--bare", ".", "../clone.git"]);
    const planned = await plan(repository, "main", "v2.7", { cwd: repository.sandbox.path("clone.git") });
    expect(planned.lines[0]?.picks[0]?.outcome).toMatchObject({ kind: "already-there", evidence: "patch-id" });
  });

  test("after the pick was reverted by hand picks it again", async () => {
    const repository = await fixStory().create(makeSandbox());
    await pick(repository, "main", "v2.7");
    await repository.git(["switch", "-q", "release/v2.7"]);
    await repository.git(["revert", "--no-edit", "HEAD"]);
    expect(results(await pick(repository, "main", "v2.7"))).toEqual(["release/v2.7: moved"]);
  });
});

describe("a pure function", () => {
  test("has the same object IDs in clones, time zones and locales", async () => {
    const sandbox = makeSandbox();
    const environments = [
      {},
      { TZ: "Asia/Kolkata", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" },
      { TZ: "America/St_Johns", LC_ALL: undefined, LANG: "ja_JP.eucJP" },
    ];
    const ids = await Promise.all(
      environments.map(async (env, n) => {
        const repository = await fixStory().create(sandbox, { name: `clone-${n}`, bare: n === 2 });
        await pick(repository, "main", "all", { env, now: NOW + n });
        return repository.git(["for-each-ref", "refs/heads/release"]);
      }),
    );
    expect(new Set(ids).size).toBe(1);
  });

  test("is not moved by the user's git configuration", async () => {
    const sandbox = makeSandbox();
    const plain = await fixStory().create(sandbox, { name: "plain" });
    const odd = await fixStory().create(sandbox, { name: "odd" });
    const settings = {
      "i18n.commitEncoding": "iso-8859-1",
      "commit.cleanup": "strip",
      "merge.renames": "false",
      "diff.algorithm": "patience",
      "core.autocrlf": "true",
      "core.commentChar": "l",
      "trailer.separators": "#",
    };
    for (const [key, value] of Object.entries(settings)) await odd.git(["config", key, value]);
    for (const repository of [plain, odd]) await pick(repository, "main", "all");
    expect(await odd.git(["for-each-ref", "refs/heads/release"])).toBe(
      await plain.git(["for-each-ref", "refs/heads/release"]),
    );
  });
});

describe("the message", () => {
  test("takes trailers in the order given, behind the source and before the sign-off", async () => {
    const repository = await fixStory().create(makeSandbox());
    const trailers = [
      { key: "Backport-of", value: "#4711" },
      { key: "Fixes", value: "leak" },
    ];
    await pick(repository, "main", "v2.7", { options: { trailers, signoff: true } });
    expect((await messageOf(repository, "release/v2.7")).split("\n\n").at(-1)).toBe(
      `(cherry picked from commit ${repository.oid("fix")})\nBackport-of: #4711\nFixes: leak\nSigned-off-by: ${COMMITTER.name} <${COMMITTER.email}>\n`,
    );
  });

  test("joins a trailer block that the source has", async () => {
    const repository = await fixStory()
      .commit("signed", { message: "subject\n\nbody\n\nReviewed-by: R <r@example.com>\n", files: { s: "1\n" } })
      .create(makeSandbox());
    await pick(repository, "main", "v2.7");
    expect(await messageOf(repository, "release/v2.7")).toBe(
      `subject\n\nbody\n\nReviewed-by: R <r@example.com>\n(cherry picked from commit ${repository.oid("signed")})\n`,
    );
  });

  test("that a person edits once is used on every line, with its source line", async () => {
    const repository = await fixStory().create(makeSandbox());
    const seen: string[] = [];
    await pick(repository, "main", "all", { edit: (message) => (seen.push(message), Promise.resolve("my words\n")) });
    expect(seen).toEqual(["loader: limit the prefetch queue\n\nIt grew without end.\n"]);
    for (const line of ["release/v2.7", "release/v2.8"]) {
      expect(await messageOf(repository, line)).toBe(
        `my words\n\n(cherry picked from commit ${repository.oid("fix")})\n`,
      );
    }
  });
});

describe("questions", () => {
  const series = fixStory()
    .commit("second", { files: { "second.txt": "2\n" } })
    .commit("third", { files: { "third.txt": "3\n" } });

  test("a plan that is declined moves nothing", async () => {
    const repository = await series.create(makeSandbox());
    const refs = await refsOf(repository);
    expect((await pick(repository, "main", "all", { confirm: () => Promise.resolve(false) })).kind).toBe("declined");
    expect(await refsOf(repository)).toBe(refs);
  });

  test("--each shows every commit with its diff on the line", async () => {
    const repository = await series.create(makeSandbox());
    const asked: PickQuestion[] = [];
    await pick(repository, "main~3..main", "v2.7", {
      each: true,
      confirmPick: (question) => (asked.push(question), Promise.resolve("yes")),
    });
    expect(asked.map(({ line, source }) => `${line} ${source.subject}`)).toEqual([
      "release/v2.7 loader: limit the prefetch queue",
      "release/v2.7 second",
      "release/v2.7 third",
    ]);
    expect(asked[0]?.diff).toContain("-line 20\n+limited\n");
  });

  test("a commit that is declined is left out, and the rest of the series is picked without it", async () => {
    const repository = await series.create(makeSandbox());
    await pick(repository, "main~3..main", "v2.7", {
      each: true,
      confirmPick: ({ source }) => Promise.resolve(source.subject === "second" ? "no" : "yes"),
    });
    expect(await repository.git(["log", "-2", "--format=%s", "release/v2.7"])).toBe(
      "third\nloader: limit the prefetch queue",
    );
    expect(await repository.git(["ls-tree", "--name-only", "release/v2.7"])).not.toContain("second.txt");
  });

  test("quitting at the second commit moves nothing at all", async () => {
    const repository = await series.create(makeSandbox());
    const refs = await refsOf(repository);
    let asked = 0;
    const outcome = await pick(repository, "main~3..main", "all", {
      each: true,
      confirmPick: () => Promise.resolve(++asked === 2 ? "quit" : "yes"),
    });
    expect(outcome.kind).toBe("declined");
    expect(await refsOf(repository)).toBe(refs);
  });

  test("a line that asks for each in morello.yaml is asked for, the others are not", async () => {
    const repository = await series
      .fork()
      .commit("configuration", { files: { "morello.yaml": "lines:\n  - pattern: release/v2.8\n    confirm: each\n" } })
      .create(makeSandbox());
    const asked: string[] = [];
    await pick(repository, repository.oid("fix"), "all", {
      confirmPick: ({ line }) => (asked.push(line), Promise.resolve("yes")),
    });
    expect(asked).toEqual(["release/v2.8"]);
  });
});

test("a human commit that appears while the question is open is kept, and the pick says what moved", async () => {
  const repository = await fixStory().create(makeSandbox());
  const confirm = async (): Promise<boolean> => {
    await repository.extend((more) => more.checkout("release/v2.7").commit("human", { files: { human: "1\n" } }));
    return true;
  };
  expect(await pick(repository, "main", "all", { confirm })).toMatchObject({
    kind: "stale",
    moved: [{ line: "release/v2.7", expected: repository.oid("only 2.7"), found: repository.oid("human") }],
  });
  expect(await repository.git(["rev-parse", "release/v2.7", "release/v2.8"])).toBe(
    `${repository.oid("human")}\n${repository.oid("only 2.8")}`,
  );
});

test("the same pick that another run lands while the question is open is a success, and one commit", async () => {
  const repository = await fixStory().create(makeSandbox());
  const confirm = async (): Promise<boolean> => {
    await pick(repository, "main", "all", { now: 1_900_000_000, env: { GIT_COMMITTER_DATE: "1900000000 +0000" } });
    return true;
  };
  const outcome = await pick(repository, "main", "all", { confirm });
  expect(outcome.kind).toBe("applied");
  for (const line of ["release/v2.7", "release/v2.8"]) expect(await picksOn(repository, line)).toBe("1");
});

test("two runs at once in one process: one commit, and each says how it ended", async () => {
  const repository = await fixStory().create(makeSandbox());
  const ends = await Promise.all(
    Array.from({ length: 4 }, () =>
      pick(repository, "main", "all").then(
        ({ kind }) => kind,
        ({ code }: { code: string }) => code,
      ),
    ),
  );
  expect(ends).toContain("applied");
  for (const end of ends) expect(["applied", "line-busy"]).toContain(end);
  for (const line of ["release/v2.7", "release/v2.8"]) expect(await picksOn(repository, line)).toBe("1");
});

test("a line that another process holds is busy, and its process is named", async () => {
  const repository = await fixStory().create(makeSandbox());
  repository.sandbox.write("repository/.git/morello/locks/release%2Fv2.7.lock", `${process.ppid}\n`);
  expect(await failure(pick(repository, "main", "v2.7"))).toMatchObject({
    code: "line-busy",
    data: { pid: process.ppid },
  });
  expect(results(await pick(repository, "main", "v2.8"))).toEqual(["release/v2.8: moved"]);
});

test("the lock of a process that is gone is taken over", async () => {
  const repository = await fixStory().create(makeSandbox());
  repository.sandbox.write("repository/.git/morello/locks/release%2Fv2.7.lock", "4194999\n");
  expect(results(await pick(repository, "main", "v2.7"))).toEqual(["release/v2.7: moved"]);
});

test("the lock of a process whose number is another's since a reboot is taken over", async () => {
  const repository = await fixStory().create(makeSandbox());
  repository.sandbox.write("repository/.git/morello/locks/release%2Fv2.7.lock", `${process.pid} another-boot 17\n`);
  expect(results(await pick(repository, "main", "v2.7"))).toEqual(["release/v2.7: moved"]);
});

test("a ref that another git holds is named with its lock, and nothing moves", async () => {
  const repository = await fixStory().create(makeSandbox());
  const refs = await refsOf(repository);
  repository.sandbox.write("repository/.git/refs/heads/release/v2.7.lock", "");
  const error = await failure(pick(repository, "main", "all"));
  expect(error).toMatchObject({ code: "line-busy", data: { refname: "refs/heads/release/v2.7" } });
  expect(error.hint).toContain("refs/heads/release/v2.7.lock");
  expect(await refsOf(repository)).toBe(refs);
});
