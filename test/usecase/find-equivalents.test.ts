import { describe, expect, test } from "vitest";
import { forgetJudgement, recordJudgement } from "../../src/apply/judgements.ts";
import { findEquivalents } from "../../src/usecase/equivalents/find-equivalents.ts";
import { historyOf, withWorkspace } from "../../src/usecase/workspace.ts";
import type { Match } from "../../src/wire/match.ts";
import { lines } from "../support/case/case.ts";
import { history, type History } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { depsOf, NOW } from "./setting.ts";

/** A project whose lines are all different, with a line `release/1.0` and noise on both sides. */
function project(): History {
  return history()
    .commit("root", {
      files: {
        "src/cache.py": code("cache", 60),
        "src/loader.py": code("loader", 60),
        "src/trainer.py": code("trainer", 60),
        "VERSION": "1.0.0\n",
      },
    })
    .branch("release/1.0")
    .commit("line noise", { message: "prepare the release\n", files: { NOTES: "1.0\n" } })
    .checkout("main")
    .commit("main noise", { message: "start 1.1\n", files: { "docs/plan": "plan\n" } });
}

/** Lines of a file that no other file has; `change` replaces some, by number from 1. */
function code(name: string, count: number, change: Readonly<Record<number, string | null>> = {}): string {
  return lines(count, change, ` of ${name}, which does what it does for ${name}\n`);
}

const FIX = { 20: "release the handle of every worker", 21: "and forget the queue" };
const message = (subject: string, more = ""): string => `${subject}\n\nThe handle was kept after the epoch.\n${more}`;

async function matches(repository: TestRepository, source: string, line = "release/1.0"): Promise<readonly Match[]> {
  return withWorkspace(depsOf(repository), async (workspace) => {
    const graph = await historyOf(workspace, [repository.oid(source)]);
    const tip = await repository.git(["rev-parse", line]);
    const request = { sources: [repository.oid(source)], lines: [{ name: line, tip }] };
    return (await findEquivalents(workspace, graph, request)).get(line)?.get(repository.oid(source)) ?? [];
  });
}

/** Mark and band of each match. */
async function bands(repository: TestRepository, source: string): Promise<string[]> {
  const byOid = new Map([...repository.oids].map(([mark, oid]) => [oid, mark]));
  return (await matches(repository, source)).map(({ commit, band }) => `${byOid.get(commit)} ${band}`);
}

const kinds = (match: Match | undefined): string[] => (match?.evidence ?? []).map(({ kind }) => kind);

const create = (told: History): Promise<TestRepository> => told.create(makeSandbox(), { bare: true, head: "main" });

describe("what shows that a fix is there", () => {
  const fixed = project().commit("fix", {
    message: message("fix: leak"),
    files: { "src/cache.py": code("cache", 60, FIX) },
  });

  test("a commit that the line reaches", async () => {
    const repository = await create(fixed.fork().checkout("release/1.0").merge("merge", "main"));
    expect((await matches(repository, "fix")).map(kinds)).toEqual([["ancestor"]]);
  });

  test("the same patch, whoever wrote the message and when", async () => {
    const repository = await create(
      fixed
        .fork()
        .checkout("release/1.0")
        .commit("pick", {
          message: "leak in the cache\n",
          author: { name: "O", email: "o@o" },
          files: { "src/cache.py": code("cache", 60, FIX) },
        }),
    );
    const [match] = await matches(repository, "fix");
    expect([match?.commit, match?.band === "different", kinds(match)[0]]).toEqual([
      repository.oid("pick"),
      false,
      "patch-id",
    ]);
  });

  test("the same patch but for white space, which is said", async () => {
    const spaced = { 20: "    release the handle of every worker", 21: "    and forget the queue" };
    const repository = await create(
      fixed
        .fork()
        .checkout("release/1.0")
        .commit("pick", { message: message("fix: leak"), files: { "src/cache.py": code("cache", 60, spaced) } }),
    );
    const [match] = await matches(repository, "fix");
    expect([match?.band, kinds(match)[0]]).toEqual(["same", "white-space"]);
  });

  test("the same lines where the context differs", async () => {
    const other = code("cache", 60, { ...FIX, 18: "another neighbour" });
    const repository = await create(
      fixed
        .fork()
        .checkout("release/1.0")
        .commit("neighbour", { files: { "src/cache.py": code("cache", 60, { 18: "another neighbour" }) } })
        .commit("pick", { message: message("fix: leak"), files: { "src/cache.py": other } }),
    );
    const [match] = await matches(repository, "fix");
    expect([match?.commit, match?.band, kinds(match)[0]]).toEqual([
      repository.oid("pick"),
      "same",
      "patch-id-without-context",
    ]);
  });

  test("an adapted patch with the author's date, and no line of a trailer", async () => {
    const adapted = { 20: "release the handle of every worker", 21: "and forget the queue of 1.0" };
    const date = fixed.commits.get("fix")?.author.date ?? "";
    const repository = await create(
      fixed
        .fork()
        .checkout("release/1.0")
        .commit("pick", {
          message: message("[release/1.0] fix: leak"),
          author: { date },
          files: { "src/cache.py": code("cache", 60, adapted) },
        }),
    );
    expect(await bands(repository, "fix")).toEqual(["pick same"]);
  });

  test("a chain of picks, by abbreviations", async () => {
    const told = fixed
      .fork()
      .branch("release/1.1", "main noise")
      .commit("middle", { files: { "src/cache.py": code("cache", 60, FIX) }, message: "x\n" });
    const first = await create(told);
    const middle = `leak\n\n(cherry picked from commit ${first.oid("fix").slice(0, 9)})\n`;
    const chained = fixed
      .fork()
      .branch("release/1.1", "main noise")
      .commit("middle", { files: { "src/cache.py": code("cache", 60, FIX) }, message: middle });
    const second = await create(chained);
    const last = `another subject\n\n(cherry picked from commit ${second.oid("middle").slice(0, 7)})\n`;
    const repository = await create(
      chained.checkout("release/1.0").commit("pick", {
        message: last,
        author: { name: "O", email: "o@o" },
        files: { "src/cache.py": code("cache", 60, { 20: "release the handle of every worker" }) },
      }),
    );
    const [match] = await matches(repository, "fix");
    expect([match?.commit, match?.band]).toEqual([repository.oid("pick"), "same"]);
    expect(match?.evidence[0]).toEqual({
      kind: "picked-from",
      named: repository.oid("middle").slice(0, 7),
      chain: [repository.oid("middle")],
    });
  });

  test("a line without it has nothing", async () => {
    const repository = await create(
      fixed
        .fork()
        .checkout("release/1.0")
        .commit("other", { message: "fix: typo\n", files: { "src/loader.py": code("loader", 60, { 3: "typo" }) } }),
    );
    expect(await bands(repository, "fix")).toEqual([]);
  });
});

describe("words that the contents do not bear out", () => {
  const fixed = project().commit("fix", {
    message: message("fix: leak"),
    files: { "src/cache.py": code("cache", 60, FIX) },
  });

  test("a forged trailer is asked about, and said to be so", async () => {
    const oid = (await create(fixed)).oid("fix");
    const forged = `tidy\n\n(cherry picked from commit ${oid})\n`;
    const repository = await create(
      fixed
        .fork()
        .checkout("release/1.0")
        .commit("forged", { message: forged, files: { "src/trainer.py": code("trainer", 60, { 9: "evil" }) } }),
    );
    const [match] = await matches(repository, "fix");
    expect([match?.band, match?.disagreements]).toEqual(["ask", [{ kind: "picked-from-unlike", named: oid }]]);
    expect(kinds(match)).not.toContain("picked-from");
  });

  test("a stale trailer that names another commit does not hide the right one", async () => {
    const told = fixed
      .fork()
      .commit("other", { message: "feat: more\n", files: { "src/loader.py": code("loader", 60, { 5: "more" }) } });
    const oid = (await create(told)).oid("other");
    const stale = `${message("fix: leak")}\n(cherry picked from commit ${oid})\n`;
    const repository = await create(
      told
        .checkout("release/1.0")
        .commit("pick", { message: stale, files: { "src/cache.py": code("cache", 60, FIX) } }),
    );
    const [match] = await matches(repository, "fix");
    expect([match?.band, match?.disagreements]).toEqual(["same", [{ kind: "picked-from-another", named: oid }]]);
  });

  test("a trailer that names no commit here is told", async () => {
    const gone = "1234567890123456789012345678901234567890";
    const repository = await create(
      fixed
        .fork()
        .checkout("release/1.0")
        .commit("pick", {
          message: `${message("fix: leak")}\n(cherry picked from commit ${gone})\n`,
          files: { "src/cache.py": code("cache", 60, FIX) },
        }),
    );
    const [match] = await matches(repository, "fix");
    expect([match?.band, match?.disagreements]).toEqual(["same", [{ kind: "picked-from-missing", named: gone }]]);
  });
});

describe("commits that are nearly alike", () => {
  test("a version bump is not another version's bump", async () => {
    const repository = await create(
      project()
        .commit("bump 1", { message: "release: bump version to 1.1.0\n", files: { VERSION: "1.1.0\n" } })
        .commit("bump 2", { message: "release: bump version to 1.2.0\n", files: { VERSION: "1.2.0\n" } })
        .checkout("release/1.0")
        .commit("bump 0", { message: "release: bump version to 1.0.1\n", files: { VERSION: "1.0.1\n" } }),
    );
    expect([await bands(repository, "bump 1"), await bands(repository, "bump 2")]).toEqual([[], []]);
  });

  test("patches of one line are told apart by what they say", async () => {
    const repository = await create(
      project()
        .commit("one", {
          message: "fix: off by one in the loader\n",
          files: { "src/loader.py": code("loader", 60, { 7: "return n" }) },
        })
        .commit("two", {
          message: "fix: off by one in the cache\n",
          files: { "src/cache.py": code("cache", 60, { 7: "return n" }) },
        })
        .checkout("release/1.0")
        .commit("pick", {
          message: "fix: off by one in the cache\n",
          files: { "src/cache.py": code("cache", 60, { 7: "return n" }) },
        }),
    );
    expect([await bands(repository, "one"), await bands(repository, "two")]).toEqual([[], ["pick same"]]);
  });

  test("a revert on the line is no pick of what it takes back, and a re-applied fix is found as often as it is there", async () => {
    const fixed = code("cache", 60, FIX);
    const told = project()
      .commit("fix", { message: message("fix: leak"), files: { "src/cache.py": fixed } })
      .checkout("release/1.0")
      .commit("pick", { message: message("fix: leak"), files: { "src/cache.py": fixed } })
      .commit("revert", { message: 'Revert "fix: leak"\n', files: { "src/cache.py": code("cache", 60) } });
    expect(await bands(await create(told.fork()), "fix")).toEqual(["pick same"]);
    const again = await create(
      told.commit("again", { message: 'Reapply "fix: leak"\n', files: { "src/cache.py": fixed } }),
    );
    const found = (await bands(again, "fix")).map((one) => one.split(" ")[0]);
    expect(new Set(found)).toEqual(new Set(["again", "pick"]));
  });

  test("twins on main: each answers for the commit of the line", async () => {
    const fixed = code("cache", 60, FIX);
    const repository = await create(
      project()
        .commit("first", { message: message("fix: leak"), files: { "src/cache.py": fixed } })
        .commit("undone", { message: 'Revert "fix: leak"\n', files: { "src/cache.py": code("cache", 60) } })
        .commit("second", { message: message("fix: leak"), files: { "src/cache.py": fixed } })
        .checkout("release/1.0")
        .commit("pick", { message: message("fix: leak"), files: { "src/cache.py": fixed } }),
    );
    expect([await bands(repository, "first"), await bands(repository, "second")]).toEqual([
      ["pick same"],
      ["pick same"],
    ]);
  });
});

describe("one commit for several, and several for one", () => {
  const PARTS = {
    "src/cache.py": code("cache", 60, { 10: "cache one", 11: "cache two", 12: "cache three", 13: "cache four" }),
    "src/loader.py": code("loader", 60, { 10: "load one", 11: "load two", 12: "load three", 13: "load four" }),
  };

  test("a fix that was split on the line is found as its parts", async () => {
    const repository = await create(
      project()
        .commit("fix", { message: message("fix: leak in cache and loader"), files: PARTS })
        .checkout("release/1.0")
        .commit("part 1", {
          message: message("fix: leak in cache and loader"),
          files: { "src/cache.py": PARTS["src/cache.py"] },
        })
        .commit("part 2", {
          message: message("fix: leak in cache and loader, rest"),
          files: { "src/loader.py": PARTS["src/loader.py"] },
        }),
    );
    const found = await matches(repository, "fix");
    const named = found.flatMap(({ commit, parts }) => [commit, ...parts]);
    expect(new Set(named)).toEqual(new Set([repository.oid("part 1"), repository.oid("part 2")]));
  });

  test("fixes that were squashed on the line are found in one commit, with their likes", async () => {
    const repository = await create(
      project()
        .commit("fix 1", { message: message("fix: leak in cache"), files: { "src/cache.py": PARTS["src/cache.py"] } })
        .commit("fix 2", {
          message: message("fix: leak in loader"),
          files: { "src/loader.py": PARTS["src/loader.py"] },
        })
        .checkout("release/1.0")
        .commit("squashed", { message: message("fix: leak in cache", "\nand in the loader\n"), files: PARTS }),
    );
    const [match] = await matches(repository, "fix 1");
    expect([match?.commit, match?.others]).toEqual([repository.oid("squashed"), [repository.oid("fix 2")]]);
  });

  test("a merge that was picked against its first parent is found", async () => {
    const repository = await create(
      project()
        .branch("topic", "main noise")
        .commit("a", { message: "a\n", files: { "src/cache.py": PARTS["src/cache.py"] } })
        .commit("b", { message: "b\n", files: { "src/loader.py": PARTS["src/loader.py"] } })
        .checkout("main")
        .commit("meanwhile", { files: { "docs/more": "more\n" } })
        .merge("merge", "topic", { message: "Merge pull request #7 from me/topic\n\nLeaks\n" })
        .checkout("release/1.0")
        .commit("pick", { message: "Merge pull request #7 from me/topic\n\nLeaks\n", files: PARTS }),
    );
    const [match] = await matches(repository, "merge");
    expect([match?.commit, match?.band, kinds(match)[0]]).toEqual([repository.oid("pick"), "same", "patch-id"]);
  });
});

describe("what people have said", () => {
  const told = project()
    .commit("fix", { message: message("fix: leak"), files: { "src/cache.py": code("cache", 60, FIX) } })
    .checkout("release/1.0")
    .commit("pick", { message: message("fix: leak"), files: { "src/cache.py": code("cache", 60, FIX) } })
    .commit("own", { message: "own way\n", files: { "src/trainer.py": code("trainer", 60, { 30: "own" }) } });
  const said = { reason: "looked at it", by: "A <a@a>", time: NOW };

  const record = (repository: TestRepository, commit: string, same: boolean): Promise<void> =>
    withWorkspace(depsOf(repository), async ({ repository: opened }) => {
      recordJudgement(opened, [repository.oid(commit), repository.oid("fix")], { ...said, same });
      return Promise.resolve();
    });

  test("a commit that looks the same is not, if they say so, until they take it back", async () => {
    const repository = await create(told);
    await record(repository, "pick", false);
    expect(await bands(repository, "fix")).toEqual([]);
    await withWorkspace(depsOf(repository), ({ repository: opened }) => {
      forgetJudgement(opened, [repository.oid("fix"), repository.oid("pick")]);
      return Promise.resolve();
    });
    expect(await bands(repository, "fix")).toEqual(["pick same"]);
  });

  test("a commit that looks like nothing is the same, if they say so, with their reason", async () => {
    const repository = await create(told);
    await record(repository, "own", true);
    const match = (await matches(repository, "fix")).find(({ commit }) => commit === repository.oid("own"));
    expect([match?.band, match?.evidence[0]]).toEqual([
      "same",
      { kind: "judged", reason: "looked at it", by: "A <a@a>" },
    ]);
  });
});
