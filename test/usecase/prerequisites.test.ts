import { describe, expect, test } from "vitest";
import { loadHistory } from "../../src/index/history.ts";
import { openStore } from "../../src/index/store.ts";
import { findPrerequisites, type PrerequisiteQuestion } from "../../src/usecase/needs/find-prerequisites.ts";
import { Prerequisites } from "../../src/wire/prerequisite.ts";
import { engineOn } from "../apply/engine.ts";
import { binary } from "../support/case/entries.ts";
import { history, type History } from "../support/history.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { text } from "./setting.ts";

type Wish = Partial<Pick<PrerequisiteQuestion, "mainline" | "limits" | "signal">> & {
  /** Marks that the line has in another form. */
  readonly there?: readonly string[];
  /** Mark of a commit to the mark of its pick on a newer line. */
  readonly newer?: Readonly<Record<string, string>>;
};

/** What `fix`, or another mark, needs on the branch `line`; commits are told as marks. */
async function needs(told: History, wish: Wish = {}, source = "fix") {
  const repository = await told.create(makeSandbox(), { bare: true });
  const { scratch, engine, repository: opened } = await engineOn(repository);
  const marks = new Map([...repository.oids].map(([mark, oid]) => [oid, mark]));
  const onto = repository.oid(told.refs.get("refs/heads/line") ?? "");
  const store = await openStore(opened);
  const graph = await loadHistory(opened, scratch, store, [...repository.oids.values()]);
  await store.close();
  const there = wish.there?.map((mark) => repository.oid(mark)) ?? [];
  const answer = await findPrerequisites({ scratch, engine }, graph, {
    source: repository.oid(source),
    mainline: wish.mainline ?? null,
    onto: { commit: onto, tree: (await scratch.reader.commit(onto))?.tree ?? "" },
    isThere: (oid) => there.includes(oid),
    onNewerLine: (oid) => {
      const mark = wish.newer?.[marks.get(oid) ?? ""];
      return mark === undefined ? null : repository.oid(mark);
    },
    ...(wish.limits === undefined ? {} : { limits: wish.limits }),
    ...(wish.signal === undefined ? {} : { signal: wish.signal }),
  });
  expect(Prerequisites.parse(answer)).toEqual(answer);
  const name = (oid: string): string => marks.get(oid) ?? oid;
  return {
    answer,
    kind: answer.kind,
    merges: answer.merges,
    picks: "picks" in answer ? answer.picks.map(({ commit }) => name(commit)) : [],
    from: "picks" in answer ? answer.picks.map((pick) => name(pick.from)) : [],
    evidence:
      "picks" in answer
        ? answer.picks.map(({ evidence }) => evidence.map((one) => ({ ...one, neededBy: name(one.neededBy) })))
        : [],
    breaks:
      answer.kind === "broken"
        ? answer.breaks.map(({ commit, paths }) => [name(commit), ...paths])
        : ([] as string[][]),
    untried: "limit" in answer ? (answer.limit?.untried.map(name) ?? null) : null,
    tree: "tree" in answer ? answer.tree : null,
    treeOf: async (mark: string) => (await scratch.reader.commit(repository.oid(mark)))?.tree ?? "",
    show: (path: string) => repository.git(["show", `${onto}:${path}`]),
    read: async (path: string) => {
      if (!("tree" in answer)) throw new Error(`There is no tree: ${answer.kind}`);
      engine.publish(answer.tree);
      return (await scratch.reader.read(`${answer.tree}:${path}`))?.body.toString("utf8") ?? null;
    },
  };
}

/** `main` and `line` part at `base`, whose `a` has thirty lines. HEAD is main. */
function parted(): History {
  return history()
    .commit("base", { files: { a: text(), b: text() } })
    .branch("line")
    .commit("own", { files: { own: "own\n" } })
    .checkout("main");
}

test("one commit that brought the line which the fix changes", async () => {
  const found = await needs(
    parted()
      .commit("noise", { files: { b: text({ 3: "three" }) } })
      .commit("other", { files: { a: text({ 25: "other" }) } })
      .commit("needed", { files: { a: text({ 10: "ten", 25: "other" }) } })
      .commit("fix", { files: { a: text({ 10: "TEN", 25: "other" }) } }),
  );
  expect(found.kind).toBe("proven");
  expect(found.picks).toEqual(["needed"]);
  expect(found.evidence).toEqual([[{ kind: "lines", path: "a", lines: 1, neededBy: "fix" }]]);
  expect(found.merges).toBe(3); // the fix, the one it needs, the fix again
  expect(await found.read("a")).toBe(text({ 10: "TEN" }));
});

test("a chain, in order, each link with who needs it", async () => {
  const found = await needs(
    parted()
      .commit("first", { files: { a: text({ 10: "1" }) } })
      .commit("between", { files: { b: text({ 9: "nine" }) } })
      .commit("second", { files: { a: text({ 10: "2" }) } })
      .commit("third", { files: { a: text({ 10: "3" }) } })
      .commit("fix", { files: { a: text({ 10: "4" }) } }),
  );
  expect(found.kind).toBe("proven");
  expect(found.picks).toEqual(["first", "second", "third"]);
  expect(found.evidence.map(([one]) => one?.neededBy)).toEqual(["second", "third", "fix"]);
});

test("several commits that do not need each other", async () => {
  const found = await needs(
    parted()
      .commit("b needs", { files: { b: text({ 5: "five" }) } })
      .commit("a needs", { files: { a: text({ 5: "five" }), b: text({ 5: "five" }) } })
      .commit("fix", { files: { a: text({ 5: "FIVE" }), b: text({ 5: "FIVE" }) } }),
  );
  expect(found.picks).toEqual(["b needs", "a needs"]);
});

test("what a prerequisite needs in another file is pulled with it", async () => {
  const found = await needs(
    parted()
      .commit("deep", { files: { b: text({ 20: "deep" }) } })
      .commit("needed", { files: { a: text({ 10: "ten" }), b: text({ 20: "deeper" }) } })
      .commit("fix", { files: { a: text({ 10: "TEN" }), b: text({ 20: "deeper" }) } }),
  );
  expect(found.picks).toEqual(["deep", "needed"]);
  expect(found.evidence).toEqual([
    [{ kind: "lines", path: "b", lines: 1, neededBy: "needed" }],
    [{ kind: "lines", path: "a", lines: 1, neededBy: "fix" }],
  ]);
});

test("the commit that made the file which the line lacks", async () => {
  const found = await needs(
    parted()
      .commit("made", { files: { new: text() } })
      .commit("fix", { files: { new: text({ 10: "ten" }) } }),
  );
  expect(found.picks).toEqual(["made"]);
  expect(found.evidence).toEqual([[{ kind: "path", path: "new", how: "added", neededBy: "fix" }]]);
});

test("a needed change to a file that main has renamed since", async () => {
  const found = await needs(
    parted()
      .commit("needed", { files: { a: text({ 10: "ten" }) } })
      .commit("moved", { rename: { a: "moved" } })
      .commit("fix", { files: { moved: text({ 10: "TEN" }) } }),
  );
  expect(found.kind).toBe("proven");
  expect(found.picks).toContain("needed");
  expect(found.evidence.flat()).toContainEqual({ kind: "lines", path: "moved", lines: 1, neededBy: "fix" });
});

describe("an insertion", () => {
  test("beside lines that main took away", async () => {
    const found = await needs(
      parted()
        .commit("taken", { files: { a: text().replace("line 10\nline 11\n", "") } })
        .commit("fix", { files: { a: text().replace("line 10\nline 11\n", "inserted\n") } }),
    );
    expect(found.picks).toEqual(["taken"]);
    expect(found.evidence).toEqual([[{ kind: "removed", path: "a", lines: 2, neededBy: "fix" }]]);
  });

  test.each([
    ["beginning", (body: string) => `extra\n${body}`, (body: string) => `inserted\n${body}`],
    ["end", (body: string) => `${body}extra\n`, (body: string) => `${body}inserted\n`],
  ])("at the %s of a file, where main took lines away", async (_, extra, inserted) => {
    const found = await needs(
      history()
        .commit("base", { files: { a: extra(text()) } })
        .branch("line")
        .commit("own", { files: { own: "own\n" } })
        .checkout("main")
        .commit("taken", { files: { a: text() } })
        .commit("fix", { files: { a: inserted(text()) } }),
    );
    expect(found.picks).toEqual(["taken"]);
  });

  test("behind lines that main brought", async () => {
    const found = await needs(
      parted()
        .commit("brought", { files: { a: `${text()}brought\n` } })
        .commit("fix", { files: { a: `${text()}brought\ninserted\n` } }),
    );
    expect(found.picks).toEqual(["brought"]);
  });
});

test("a binary file, by the commits that lead from the line's version to the source's", async () => {
  const found = await needs(
    history()
      .commit("base", { files: { bin: binary("0") } })
      .commit("shared", { files: { bin: binary("1") } })
      .branch("line")
      .commit("own", { files: { own: "own\n" } })
      .checkout("main")
      .commit("second", { files: { bin: binary("2") } })
      .commit("third", { files: { bin: binary("3") } })
      .commit("fix", { files: { bin: binary("4") } }),
  );
  expect(found.picks).toEqual(["second", "third"]);
  expect(found.evidence[0]).toEqual([{ kind: "path", path: "bin", how: "changed", neededBy: "fix" }]);
});

describe("what the author asks for", () => {
  const told = (id: string): History =>
    parted()
      .commit("asked", { files: { a: text({ 10: "ten" }) } })
      .commit("fix", {
        message: `fix\n\nCc: stable@vger.kernel.org # 6.1.x: ${id}: ten\n`,
        files: { a: text({ 10: "TEN" }) },
      });

  test("in a trailer is proposed, and proved like the rest", async () => {
    const repository = await told("0000000").create(makeSandbox(), { bare: true });
    const found = await needs(told(repository.oid("asked").slice(0, 12)));
    expect(found.picks).toEqual(["asked"]);
    expect(found.evidence[0]?.map(({ kind }) => kind).toSorted()).toEqual(["lines", "trailer"]);
  });

  test("is no prerequisite where the pick is clean without", async () => {
    const clean = (id: string): History =>
      parted()
        .commit("asked", { files: { b: text({ 10: "ten" }) } })
        .commit("fix", {
          message: `fix\n\nCc: stable@vger.kernel.org # 6.1.x: ${id}: ten\n`,
          files: { a: text({ 20: "fixed" }) },
        });
    const repository = await clean("0000000").create(makeSandbox(), { bare: true });
    expect((await needs(clean(repository.oid("asked").slice(0, 12)))).kind).toBe("none-needed");
  });
});

describe("nothing is needed", () => {
  test("where the same file was touched elsewhere: one merge tells", async () => {
    const found = await needs(
      parted()
        .commit("same file", { files: { a: text({ 3: "three" }) } })
        .commit("fix", { files: { a: text({ 3: "three", 20: "fixed" }) } }),
    );
    expect([found.kind, found.picks, found.merges]).toEqual(["none-needed", [], 1]);
    expect(await found.read("a")).toBe(text({ 20: "fixed" }));
  });

  test("where the pick is redundant", async () => {
    const found = await needs(
      parted()
        .commit("fix", { files: { a: text({ 20: "fixed" }) } })
        .checkout("line")
        .commit("by hand", { files: { a: text({ 20: "fixed" }) } }),
    );
    expect([found.kind, found.merges]).toEqual(["none-needed", 1]);
    expect(found.tree).toBe(await found.treeOf("by hand"));
  });
});

test("a commit that the line has in another form is not proposed", async () => {
  const told = parted()
    .commit("there", { files: { a: text({ 10: "ten" }) } })
    .commit("fix", { files: { a: text({ 10: "TEN" }) } });
  expect((await needs(told)).picks).toEqual(["there"]);
  expect((await needs(told, { there: ["there"] })).picks).toEqual([]);
});

test("what a line wrote itself no commit of main takes away: given up after one merge", async () => {
  const found = await needs(
    parted()
      .commit("main's", { files: { a: text({ 10: "main's" }) } })
      .commit("fix", { files: { a: text({ 10: "fixed" }) } })
      .checkout("line")
      .commit("line's", { files: { a: text({ 10: "line's" }) } }),
  );
  expect([found.kind, found.merges, found.untried]).toEqual(["unknown", 1, null]);
});

describe("a chain that breaks", () => {
  const told = (): History =>
    parted()
      .commit("needed", { files: { a: text({ 10: "ten" }), b: text({ 20: "needed" }) } })
      .commit("fix", { files: { a: text({ 10: "TEN" }), b: text({ 20: "needed" }) } })
      .branch("newer", "base")
      .commit("resolved", { files: { a: text({ 10: "ten" }), b: text({ 20: "another" }) } })
      .checkout("line")
      .commit("line's", { files: { b: text({ 20: "another" }) } });

  test("is told with the point where it does, and is no proven set", async () => {
    const found = await needs(told());
    expect(found.kind).toBe("broken");
    expect(found.picks).toEqual(["needed"]);
    expect(found.breaks).toEqual([["needed", "b"]]);
    expect(found.tree).toBeNull();
  });

  test("is whole with the pick that a newer line has resolved", async () => {
    const found = await needs(told(), { newer: { needed: "resolved" } });
    expect([found.kind, found.picks, found.from]).toEqual(["proven", ["needed"], ["resolved"]]);
    expect(await found.read("a")).toBe(text({ 10: "TEN" }));
    expect(await found.read("b")).toBe(text({ 20: "another" }));
  });

  test("a newer line's pick that changes nothing here is no way around", async () => {
    const found = await needs(told(), { newer: { needed: "own" } });
    expect(found.kind).toBe("broken");
  });
});

test("of a merge commit what it brought to its first parent is asked about, and never a merge proposed", async () => {
  const found = await needs(
    parted()
      .branch("topic", "base")
      .commit("topic 1", { files: { a: text({ 10: "ten" }) } })
      .checkout("main")
      .commit("meanwhile", { files: { b: text({ 3: "three" }) } })
      .merge("merged", "topic")
      .branch("fixes")
      .commit("fix 1", { files: { a: text({ 10: "TEN" }), b: text({ 3: "three" }) } })
      .commit("fix 2", { files: { a: text({ 10: "TEN", 12: "twelve" }), b: text({ 3: "three" }) } })
      .checkout("main")
      .commit("later", { files: { later: "later\n" } })
      .merge("fix", "fixes"),
    { mainline: 1 },
  );
  expect(found.kind).toBe("proven");
  expect(found.picks).toEqual(["topic 1"]);
  expect(await found.read("a")).toBe(text({ 10: "TEN", 12: "twelve" }));
});

describe("a search has its bounds", () => {
  const long = (): History => {
    let told = parted();
    for (let n = 1; n <= 30; n++) told = told.commit(`link ${n}`, { files: { a: text({ 10: `${n}` }) } });
    return told.commit("fix", { files: { a: text({ 10: "fixed" }) } });
  };

  test.each([
    ["merges", { limits: { merges: 4, commits: 99 } }],
    ["commits", { limits: { merges: 99, commits: 3 } }],
    ["time", { signal: AbortSignal.abort() }],
  ] as const)("of %s, and names it", async (reason, wish) => {
    const { answer, kind } = await needs(long(), wish);
    expect(kind).not.toBe("proven");
    expect(answer).toMatchObject({ limit: { reason } });
    expect(answer.merges).toBeLessThanOrEqual(12);
  });

  test("and what was proposed and not tried is left out by name", async () => {
    const found = await needs(
      parted()
        .commit("one", { files: { a: text({ 5: "five" }) } })
        .commit("two", { files: { a: text({ 5: "five", 15: "fifteen" }) } })
        .commit("fix", { files: { a: text({ 5: "FIVE", 15: "FIFTEEN" }) } }),
      { limits: { merges: 2, commits: 9 } },
    );
    expect(found.untried).toEqual(["two"]);
  });
});

test("a commit that was tried and is not needed is left out", async () => {
  const without = (...lines: number[]): string =>
    text({ 5: "twice", 15: "twice" })
      .split(/(?<=\n)/)
      .filter((_, n) => !lines.includes(n + 1))
      .join("");
  const found = await needs(
    history()
      .commit("base", { files: { a: without() } })
      .branch("line")
      .commit("own", { files: { own: "own\n" } })
      .checkout("main")
      .commit("elsewhere", { files: { a: without(15) } })
      .commit("here", { files: { a: without(5, 15) } })
      .commit("fix", { files: { a: without(5, 15).replace("line 4\n", "line 4\ninserted\n") } }),
  );
  expect(found.picks).toEqual(["here"]);
  expect(found.merges).toBe(7); // the fix, both, the fix; without "here" the fix; "here" alone and the fix
});
