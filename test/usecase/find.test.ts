import { describe, expect, test } from "vitest";
import type { History } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import {
  FIX_MESSAGE,
  find,
  findOne,
  FIXED,
  inMarks,
  leakStory,
  LIMITED_BY_HAND,
  loader,
  standingOn,
} from "./finding.ts";
import { failure, pick } from "./setting.ts";

const LINE = "release/v1.4";

/** The leak, and a line that branched before the fix, told further by `tell`, which may name the fix. */
async function withLine(tell: (line: History, fix: string) => unknown = () => undefined): Promise<TestRepository> {
  const repository = await leakStory().create(makeSandbox());
  return repository.extend((line) => {
    tell(line.branch(LINE, "more").commit("only here", { files: { own: "1\n" } }), repository.oid("fix"));
    line.checkout("main");
  });
}

describe("a fix is", () => {
  test("recorded where a run of this repository put it", async () => {
    const repository = await withLine();
    await pick(repository, "main", LINE);
    const tip = await repository.git(["rev-parse", LINE]);
    expect(await standingOn(repository, LINE)).toMatchObject({
      standing: "recorded",
      commits: [{ commit: tip, subject: "loader: limit the prefetch queue" }],
    });
  });

  test("no longer recorded where that commit was cut off the line", async () => {
    const repository = await withLine();
    await pick(repository, "main", LINE);
    await repository.git(["branch", "-f", LINE, repository.oid("only here")]);
    expect(await standingOn(repository, LINE)).toMatchObject({ standing: "absent", commits: [] });
  });

  test("equivalent where the line reaches the commit itself", async () => {
    const repository = await leakStory().branch(LINE).commit("only here").checkout("main").create(makeSandbox());
    const found = await standingOn(repository, LINE);
    expect(inMarks(repository, found)).toEqual({ standing: "equivalent", commits: ["fix"], revertedBy: null });
    expect(found.match?.evidence).toEqual([{ kind: "ancestor" }]);
  });

  test("equivalent where the line has the same patch, whatever its message says", async () => {
    const repository = await withLine((line) => line.commit("pick", { message: FIX_MESSAGE, files: FIXED }));
    const found = await standingOn(repository, LINE);
    expect(inMarks(repository, found)).toEqual({ standing: "equivalent", commits: ["pick"], revertedBy: null });
    expect(found.match?.evidence.map(({ kind }) => kind)).toContain("patch-id");
  });

  test("corresponding where somebody changed it for the line", async () => {
    const repository = await withLine((line, fix) =>
      line.commit("pick", {
        message: `${FIX_MESSAGE}\n(cherry picked from commit ${fix})\n`,
        files: { "loader.py": loader({ queue: LIMITED_BY_HAND }) },
      }),
    );
    const found = await standingOn(repository, LINE);
    expect(inMarks(repository, found)).toEqual({ standing: "corresponding", commits: ["pick"], revertedBy: null });
    expect(found.match?.band).toBe("same");
  });

  test("a question where the message says so and the contents do not", async () => {
    const repository = await withLine((line, fix) =>
      line.commit("pick", {
        message: `loader: something else\n\n(cherry picked from commit ${fix})\n`,
        files: { "loader.py": loader({ imports: "import queue\nimport os\nimport threading\n" }) },
      }),
    );
    const { standing, match } = await standingOn(repository, LINE);
    expect({ standing, band: match?.band }).toEqual({ standing: "corresponding", band: "ask" });
    expect(match?.disagreements).toEqual([{ kind: "picked-from-unlike", named: repository.oid("fix") }]);
  });

  test("absent where nothing is like it", async () => {
    const repository = await withLine();
    expect(await standingOn(repository, LINE)).toEqual({
      line: LINE,
      tip: repository.oid("only here"),
      standing: "absent",
      commits: [],
      match: null,
      revertedBy: null,
      notAffected: null,
    });
  });
});

test("lines come newest first, each with its own standing", async () => {
  const repository = await leakStory()
    .branch("release/v1.5")
    .branch("release/v1.3", "more")
    .commit("old", { files: { own: "3\n" } })
    .branch("release/v1.4", "more")
    .commit("pick", { message: FIX_MESSAGE, files: FIXED })
    .checkout("main")
    .create(makeSandbox());
  const { lines } = await findOne(repository, "main");
  expect(lines.map(({ line, standing }) => `${line}: ${standing}`)).toEqual([
    "release/v1.5: equivalent",
    "release/v1.4: equivalent",
    "release/v1.3: absent",
  ]);
});

test("only the lines that were named are answered for", async () => {
  const repository = await leakStory()
    .branch("release/v1.5")
    .branch("release/v1.4", "more")
    .branch("release/v1.3", "more")
    .checkout("main")
    .create(makeSandbox());
  const { lines } = await findOne(repository, "main", { lines: ["1.5", "release/v1.3"] });
  expect(lines.map(({ line }) => line)).toEqual(["release/v1.5", "release/v1.3"]);
});

test("a line that is at its end of life is answered for as well", async () => {
  const repository = await leakStory()
    .branch("release/v1.4", "more")
    .checkout("main")
    .commit("configured", { files: { "morello.yaml": "lines:\n  - pattern: release/v1.4\n    maintained: false\n" } })
    .create(makeSandbox());
  expect(await standingOn(repository, LINE)).toMatchObject({ standing: "absent" });
});

test("a range is answered for commit by commit, oldest first", async () => {
  const repository = await withLine();
  const { fixes } = await find(repository, "main~2..main");
  expect(fixes.map(({ source }) => source.commit)).toEqual([repository.oid("more"), repository.oid("fix")]);
  expect(fixes.map(({ lines }) => lines.map(({ standing }) => standing))).toEqual([["equivalent"], ["absent"]]);
});

describe("the first tag that has it is", () => {
  test("the oldest one of the line's series that reaches the pick", async () => {
    const repository = await withLine((line) =>
      line
        .tag("v1.4.0")
        .commit("pick", { message: FIX_MESSAGE, files: FIXED })
        .commit("after", { files: { own: "2\n" } })
        .annotatedTag("v1.4.1")
        .commit("later", { files: { own: "3\n" } })
        .tag("v1.4.2"),
    );
    expect((await standingOn(repository, LINE)).commits).toMatchObject([{ tag: "v1.4.1" }]);
  });

  test("none, before the line is tagged again", async () => {
    const repository = await withLine((line) =>
      line.tag("v1.4.0").commit("pick", { message: FIX_MESSAGE, files: FIXED }),
    );
    expect((await standingOn(repository, LINE)).commits).toMatchObject([{ tag: null }]);
  });
});

describe("of main it is said", () => {
  test("that it has the commit", async () => {
    const repository = await withLine();
    expect((await findOne(repository, "main")).main).toEqual({ name: "main", has: true, revertedBy: null });
  });

  test("that it has it, if the commit that was asked about is the backport", async () => {
    const repository = await withLine((line) => line.commit("pick", { message: FIX_MESSAGE, files: FIXED }));
    expect((await findOne(repository, LINE)).main).toEqual({ name: "main", has: true, revertedBy: null });
  });

  test("that it lacks what stands on a branch of its own", async () => {
    const repository = await withLine((line) =>
      line.branch("fix/shards", "fix").commit("unmerged", {
        files: { "loader.py": loader({ open: "\n\ndef open_shards(paths):\n    return []\n" }) },
      }),
    );
    expect((await findOne(repository, "fix/shards")).main).toEqual({ name: "main", has: false, revertedBy: null });
  });

  test("that it has taken it back", async () => {
    const repository = await withLine();
    await repository.extend((main) =>
      main.commit("sorry", {
        message: `Revert "loader: limit the prefetch queue"\n\nThis reverts commit ${repository.oid("fix")}.\n`,
        files: { "loader.py": loader() },
      }),
    );
    const { main } = await findOne(repository, repository.oid("fix"));
    expect(main.revertedBy?.commit).toBe(repository.oid("sorry"));
  });

  test("that it has taken it back, though the line's pick stands", async () => {
    const repository = await withLine((line) => line.commit("pick", { message: FIX_MESSAGE, files: FIXED }));
    await repository.extend((main) =>
      main.commit("sorry", {
        message: `Revert "loader: limit the prefetch queue"\n\nThis reverts commit ${repository.oid("fix")}.\n`,
        files: { "loader.py": loader() },
      }),
    );
    const found = await findOne(repository, repository.oid("fix"));
    expect(found.main.revertedBy?.commit).toBe(repository.oid("sorry"));
    expect(found.lines.map(({ standing }) => standing)).toEqual(["equivalent"]);
  });

  test("nothing, where there is no main branch", async () => {
    const repository = await withLine();
    await repository.git(["checkout", "-q", LINE]);
    await repository.git(["branch", "-q", "-D", "main"]);
    const found = await findOne(repository, repository.oid("fix"));
    expect(found.main).toEqual({ name: null, has: false, revertedBy: null });
    expect(found.lines.map(({ standing }) => standing)).toEqual(["absent"]);
  });
});

test("a backport that is asked about is found on the lines that have the same patch", async () => {
  const repository = await leakStory()
    .branch("release/v1.4", "more")
    .commit("pick 1.4", { message: FIX_MESSAGE, files: FIXED })
    .branch("release/v1.3", "base")
    .commit("pick 1.3", { message: FIX_MESSAGE, files: FIXED })
    .checkout("main")
    .create(makeSandbox());
  const { lines } = await findOne(repository, "release/v1.4");
  expect(lines.map((line) => inMarks(repository, line))).toEqual([
    { standing: "equivalent", commits: ["pick 1.4"], revertedBy: null },
    { standing: "equivalent", commits: ["pick 1.3"], revertedBy: null },
  ]);
});

test("a merge is what it brought to its first parent", async () => {
  const repository = await leakStory()
    .branch("topic", "more")
    .commit("in topic", { files: { "shard.py": "class Shard:\n    def close(self):\n        self.file.close()\n" } })
    .checkout("main")
    .merge("merged", "topic", { message: "Merge topic: shards can be closed\n" })
    .branch("release/v1.4", "more")
    .commit("pick", {
      message: "Merge topic: shards can be closed\n",
      files: { "shard.py": "class Shard:\n    def close(self):\n        self.file.close()\n" },
    })
    .checkout("main")
    .create(makeSandbox());
  expect(inMarks(repository, await standingOn(repository, LINE, "main"))).toMatchObject({ commits: ["pick"] });
});

describe("later commits that speak of it:", () => {
  async function followed(tell: (main: History, fix: string) => unknown): Promise<TestRepository> {
    const repository = await leakStory()
      .branch("release/v1.3", "base")
      .commit("old", { files: { own: "3\n" } })
      .branch("release/v1.4", "more")
      .commit("pick", { message: FIX_MESSAGE, files: FIXED })
      .checkout("main")
      .create(makeSandbox());
    return repository.extend((main) => tell(main, repository.oid("fix")));
  }

  test("its own fix, with the lines that have the one and lack the other", async () => {
    const repository = await followed((main, fix) =>
      main.commit("repair", {
        message: `loader: no workers, no queue\n\nFixes: ${fix.slice(0, 12)} ("loader: limit the prefetch queue")\n`,
        files: { "loader.py": loader({ queue: LIMITED_BY_HAND }) },
      }),
    );
    const { followUps } = await findOne(repository, repository.oid("fix"));
    expect(followUps).toMatchObject([
      { commit: { commit: repository.oid("repair") }, how: "fixes", missingOn: ["release/v1.4"] },
    ]);
  });

  test("its own fix that was picked as well is missing nowhere", async () => {
    const repair = (fix: string): { message: string; files: Record<string, string> } => ({
      message: `loader: no workers, no queue\n\nFixes: ${fix.slice(0, 12)}\n`,
      files: { "loader.py": loader({ queue: LIMITED_BY_HAND }) },
    });
    const repository = await followed((main, fix) =>
      main.commit("repair", repair(fix)).checkout("release/v1.4").commit("repair 1.4", repair(fix)),
    );
    const { followUps } = await findOne(repository, repository.oid("fix"));
    expect(followUps).toMatchObject([{ how: "fixes", missingOn: [] }]);
  });

  test("what is on another line than main does not count", async () => {
    const repository = await followed((main, fix) =>
      main.checkout("release/v1.4").commit("aside", {
        message: `loader: repair\n\nFixes: ${fix.slice(0, 12)}\n`,
        files: { own: "5\n" },
      }),
    );
    expect((await findOne(repository, repository.oid("fix"))).followUps).toEqual([]);
  });
});

test("a line that is not there is named", async () => {
  const repository = await withLine();
  expect(await failure(find(repository, "main", { lines: ["release/v9.9"] }))).toMatchObject({ code: "unknown-line" });
});

test("without any line it is said that there is none", async () => {
  const repository = await leakStory().create(makeSandbox());
  expect(await failure(find(repository, "main", { lines: ["release/v9.9"] }))).toMatchObject({ code: "no-lines" });
});

test("without any line, and none named, main is still answered for", async () => {
  const repository = await leakStory().create(makeSandbox());
  expect(await findOne(repository, "main")).toMatchObject({ main: { has: true }, lines: [] });
});
