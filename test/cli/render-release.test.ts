import { describe, expect, test } from "vitest";
import { renderRelease } from "../../src/cli/render/release.ts";
import type { Release, ReleaseEntry, ReleaseOutcome } from "../../src/wire/release.ts";
import { oid, PIPE, terminal } from "./literal.ts";

function entry(digit: string, more: Partial<ReleaseEntry> = {}): ReleaseEntry {
  return {
    commit: oid(digit),
    source: null,
    subject: "fix(loader): limit the prefetch queue (#123)",
    group: "fix",
    scope: "loader",
    title: "limit the prefetch queue",
    breaking: false,
    pull: 123,
    alsoIn: [],
    ...more,
  };
}

const RELEASE: Release = {
  line: "release/v2.7",
  version: "2.7.1",
  tag: "v2.7.1",
  tagObject: null,
  prerelease: false,
  previousTag: "v2.7.0",
  commit: null,
  tip: oid("1"),
  files: ["package.json", "CHANGELOG.md"],
  missing: ["src/_version.py"],
  entries: [
    entry("a", { source: oid("b"), alsoIn: ["v2.6.5", "v2.8.2"] }),
    entry("c", {
      group: "feature",
      subject: "feat!: another default for everything that is configured",
      breaking: true,
    }),
    entry("d", { group: "other", subject: "chore: tidy \u001b[31mred" }),
  ],
  cancelled: [{ commit: oid("e"), revert: oid("f") }],
  allowed: "promised to a user",
  latest: true,
  floating: ["v2.7", "latest"],
  skipped: [],
  notes: "",
  signed: false,
  record: null,
  remote: { name: "origin", reached: false },
};
const PLANNED: ReleaseOutcome = { kind: "planned", release: RELEASE };
const RELEASED: ReleaseOutcome = {
  kind: "released",
  release: {
    ...RELEASE,
    commit: oid("2"),
    tagObject: oid("3"),
    entries: [entry("a", { source: oid("b") })],
    files: [],
    missing: [],
    cancelled: [],
    allowed: null,
    latest: false,
    floating: ["v2.7"],
    skipped: ["v2.7.0"],
    signed: true,
    remote: { name: "origin", reached: true },
  },
  transaction: "1",
  recorded: null,
  verify: null,
  worktrees: ["/home/dev/trainer"],
  push: {
    remote: "origin",
    refs: [
      { refname: "refs/heads/release/v2.7", to: oid("2") },
      { refname: "refs/tags/v2.7.1", to: oid("3") },
    ],
  },
};

test("a release to come, 80 columns", () => {
  expect(renderRelease(terminal(80), PLANNED)).toMatchInlineSnapshot(`
    "• v2.7.1 of release/v2.7  after v2.7.0, latest
      fix       a00000000000  fix(loader): limit the prefetch queue (#123)  from b0…
      breaking  c00000000000  feat!: another default for everything that is configu…
      other     d00000000000  chore: tidy \\x1b[31mred
      reverted since, so not told of: e00000000000
      features and breaking changes are allowed: promised to a user
      a commit of its own brings package.json, CHANGELOG.md to the version
      not on this line: src/_version.py
      names that move to it: v2.7, latest
      origin is out of reach: only the tags here were looked at
    "
  `);
});

test("a release to come, 120 columns", () => {
  expect(renderRelease(terminal(120), PLANNED)).toMatchInlineSnapshot(`
    "• v2.7.1 of release/v2.7  after v2.7.0, latest
      fix       a00000000000  fix(loader): limit the prefetch queue (#123)  from b00000000000, also in v2.6.5, v2.8.2
      breaking  c00000000000  feat!: another default for everything that is configured
      other     d00000000000  chore: tidy \\x1b[31mred
      reverted since, so not told of: e00000000000
      features and breaking changes are allowed: promised to a user
      a commit of its own brings package.json, CHANGELOG.md to the version
      not on this line: src/_version.py
      names that move to it: v2.7, latest
      origin is out of reach: only the tags here were looked at
    "
  `);
});

test("a release to come, in a pipe", () => {
  expect(renderRelease(PIPE, PLANNED)).toMatchInlineSnapshot(`
    "release/v2.7: v2.7.1 would be released at a new commit, after v2.7.0
    release/v2.7: fix: a000000000000000000000000000000000000000 from b000000000000000000000000000000000000000: fix(loader): limit the prefetch queue (#123) (also in v2.6.5, v2.8.2)
    release/v2.7: breaking: c000000000000000000000000000000000000000: feat!: another default for everything that is configured
    release/v2.7: other: d000000000000000000000000000000000000000: chore: tidy \\x1b[31mred
    release/v2.7: reverted since, so not told of: e00000000000
    release/v2.7: features and breaking changes are allowed: promised to a user
    release/v2.7: a commit of its own brings package.json, CHANGELOG.md to the version
    release/v2.7: not on this line: src/_version.py
    release/v2.7: names that move to it: v2.7, latest
    release/v2.7: origin is out of reach: only the tags here were looked at
    release/v2.7: v2.7.1 would be the latest version
    "
  `);
});

test("a release that was made and pushed, 80 columns", () => {
  expect(renderRelease(terminal(80), RELEASED)).toMatchInlineSnapshot(`
    "✓ v2.7.1 of release/v2.7  after v2.7.0
      fix  a00000000000  fix(loader): limit the prefetch queue (#123)  from b000000…
      not on this line, so a higher version is taken: v2.7.0
      names that move to it: v2.7
      signed annotated tag 300000000000 at commit 200000000000
    ✓ pushed to origin: release/v2.7, v2.7.1
    "
  `);
});

test("a release that was made and not pushed says what comes next", () => {
  const lines = renderRelease(terminal(80), { ...RELEASED, push: null }).split("\n");
  expect(lines.at(-2)).toBe("Next  morello release release/v2.7 --push");
});

test("a release that was made, in a pipe", () => {
  expect(renderRelease(PIPE, RELEASED)).toMatchInlineSnapshot(`
    "release/v2.7: v2.7.1 is released at 2000000000000000000000000000000000000000, after v2.7.0
    release/v2.7: fix: a000000000000000000000000000000000000000 from b000000000000000000000000000000000000000: fix(loader): limit the prefetch queue (#123)
    release/v2.7: not on this line, so a higher version is taken: v2.7.0
    release/v2.7: names that move to it: v2.7
    release/v2.7: signed annotated tag 3000000000000000000000000000000000000000
    release/v2.7: work tree /home/dev/trainer follows
    release/v2.7: pushed refs/heads/release/v2.7 2000000000000000000000000000000000000000 to origin
    release/v2.7: pushed refs/tags/v2.7.1 3000000000000000000000000000000000000000 to origin
    "
  `);
});

describe("what makes no release", () => {
  const refused: ReleaseOutcome = {
    kind: "refused",
    line: "release/v2.7",
    reason: "feature",
    message: "release/v2.7 takes patch releases alone, and there is a feature",
    hint: "morello release release/v2.7 --allow-feature --reason WHY",
    entries: [entry("c", { group: "feature", subject: "feat: more" })],
    verify: null,
  };

  test("is refused with what speaks against it", () => {
    expect(renderRelease(terminal(80), refused)).toMatchInlineSnapshot(`
      "✗ release/v2.7 takes patch releases alone, and there is a feature
        c00000000000  feat: more
      hint: morello release release/v2.7 --allow-feature --reason WHY
      "
    `);
  });

  test("in a pipe, too", () => {
    expect(renderRelease(PIPE, refused)).toMatchInlineSnapshot(`
      "release/v2.7: refused: release/v2.7 takes patch releases alone, and there is a feature
      release/v2.7: c000000000000000000000000000000000000000 feat: more
      hint: morello release release/v2.7 --allow-feature --reason WHY
      "
    `);
  });

  test("nothing new", () => {
    const nothing: ReleaseOutcome = { kind: "nothing", line: "release/v2.7", tag: "v2.7.1", push: null };
    expect(renderRelease(terminal(80), nothing)).toBe("= release/v2.7  nothing to release since v2.7.1\n");
    expect(renderRelease(PIPE, nothing)).toBe("release/v2.7: nothing to release since v2.7.1\n");
  });

  test("a no", () => {
    expect(renderRelease(PIPE, { kind: "declined", release: RELEASE })).toBe("Nothing was made\n");
  });
});

test("no line of a table is wider than the terminal", () => {
  for (const columns of [60, 80, 120]) {
    for (const outcome of [PLANNED, RELEASED]) {
      const lines = renderRelease(terminal(columns), outcome).split("\n");
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
    }
  }
});
