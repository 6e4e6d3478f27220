import { describe, expect, test } from "vitest";
import { FIX_WORDS } from "../../src/message/fix.ts";
import { changesOf, type ReleasedCommit } from "../../src/release/changes.ts";

/** An object ID that begins with the name, as far as hexadecimal digits go. */
const oid = (name: string): string => Buffer.from(name).toString("hex").padEnd(40, "0").slice(0, 40);

function commit(name: string, message: string, more: Partial<ReleasedCommit> = {}): ReleasedCommit {
  return { commit: oid(name), message, source: null, alsoIn: [], ...more };
}

const changes = (...commits: readonly ReleasedCommit[]) => changesOf(commits, FIX_WORDS);

describe("what a commit is", () => {
  test.each([
    ["fix(loader): limit the queue (#123)", { group: "fix", scope: "loader", title: "limit the queue", pull: 123 }],
    ["feat: more", { group: "feature", scope: null, title: "more" }],
    ["perf(io): read ahead", { group: "performance", scope: "io", title: "read ahead" }],
    ["docs: a page", { group: "documentation", title: "a page" }],
    ["chore: tidy", { group: "other", title: "tidy" }],
    ["loader: limit the queue", { group: "other", scope: null, title: "loader: limit the queue" }],
    ["loader: fix the queue", { group: "fix", scope: null, title: "loader: fix the queue" }],
    ["Fix the queue", { group: "fix", scope: null, title: "Fix the queue" }],
    ['Revert "feat: more"', { group: "revert", title: 'Revert "feat: more"' }],
    ["queue\n\nFixes: 1a2b3c4d5e6f (the queue)", { group: "fix", title: "queue" }],
    ["fix!: another default", { group: "fix", title: "another default", breaking: true }],
    ["chore: x\n\nBREAKING CHANGE: gone", { group: "other", breaking: true }],
    [
      "Merge pull request #29027 from someone/fix-jq\n\nfix(ci): the name of jq\n\nMore.",
      { group: "fix", scope: "ci", title: "the name of jq", pull: 29027 },
    ],
    [
      "Merge branch 'leak' into 'main'\n\nLimit the queue\n(cherry picked from commit 1a2b3c4d5e6f)",
      { group: "other", title: "Limit the queue" },
    ],
    ["fix: naïve größe", { group: "fix", title: "naïve größe" }],
  ])("%j", (message, wanted) => {
    expect(changes(commit("a", Buffer.from(message).toString("latin1"))).entries).toMatchObject([wanted]);
  });

  test.each([
    ["perf: quick", "patch"],
    ["chore: tidy", "patch"],
    ["docs: page", "patch"],
    ["feat: more", "feature"],
    ["fix!: other", "breaking"],
    ["fix: x\n\nsaid BREAKING CHANGE: in passing", "patch"],
  ])("%j makes a %s release", (message, level) => {
    expect(changes(commit("a", message)).level).toBe(level);
  });
});

describe("each fix once", () => {
  test("a pick and its source are one", () => {
    const { entries } = changes(commit("source", "fix: leak"), commit("pick", "fix: leak", { source: oid("source") }));
    expect(entries).toMatchObject([{ commit: oid("pick"), source: null, title: "leak" }]);
  });

  test("two picks of one source are one, and the newer commit is named", () => {
    const source = oid("elsewhere");
    const { entries } = changes(commit("one", "fix: leak", { source }), commit("two", "fix: leak", { source }));
    expect(entries).toMatchObject([{ commit: oid("two"), source }]);
  });

  test("the order is that of the commits", () => {
    const { entries } = changes(commit("b", "fix: b"), commit("a", "fix: a"), commit("c", "chore: c"));
    expect(entries.map(({ title }) => title)).toEqual(["b", "a", "c"]);
  });
});

describe("reverts", () => {
  const revert = (name: string, of: string, more: Partial<ReleasedCommit> = {}): ReleasedCommit =>
    commit(name, `Revert "${of}"\n\nThis reverts commit ${oid(of)}.\n`, more);

  test("within the release cancel what they take back", () => {
    const found = changes(commit("a", "feat: a"), commit("b", "fix: b"), revert("r", "a"));
    expect(found.entries.map(({ title }) => title)).toEqual(["b"]);
    expect(found.cancelled).toEqual([{ commit: oid("a"), revert: oid("r") }]);
    expect(found.level).toBe("patch");
  });

  test("that are taken back leave what was there", () => {
    const found = changes(commit("a", "fix: a"), revert("r", "a"), revert("again", "r"));
    expect(found.entries.map(({ title }) => title)).toEqual(["a"]);
    expect(found.cancelled).toEqual([{ commit: oid("r"), revert: oid("again") }]);
  });

  test("of a revert of a revert cancel all", () => {
    const found = changes(commit("a", "fix: a"), revert("r", "a"), revert("again", "r"), revert("last", "again"));
    expect(found.entries).toEqual([]);
  });

  test("of an earlier release are told", () => {
    expect(changes(revert("r", "earlier")).entries).toMatchObject([{ group: "revert" }]);
  });

  test("that were picked name the source of what they take back here", () => {
    const found = changes(commit("pick", "fix: a", { source: oid("a") }), revert("r", "a", { source: oid("main r") }));
    expect(found.entries).toEqual([]);
  });

  test("do not take back what came after them", () => {
    const found = changes(revert("r", "a"), commit("a", "fix: a"));
    expect(found.entries).toHaveLength(2);
  });

  test("with an abbreviated object ID count", () => {
    const short = `Revert "a"\n\nThis reverts commit ${oid("abcdef").slice(0, 12)}.\n`;
    expect(changes(commit("abcdef", "fix: a"), commit("r", short)).entries).toEqual([]);
  });
});
