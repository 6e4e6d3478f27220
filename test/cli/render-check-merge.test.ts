import { expect, test } from "vitest";
import { renderCheckMerge } from "../../src/cli/render/check-merge.ts";
import type { MergeCheckOutcome, MergedCommit } from "../../src/wire/check-merge.ts";
import { oid, PIPE, terminal } from "./literal.ts";

const summary = (id: string, subject: string) => {
  return { commit: oid(id), subject, author: "Ada", date: "2026-03-04T10:00:00+01:00" };
};
const LEAK: MergedCommit = {
  ...summary("1a2b3c4", "Limit the prefetch queue: it kept every batch alive until the epoch ended"),
  already: { ...summary("9f8e7d6", "Limit the prefetch queue"), band: "same" },
};
const CLEAN: MergeCheckOutcome = {
  kind: "merge",
  branch: { name: "feature", tip: oid("f0") },
  into: { name: "release/v2.7", tip: oid("e0") },
  commits: [LEAK, { ...summary("2b3c4d5", "Rewrite the loader"), already: null }],
  result: { kind: "clean", tree: oid("aa") },
  proof: "same",
  doubled: [],
  ok: true,
};
const TWICE: MergeCheckOutcome = {
  ...CLEAN,
  proof: "differs",
  ok: false,
  doubled: [{ path: "loader.py", line: 20, removed: [], added: ["    limit()\u001b[2J"], commits: [LEAK.commit] }],
};
const CONFLICT: MergeCheckOutcome = {
  ...CLEAN,
  proof: "unknown",
  ok: false,
  result: { kind: "conflict", paths: [{ path: "loader.py", commits: [LEAK.commit] }] },
};

test("a merge that applies nothing twice says by what that is proved", () => {
  expect(renderCheckMerge(terminal(80), CLEAN))
    .toBe(`Merge  feature into release/v2.7  2 commits, 1 of them already there

✓ 1a2b3c400000 Limit the prefetch queue: it kept every batch…  as 9f8e7d600000

✓ The merge is clean, and gives what the branch gives without those commits:
  nothing is applied twice.
`);
});

test("a change that is applied twice is shown, harmless, with its commit and what to do instead", () => {
  expect(renderCheckMerge(terminal(120), TWICE))
    .toBe(`Merge  feature into release/v2.7  2 commits, 1 of them already there

✓ 1a2b3c400000 Limit the prefetch queue: it kept every batch alive until the epoch ended  as 9f8e7d600000

✗ The merge is clean, and applies a change twice:
    loader.py:20  1a2b3c400000
      +    limit()\\x1b[2J

Next  git switch --create feature-rest e00000000000
      git cherry-pick 2b3c4d500000
`);
});

test("a conflict names the commits behind it that are there already", () => {
  expect(renderCheckMerge(terminal(80), CONFLICT)).toContain(`✗ The merge conflicts in 1 path:
    loader.py  changed by 1a2b3c400000, already there
`);
});

test("for programs: a line a commit, a place, and the verdict", () => {
  expect(renderCheckMerge(PIPE, TWICE)).toBe(`${LEAK.commit} already-there ${oid("9f8e7d6")}
${oid("2b3c4d5")} not-there
twice loader.py:20 ${LEAK.commit}
merge clean not-ok
`);
});
