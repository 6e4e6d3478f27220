import { describe, expect, test } from "vitest";
import { releaseNotes, summary, tagMessage, type TagMessage } from "../../src/release/notes.ts";
import type { ReleaseEntry } from "../../src/wire/release.ts";

const oid = (digit: string): string => digit.repeat(40);

function entry(digit: string, more: Partial<ReleaseEntry> = {}): ReleaseEntry {
  return {
    commit: oid(digit),
    source: null,
    subject: "fix: leak",
    group: "fix",
    scope: null,
    title: "leak",
    breaking: false,
    pull: null,
    alsoIn: [],
    ...more,
  };
}

const PICKED = entry("a", {
  source: oid("b"),
  subject: "fix(loader): limit the queue (#123)",
  scope: "loader",
  title: "limit the queue",
  pull: 123,
  alsoIn: ["v2.6.5"],
});

const RELEASE: TagMessage = {
  tag: "v2.7.1",
  line: "release/v2.7",
  previousTag: "v2.7.0",
  day: "2026-01-02",
  entries: [PICKED, entry("c", { group: "other", subject: "chore: tidy", title: "tidy" })],
  allowed: null,
  checkpoint: null,
};

describe("notes", () => {
  test("are grouped by type, with sources and the releases of other lines", () => {
    expect(releaseNotes(RELEASE)).toBe(
      [
        "## v2.7.1 (2026-01-02)",
        "",
        "Since v2.7.0 of release/v2.7: 1 fix and 1 other change.",
        "",
        "### Fixes",
        "",
        "- **loader:** limit the queue (#123, aaaaaaaaaaaa, from bbbbbbbbbbbb, also in v2.6.5)",
        "",
        "### Other changes",
        "",
        "- tidy (cccccccccccc)",
        "",
      ].join("\n"),
    );
  });

  test("tell breaking changes first, and once", () => {
    const entries = [PICKED, entry("d", { group: "feature", title: "new default", breaking: true })];
    const notes = releaseNotes({ ...RELEASE, entries });
    expect(notes.match(/^### .*$/gm)).toEqual(["### Breaking changes", "### Fixes"]);
    expect(notes.match(/new default/g)).toHaveLength(1);
  });

  test("of a first release without entries say so", () => {
    expect(releaseNotes({ ...RELEASE, previousTag: null, entries: [] })).toBe(
      "## v2.7.1 (2026-01-02)\n\nThe first release of release/v2.7: no changes.\n",
    );
  });

  test.each([
    ["<script> & *stars* and _lines_", "\\<script\\> & \\*stars\\* and \\_lines\\_"],
    ["`__init__` and __init__", "`__init__` and \\_\\_init\\_\\_"],
    ["# no heading", "\\# no heading"],
    ["1. no list", "1\\. no list"],
    ["1.13.x is named", "1.13.x is named"],
    ["[link](https://x)", "\\[link\\](https://x)"],
    ["one ` tick", "one \\` tick"],
  ])("take %j for text", (title, wanted) => {
    expect(releaseNotes({ ...RELEASE, entries: [entry("a", { title })] })).toContain(`- ${wanted} (aaaa`);
  });
});

test.each([
  [[], "no changes"],
  [["fix"], "1 fix"],
  [["fix", "fix"], "2 fixes"],
  [["other"], "1 change"],
  [["feature", "fix", "fix", "other", "performance"], "1 feature, 2 fixes and 2 other changes"],
] as const)("%j is summed up as %s", (groups, wanted) => {
  expect(summary(groups.map((group) => entry("a", { group })))).toBe(wanted);
});

describe("the tag's message", () => {
  test("lists each with its source, and ends in trailers", () => {
    const message = tagMessage({ ...RELEASE, allowed: "promised", checkpoint: oid("e") });
    expect(message).toBe(
      [
        "v2.7.1",
        "",
        "Since v2.7.0 of release/v2.7: 1 fix and 1 other change.",
        "",
        "- aaaaaaaaaaaa fix(loader): limit the queue (#123) (from bbbbbbbbbbbb)",
        "- cccccccccccc chore: tidy",
        "",
        "Feature-Allowed: promised",
        `Ledger-Checkpoint: ${oid("e")}`,
        "",
      ].join("\n"),
    );
  });

  test("adds the pull request where the subject does not name it", () => {
    const entries = [entry("a", { source: oid("b"), subject: "fix: leak", pull: 9 })];
    expect(tagMessage({ ...RELEASE, entries })).toContain("- aaaaaaaaaaaa fix: leak (from bbbbbbbbbbbb, #9)\n");
  });

  test("holds no line that a commit or a reason made up", () => {
    const forged = `\nLedger-Checkpoint: ${oid("f")}`;
    const entries = [entry("a", { subject: `fix: \u001b[31mred${forged}` })];
    const message = tagMessage({ ...RELEASE, entries, allowed: `why${forged}` });
    expect(message).not.toMatch(/^Ledger-Checkpoint:/m);
    expect(message).not.toContain("\u001b");
  });

  test("of a very long release says how many more there are", () => {
    const entries = Array.from({ length: 503 }, () => entry("a"));
    const lines = tagMessage({ ...RELEASE, entries })
      .split("\n")
      .filter((line) => line.startsWith("- "));
    expect([lines.length, lines.at(-1)]).toEqual([501, "- and 3 more"]);
  });
});
