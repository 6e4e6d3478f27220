// Where the source of a landed commit is found, and from where it is reached.
import { describe, expect, test } from "vitest";
import type { CommitSpec, History } from "../support/history.ts";
import type { TestRepository } from "../support/repository.ts";
import { makeSandbox } from "../support/sandbox.ts";
import { classAll, classOne, classThese } from "./classing.ts";
import { FIX, fixes, LINE, picked, text } from "./landing.ts";

const FIXED = { clean: text({ 2: "own", 20: "fixed" }) };
const ADA = { author: { name: "Ada", email: "ada@example.org" } };

/** The line with further commits; told with the object IDs of what is there. */
async function withLine(tell: (told: History, oid: (mark: string) => string) => unknown): Promise<TestRepository> {
  const repository = await fixes().create(makeSandbox());
  return repository.extend((told) => {
    tell(told.checkout(LINE), (mark) => repository.oid(mark));
    told.checkout("main");
  });
}

const landed = (spec: (oid: (mark: string) => string) => CommitSpec): Promise<TestRepository> =>
  withLine((line, oid) => line.commit("landed", spec(oid)));

describe("without a word about it, a source is found", () => {
  test("by what the commit does", async () => {
    const repository = await landed(() => ({ message: "a fix by hand\n", files: FIXED }));
    expect(await classOne(repository, LINE, "line")).toMatchObject({
      class: "exact",
      source: { commit: repository.oid("fix"), evidence: "equivalent", reach: "trusted" },
      kept: { author: false, date: false, message: false },
    });
  });

  test("by author and subject where more was changed, and the rest is shown", async () => {
    const files = { clean: text({ 2: "own", 20: "fixed", 28: "more" }) };
    const repository = await landed(() => ({ ...ADA, message: FIX, files }));
    expect(await classOne(repository, LINE, "line")).toMatchObject({
      class: "adapted",
      source: { commit: repository.oid("fix"), evidence: "equivalent" },
      beyond: [{ path: "clean", line: 28, removed: ["line 28"], added: ["more"] }],
    });
  });

  test("by the number of the pull request whose commits were squashed", async () => {
    const repository = await landed(() => ({ message: "topic (#77)\n", files: { "topic.txt": "one\ntwo\n" } }));
    expect(await classOne(repository, LINE, "line")).toMatchObject({
      class: "exact",
      source: { commit: repository.oid("topic 1"), evidence: "pull", reach: "trusted" },
      moreSources: [repository.oid("topic 2")],
    });
  });

  test("on a newer line, where main has not got it", async () => {
    const repository = await withLine((line) =>
      line
        .branch("release/v1.5", "start")
        .tag("v1.5.0", "start")
        .commit("newer", { message: "only on 1.5\n", files: { run: "1\n2\n3\n", bystander: "for 1.5 alone\n" } })
        .checkout(LINE)
        .commit("landed", { message: "by hand\n", files: { run: "1\n2\n3\n", bystander: "for 1.5 alone\n" } }),
    );
    expect(await classOne(repository, LINE, "line")).toMatchObject({
      class: "exact",
      source: { commit: repository.oid("newer"), evidence: "equivalent", reach: "trusted" },
    });
  });

  test("nowhere for what was made on the line, and then it is native", async () => {
    const repository = await landed(() => ({ message: "only here\n", files: { here: "1\n2\n3\n" } }));
    expect(await classOne(repository, LINE, "line")).toMatchObject({ class: "native", source: null, kept: null });
  });

  test("nowhere for a commit that main took from the line", async () => {
    const repository = await landed(() => ({ message: "first here\n", files: { here: "1\n2\n3\n" } }));
    await repository.extend((told) =>
      told.commit("forward", {
        message: picked("first here\n", repository.oid("landed")),
        files: { here: "1\n2\n3\n" },
      }),
    );
    expect(await classOne(repository, LINE, "line")).toMatchObject({ class: "native", source: null });
  });
});

describe("a commit that says what it is", () => {
  test("takes back a commit of the line: native, and named", async () => {
    const repository = await withLine((line) => line.commit("wrong", { files: { here: "1\n" } }));
    const wrong = repository.oid("wrong");
    await repository.extend((told) =>
      told
        .checkout(LINE)
        .commit("landed", { message: `Revert "wrong"\n\nThis reverts commit ${wrong}.\n`, files: { here: null } })
        .checkout("main"),
    );
    expect(await classOne(repository, LINE, "wrong")).toMatchObject({
      class: "native",
      source: null,
      reverts: [wrong],
    });
  });

  test("is a pick of a pick: the nearest source counts", async () => {
    const repository = await withLine((line, oid) =>
      line
        .branch("release/v1.5", "start")
        .tag("v1.5.0", "start")
        .commit("newer", { ...ADA, message: picked(FIX, oid("fix")), files: { clean: text({ 20: "fixed" }) } }),
    );
    const newer = repository.oid("newer");
    await repository.extend((told) =>
      told
        .checkout(LINE)
        .commit("landed", { ...ADA, message: picked(FIX, repository.oid("fix"), newer), files: FIXED })
        .checkout("main"),
    );
    expect(await classOne(repository, LINE, "line")).toMatchObject({
      class: "exact",
      source: { commit: newer, evidence: "claimed", reach: "trusted" },
      moreSources: [],
      lies: false,
    });
  });

  test("is not answerable for a line that came with its source's message", async () => {
    const lost = "0123456789abcdef0123456789abcdef01234567";
    const repository = await fixes().create(makeSandbox());
    await repository.extend((told) =>
      told.checkout("main").commit("again", { ...ADA, message: picked("again\n", lost), files: { extra: "1\n" } }),
    );
    const again = repository.oid("again");
    await repository.extend((told) =>
      told
        .checkout(LINE)
        .commit("landed", { ...ADA, message: picked("again\n", lost, again), files: { extra: "1\n" } })
        .checkout("main"),
    );
    expect(await classOne(repository, LINE, "line")).toMatchObject({
      class: "exact",
      source: { commit: again, evidence: "claimed", reach: "trusted" },
    });
  });

  test("names its source by an abbreviation", async () => {
    const repository = await landed((oid) => ({ message: picked(FIX, oid("fix").slice(0, 9)), files: FIXED }));
    expect(await classOne(repository, LINE, "line")).toMatchObject({ source: { commit: repository.oid("fix") } });
  });

  test("is believed by the ledger's record before its own words", async () => {
    const repository = await landed(() => ({ message: "no word\n", files: FIXED }));
    const recorded = new Map([[repository.oid("landed"), [repository.oid("fix")]]]);
    expect(await classOne(repository, LINE, "line", { recorded })).toMatchObject({
      class: "exact",
      source: { commit: repository.oid("fix"), evidence: "recorded", reach: "trusted" },
    });
  });
});

describe("a source is reached", () => {
  const reachOf = async (repository: TestRepository, recorded: readonly string[] = []): Promise<string | undefined> => {
    const sources = recorded.length === 0 ? new Map() : new Map([[repository.oid("landed"), recorded]]);
    return (await classOne(repository, LINE, "line", { recorded: sources })).source?.reach;
  };
  const files = { clean: text({ 2: "own", 24: "experiment" }) };
  const fromExperiment = (): Promise<TestRepository> =>
    landed((oid) => ({ message: picked("unmerged\n", oid("unmerged")), files }));

  test("from a branch that was not merged", async () => {
    expect(await reachOf(await fromExperiment())).toBe("unmerged");
  });

  test("from a tag alone", async () => {
    const repository = await fromExperiment();
    await repository.git(["tag", "kept", "experiment"]);
    await repository.git(["update-ref", "-d", "refs/heads/experiment"]);
    expect(await reachOf(repository)).toBe("unmerged");
  });

  test("from a remote's branch alone", async () => {
    const repository = await fromExperiment();
    await repository.git(["update-ref", "refs/remotes/origin/experiment", "experiment"]);
    await repository.git(["update-ref", "-d", "refs/heads/experiment"]);
    expect(await reachOf(repository)).toBe("unmerged");
  });

  test("from nothing, once its branch is gone, and then from the ledger's record alone", async () => {
    const repository = await fromExperiment();
    await repository.git(["update-ref", "-d", "refs/heads/experiment"]);
    expect(await reachOf(repository)).toBe("unreachable");
    expect(await reachOf(repository, [repository.oid("unmerged")])).toBe("recorded");
  });

  test("from the branches that policy trusts, and from no others", async () => {
    const repository = await fromExperiment();
    await repository.extend((told) =>
      told.checkout("main").commit("trust", { files: { "morello.yaml": "policy: { trustedBranches: [exp*] }\n" } }),
    );
    expect(await reachOf(repository)).toBe("trusted");
  });
});

describe("merges", () => {
  test("bring main's own commits as they are", async () => {
    const repository = await withLine((line) =>
      line
        .branch("release/v1.6", "start")
        .tag("v1.6.0", "start")
        .commit("own", { files: { here: "1\n" } })
        .merge("merged in", "far", { message: "Merge main\n" }),
    );
    const classed = await classAll(repository, "release/v1.6", "own");
    expect(classed.map((one) => [one.subject, one.class, one.source?.commit])).toEqual([
      ["fix: line 20", "exact", repository.oid("fix")],
      ["far", "exact", repository.oid("far")],
      ["Merge main", "exact", undefined],
    ]);
  });

  test("bring picks, each classed by itself", async () => {
    const repository = await withLine((line, oid) =>
      line
        .branch("backport", "line")
        .commit("pick", { ...ADA, message: picked(FIX, oid("fix")), files: FIXED })
        .checkout(LINE)
        .merge("merged in", "backport", { message: "Merge pull request #80 from backport\n" }),
    );
    const classed = await classAll(repository, LINE, "line");
    expect(classed.map((one) => [one.subject, one.class, one.merge, one.source?.evidence])).toEqual([
      ["fix: line 20", "exact", false, "claimed"],
      ["Merge pull request #80 from backport", "exact", true, undefined],
    ]);
  });

  test("of branches that merged each other are compared with git's own", async () => {
    const repository = await withLine((line) =>
      line
        .branch("left", "start")
        .commit("left 1", { files: { clean: text({ 5: "left" }) } })
        .branch("right", "start")
        .commit("right 1", { files: { clash: text({ 5: "right" }) } })
        .merge("right 2", "left 1", { message: "Merge left\n" })
        .commit("right 3", { files: { clean: text({ 5: "left", 25: "right" }) } })
        .checkout("left")
        .merge("left 2", "right 1", { message: "Merge right\n" })
        .commit("left 3", { files: { clean: text({ 5: "left", 15: "left" }) } }),
    );
    const [left, right] = [repository.oid("left 3"), repository.oid("right 3")];
    expect((await repository.git(["merge-base", "--all", left, right])).split("\n")).toHaveLength(2);
    const tree = await repository.git(["merge-tree", "--write-tree", left, right]);
    const merged = await repository.git(["commit-tree", tree, "-p", left, "-p", right, "-m", "Merge right again"]);
    const [classed] = await classThese(repository, "left", [merged]);
    expect(classed).toMatchObject({ class: "exact", merge: true, beyond: [] });
  });

  test("that resolve a conflict in its region are resolved", async () => {
    const repository = await withLine((line) =>
      line
        .branch("backport", "start")
        .commit("theirs", { files: { clash: text({ 10: "theirs" }) } })
        .checkout(LINE)
        .merge("merged in", "backport", { message: "Merge\n", files: { clash: text({ 10: "own and theirs" }) } }),
    );
    const [classed] = await classThese(repository, LINE, [repository.oid("merged in")]);
    expect(classed).toMatchObject({ class: "resolved", conflicted: ["clash"], merge: true });
  });
});

test("what was found is found again at once, and the same", async () => {
  const repository = await landed((oid) => ({
    message: picked(FIX, oid("fix")),
    files: { clean: text({ 2: "own", 20: "fixed", 28: "more" }) },
  }));
  const first = await classOne(repository, LINE, "line");
  expect(await classOne(repository, LINE, "line")).toEqual(first);
  expect(first.rangeDiff).toMatch(/^1: {2}[0-9a-f]{12} ! 1: {2}[0-9a-f]{12} fix: line 20\n/);
});
