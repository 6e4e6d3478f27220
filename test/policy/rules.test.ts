import { describe, expect, test } from "vitest";
import type { CommitFacts, LineFacts } from "../../src/policy/rule.ts";
import { RULE_IDS, type RuleId } from "../../src/policy/id.ts";
import { RULES } from "../../src/policy/rules.ts";
import type { ChangedFile } from "../../src/patch/changed-file.ts";
import { line, MESSAGE, NATIVE, OTHER, PICK, pick, problems, SOURCE } from "./facts.ts";

type Case = readonly [name: string, facts: CommitFacts, line?: LineFacts];

const source = pick().classed.source!;

function changed(path: string, ...lines: readonly string[]): ChangedFile {
  const hunks = [{ line: 3, section: "", removed: [], added: lines }];
  return { path, from: null, status: "modified", binary: false, hunks };
}

/** Of every rule: what it lets pass beside a clean pick, and what it does not. */
const CASES: Readonly<Record<RuleId, { readonly good: readonly Case[]; readonly bad: readonly Case[] }>> = {
  "markers": {
    good: [],
    bad: [["a marker", pick({ markers: [{ path: "a.py", line: 7 }] })]],
  },
  "resurrected": { good: [], bad: [["a file that comes back", pick({ resurrected: ["gone.py"] })]] },
  "x-line-lies": { good: [], bad: [["another content than it says", pick({}, { lies: true })]] },
  "unreachable-source": {
    good: [
      ["an unmerged source", pick({}, { source: { ...source, reach: "unmerged" } })],
      ["a source that the ledger alone keeps", pick({}, { source: { ...source, reach: "recorded" } })],
      ["a commit made on the line", pick({ classed: NATIVE })],
    ],
    bad: [
      ["an object that nothing reaches", pick({}, { source: { ...source, reach: "unreachable" } })],
      ["an object that is not there", pick({}, { source: { ...source, reach: "missing" } })],
    ],
  },
  "ledger": { good: [], bad: [["a ledger that does not hold", pick(), line({}, { ledger: [{ message: "broken" }] })]] },
  "moved-tag": { good: [], bad: [["a tag that moved", pick(), line({}, { movedTags: [{ message: "v2.7.0" }] })]] },
  "end-of-life": { good: [], bad: [["a line that ended", pick(), line({}, { endOfLife: true })]] },
  "class-approvals": {
    good: [
      ["an adapted pick where nothing is asked", pick({}, { class: "adapted" })],
      [
        "enough approvals",
        pick({ approvals: ["eve@example.com"] }, { class: "adapted" }),
        line({ classes: { adapted: 1 } }),
      ],
      ["a merge that equals git's", pick({}, { merge: true }), line({ classes: { exact: 2 } })],
      [
        "one's own approval where that counts",
        pick({ approvals: ["bot@example.com"] }),
        line({ classes: { exact: 1 }, selfApproval: true }),
      ],
    ],
    bad: [
      ["too few approvals", pick({}, { class: "adapted" }), line({ classes: { adapted: 1 } })],
      ["a class that is refused", pick({ classed: NATIVE }), line({ classes: { native: "refused" } })],
      ["the same approver twice", pick({ approvals: ["e@x", "E@x"] }), line({ classes: { exact: 2 } })],
      ["the committer's own approval", pick({ approvals: ["BOT@example.com"] }), line({ classes: { exact: 1 } })],
      ["the author's own approval", pick({ approvals: ["ada@example.com"] }), line({ classes: { exact: 1 } })],
      [
        "somebody who may not approve",
        pick({ approvals: ["eve@example.com"] }),
        line({ classes: { exact: 1 }, approvers: ["lead@example.com"] }),
      ],
    ],
  },
  "unmerged-source": {
    good: [
      [
        "an unmerged source with its approval",
        pick({ approvals: ["eve@example.com"] }, { source: { ...source, reach: "unmerged" } }),
        line({ unmergedSource: 1 }),
      ],
    ],
    bad: [
      ["an unmerged source, which is always named", pick({}, { source: { ...source, reach: "unmerged" } })],
      ["one without its approval", pick({}, { source: { ...source, reach: "unmerged" } }), line({ unmergedSource: 1 })],
      [
        "one where none is taken",
        pick({ approvals: ["a@x", "b@x"] }, { source: { ...source, reach: "unmerged" } }),
        line({ unmergedSource: "refused" }),
      ],
    ],
  },
  "duplicate": { good: [], bad: [["a fix that is there", pick({ duplicateOf: OTHER })]] },
  "source-reverted": { good: [], bad: [["a source that was taken back", pick({ sourceRevertedBy: OTHER })]] },
  "newer-lines-first": { good: [], bad: [["newer lines without it", pick({ missingOn: ["release/v2.8"] })]] },
  "x-line": {
    good: [
      ["a commit made on the line", pick({ message: "fix: a\n", classed: NATIVE })],
      ["a merge", pick({ message: "Merge branch 'a'\n" }, { merge: true })],
      ["a commit of main's own", pick({ message: "fix: a\n" }, { source: { ...source, commit: PICK } })],
    ],
    bad: [
      ["a pick without the line", pick({ message: "fix: a\n" })],
      ["an abbreviated object ID", pick({ message: MESSAGE.replace(SOURCE, SOURCE.slice(0, 12)) })],
      ["the line in a paragraph of text", pick({ message: MESSAGE.replace("\n\n(", "\n(") })],
      ["the line before other paragraphs", pick({ message: `${MESSAGE}\nAnd more.\n` })],
      ["words around it", pick({ message: MESSAGE.replace("(cherry", "* (cherry") })],
    ],
  },
  "author": {
    good: [
      ["another spelling of the same address", pick({ author: { name: "A", email: "ADA@example.com" } })],
      ["a squash of several", pick({ author: { name: "E", email: "e@x" } }, { moreSources: [OTHER] })],
    ],
    bad: [["another author than the source's", pick({ author: { name: "Eve", email: "eve@example.com" } })]],
  },
  "version-files": {
    good: [
      ["a dependency in package.json", pick({ files: [changed("package.json", '    "left-pad": "1.3.0",')] })],
      ["a commit made on the line", pick({ classed: NATIVE, files: [changed("VERSION", "2.7.1")] })],
      ["another file", pick({ files: [changed("src/version.py", "version = 2")] })],
    ],
    bad: [
      ["the version in package.json", pick({ files: [changed("package.json", '  "version": "2.7.1",')] })],
      ["the version in pyproject.toml", pick({ files: [changed("pyproject.toml", 'version = "2.7.1"')] })],
      ["VERSION", pick({ files: [changed("VERSION", "2.7.1")] })],
      ["a file of its own, deep down", pick({ files: [changed("src/app/_version.py", '__version__ = "2"')] })],
      ["a pattern of the configuration", pick({ files: [changed("a/v.h", "2")] }), line({ versionFiles: ["a/*.h"] })],
    ],
  },
  "reason": {
    good: [
      ["a trailer", pick({ message: `${MESSAGE}Reason: it leaks\n` }), line({ reason: true })],
      ["what --adapt writes", pick({ message: `${MESSAGE}Adapted: no prefetcher\n` }), line({ reason: true })],
      ["a record", pick({ record: { signed: false, reason: "it leaks", conflicted: [] } }), line({ reason: true })],
      ["a commit made on the line", pick({ classed: NATIVE }), line({ reason: true })],
    ],
    bad: [
      ["nothing where it is asked", pick(), line({ reason: true })],
      ["an empty trailer", pick({ message: `${MESSAGE}Reason:\n` }), line({ reason: true })],
    ],
  },
  "issue": {
    good: [
      ["a number", pick({ message: `${MESSAGE}Issue: #12\n` }), line({ issue: true })],
      ["a key", pick({ message: "fix: a (PROJ-12)\n" }), line({ issue: true })],
      ["what a pattern wants", pick({ message: "fix: a\n\nBug: 77\n" }), line({ issue: "^Bug: \\d+$" })],
    ],
    bad: [
      ["nothing where it is asked", pick(), line({ issue: true })],
      ["a number where a pattern wants more", pick({ message: "fix: #1\n" }), line({ issue: "^Bug: \\d+$" })],
    ],
  },
  "signed": {
    good: [
      ["a signed record", pick({ record: { signed: true, reason: null, conflicted: [] } }), line({ signed: true })],
    ],
    bad: [
      ["an unsigned record", pick({ record: { signed: false, reason: null, conflicted: [] } }), line({ signed: true })],
      ["no record", pick(), line({ signed: true })],
    ],
  },
  "self-contained": {
    good: [
      ["a commit that passes", pick({ verify: { kind: "passed", command: "make" } })],
      ["a command that was not allowed", pick({ verify: { kind: "not-allowed", command: "make" } })],
      ["a tree that cannot be told", pick({ verify: { kind: "could-not-run", command: "make" } })],
    ],
    bad: [
      ["a commit that fails", pick({ verify: { kind: "failed", command: "make" } })],
      ["a commit that does not end", pick({ verify: { kind: "timed-out", command: "make" } })],
    ],
  },
  "one-concern": { good: [], bad: [] }, // concern.test.ts
  "message-form": {
    good: [],
    bad: [["what commitlint says", pick({ messageProblems: [{ rule: "type-empty", message: "no type" }] })]],
  },
};

function named(cases: readonly Case[]) {
  return cases.map(([name, facts, on]) => ({ name, facts, on }));
}

describe.each(RULES.map((rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  const { good, bad } = CASES[id];

  test("says nothing of a clean pick", () => {
    expect(problems(rule, pick())).toEqual([]);
  });

  test.each(named(good))("lets pass $name", ({ facts, on }) => {
    expect(problems(rule, facts, on)).toEqual([]);
  });

  test.each(named(bad))("tells $name", ({ facts, on }) => {
    expect(problems(rule, facts, on).length).toBeGreaterThan(0);
  });
});

test("without configuration only what breaks a line refuses", () => {
  expect(RULES.filter(({ severity }) => severity === "error").map(({ id }) => id)).toEqual([
    "markers",
    "resurrected",
    "x-line-lies",
    "unreachable-source",
    "ledger",
    "moved-tag",
  ]);
});

test("every rule has one line that describes it, and something to do", () => {
  for (const { id, description, hint } of RULES) {
    expect(description, id).toMatch(/^[A-Z][^\n]{10,}\.$/);
    expect(hint, id).toMatch(/^[^\n]{10,}$/);
  }
});

test("rules are told in the order of their names in the schema", () => {
  expect(RULES.map(({ id }) => id)).toEqual([...RULE_IDS]);
});
