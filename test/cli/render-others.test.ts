import { expect, test } from "vitest";
import { renderDiff } from "../../src/cli/render/diff.ts";
import { errorReport, renderError, statusOf } from "../../src/cli/render/error.ts";
import { renderConfiguration, renderInit } from "../../src/cli/render/init.ts";
import { renderLines } from "../../src/cli/render/lines.ts";
import { renderAbort, renderContinue, renderResolve } from "../../src/cli/render/resolution.ts";
import { isUndone, renderUndo } from "../../src/cli/render/undo.ts";
import { AppError } from "../../src/error.ts";
import type { LinesOutcome } from "../../src/wire/line.ts";
import type { Resolution, UndoOutcome } from "../../src/wire/outcome.ts";
import { LEAK, line, oid, PIPE, report, terminal } from "./literal.ts";

const difference = {
  upstream: "refs/remotes/origin/release/v2.8",
  upstreamTip: oid("1"),
  localTip: oid("2"),
  ahead: 2,
  behind: 1,
};
const LINES: LinesOutcome = {
  kind: "lines",
  main: { name: "main", refname: "refs/heads/main", tip: oid("616ccf7b812b") },
  lines: [
    report("release/v2.8", { difference }),
    report("release/v1.0", { lastTag: null, sinceTag: null, maintenance: { maintained: false, reason: "idle" } }),
    report("stable/very-long-name-of-a-line-0.9", {
      lastTag: "pkg-name-v0.9.12",
      maintenance: { maintained: false, reason: "end-of-life" },
    }),
  ],
};

test("lines, 80 columns", () => {
  expect(renderLines(terminal(80), LINES)).toMatchInlineSnapshot(`
    "   line            tip         last tag    since  ahead  behind  maintained
    ✓  release/v2.8    99aa00000…  v2.7.0          3     12     340  yes: tip moved
    –  release/v1.0    99aa00000…  none            ?     12     340  no: idle
    –  …of-a-line-0.9  99aa00000…  …e-v0.9.12      3     12     340  no: end of life

    ahead of and behind main at 616ccf7b812b, in commits; since: commits since the
    last tag
    • release/v2.8 is 2 ahead of origin/release/v2.8 and 1 behind it
    "
  `);
});

test("lines, 120 columns", () => {
  expect(renderLines(terminal(120), LINES)).toMatchInlineSnapshot(`
    "   line                                tip           last tag          since  ahead  behind  moved       maintained
    ✓  release/v2.8                        99aa00000000  v2.7.0                3     12     340  2026-03-04  yes: tip moved
    –  release/v1.0                        99aa00000000  none                  ?     12     340  2026-03-04  no: idle
    –  …able/very-long-name-of-a-line-0.9  99aa00000000  pkg-name-v0.9.12      3     12     340  2026-03-04  no: end of life

    ahead of and behind main at 616ccf7b812b, in commits; since: commits since the last tag
    • release/v2.8 is 2 ahead of origin/release/v2.8 and 1 behind it
    "
  `);
});

test("lines, in a pipe", () => {
  expect(renderLines(PIPE, LINES)).toMatchInlineSnapshot(`
    "release/v2.8: tip 99aa000000000000000000000000000000000000 2026-03-04
    release/v2.8: last tag v2.7.0, 3 commits since
    release/v2.8: 12 ahead of main, 340 behind
    release/v2.8: maintained: yes: tip moved
    release/v2.8: is 2 ahead of origin/release/v2.8 and 1 behind it
    release/v1.0: tip 99aa000000000000000000000000000000000000 2026-03-04
    release/v1.0: no tag
    release/v1.0: 12 ahead of main, 340 behind
    release/v1.0: maintained: no: idle
    stable/very-long-name-of-a-line-0.9: tip 99aa000000000000000000000000000000000000 2026-03-04
    stable/very-long-name-of-a-line-0.9: last tag pkg-name-v0.9.12, 3 commits since
    stable/very-long-name-of-a-line-0.9: 12 ahead of main, 340 behind
    stable/very-long-name-of-a-line-0.9: maintained: no: end of life
    "
  `);
});

test("without lines it says what a line is", () => {
  expect(renderLines(terminal(80), { ...LINES, lines: [] })).toContain("release/v1.0");
});

const RESOLUTION: Resolution = {
  line: "release/v2.6",
  worktree: "/home/bo/project/.git/morello/worktrees/release-v2.6",
  onto: oid("99aa"),
  source: LEAK,
  step: 2,
  steps: 3,
  paths: [
    { path: "train/loader.py", kind: "content" },
    { path: "train/old.py", kind: "modify/delete" },
  ],
};

test("a conflict that is laid out says where, and how to go on", () => {
  expect(renderResolve(terminal(80), { kind: "laid-out", resolution: RESOLUTION, resumed: false }))
    .toMatchInlineSnapshot(`
    "✗ release/v2.6  1a2b3c400000 is laid out: 2 paths (commit 2 of 3)
      Limit the prefetch queue: it kept every batch alive until the epoch ended

      train/loader.py  content: both changed the same lines
      train/old.py     modify/delete: one changed it, the other deleted it

    Next  cd /home/bo/project/.git/morello/worktrees/release-v2.6
          morello continue release/v2.6  takes it as it stands there, and goes on
          morello skip release/v2.6      leaves this commit out
          morello abort release/v2.6     gives it up
    "
  `);
});

test("a conflict that is laid out, in a pipe", () => {
  expect(renderResolve(PIPE, { kind: "laid-out", resolution: RESOLUTION, resumed: true })).toMatchInlineSnapshot(`
    "release/v2.6: 1a2b3c4000000000000000000000000000000000 is laid out already (commit 2 of 3): Limit the prefetch queue: it kept every batch alive until the epoch ended
    release/v2.6: work tree /home/bo/project/.git/morello/worktrees/release-v2.6
    release/v2.6: train/loader.py: content: both changed the same lines
    release/v2.6: train/old.py: modify/delete: one changed it, the other deleted it
    next: cd /home/bo/project/.git/morello/worktrees/release-v2.6
    next: morello continue release/v2.6
    "
  `);
});

test("a series that is through shows the commits above the old tip", () => {
  const landed = [oid("aaa"), oid("bbb")];
  const outcome = {
    kind: "advanced" as const,
    line: "release/v2.6",
    refname: "refs/heads/release/v2.6",
    from: oid("99aa"),
    to: oid("bbb"),
    landed,
    transaction: "t",
  };
  expect(renderContinue(terminal(80), outcome)).toMatchInlineSnapshot(`
    "✓ release/v2.6  moved
      ● bbb000000000  the tip now
      ● aaa000000000
      ○ 99aa00000000  the tip before

    Next  morello undo   takes it back
    "
  `);
  expect(renderContinue(PIPE, outcome)).toMatchInlineSnapshot(`
    "release/v2.6: moved refs/heads/release/v2.6 from 99aa000000000000000000000000000000000000 to bbb0000000000000000000000000000000000000
    release/v2.6: picked as aaa0000000000000000000000000000000000000
    release/v2.6: picked as bbb0000000000000000000000000000000000000
    next: morello undo
    "
  `);
  expect(renderContinue(terminal(80), { ...outcome, landed: [] })).toContain("nothing was left to pick");
});

test("a resolution that is given up left the branch alone", () => {
  expect(renderAbort(terminal(80), { kind: "aborted", line: "release/v2.6" })).toBe(
    "✓ release/v2.6  given up: the branch is as it was\n",
  );
});

const UNDONE: UndoOutcome = {
  kind: "undone",
  transaction: "t",
  refs: [
    { refname: "refs/heads/release/v2.8", from: oid("bbb"), to: oid("aaa") },
    { refname: "refs/heads/morello/T-1/release/v2.7", from: oid("ccc"), to: null },
  ],
};
const REVERT: Extract<UndoOutcome, { kind: "revert" }> = {
  kind: "revert",
  transaction: "t",
  applied: false,
  lines: [
    {
      line: "release/v2.8",
      refname: "refs/heads/release/v2.8",
      reverts: [oid("bbb")],
      outcome: "clean",
      commit: oid("ddd"),
      paths: ["a"],
    },
    {
      line: "release/v2.7",
      refname: "refs/heads/release/v2.7",
      reverts: [oid("ccc")],
      outcome: "conflict",
      commit: null,
      paths: ["train/loader.py"],
    },
  ],
};

test("undo says what is back, and before it is asked what would be", () => {
  expect(renderUndo(terminal(80), UNDONE)).toMatchInlineSnapshot(`
    "✓ release/v2.8  is back from bbb000000000 to aaa000000000
    ✓ morello/T-1/release/v2.7  deleted: it was new
    "
  `);
  expect(renderUndo(terminal(80), UNDONE, true)).toContain("release/v2.8  would go back from");
  expect(renderUndo(PIPE, UNDONE)).toMatchInlineSnapshot(`
    "release/v2.8: moved back from bbb0000000000000000000000000000000000000 to aaa0000000000000000000000000000000000000
    morello/T-1/release/v2.7: moved back from ccc0000000000000000000000000000000000000 to nothing
    "
  `);
});

test("what was pushed is reverted, and a conflict moves nothing", () => {
  expect(renderUndo(terminal(80), REVERT)).toMatchInlineSnapshot(`
    "Nothing was moved: reverting conflicts
    It was pushed, so it is history: these commits take it back
    • release/v2.8  1 revert, would move to ddd000000000
        reverts bbb000000000
    ✗ release/v2.7  1 revert, conflicts in train/loader.py
        reverts ccc000000000
    "
  `);
});

test("undo is done if refs are back or reverts are in place", () => {
  expect([UNDONE, REVERT, { ...REVERT, applied: true }].map(isUndone)).toEqual([true, false, true]);
});

test("init says what it found, and the next step", () => {
  const outcome = {
    kind: "init" as const,
    main: "main",
    lines: [line("release/v2.8")],
    text: "# c\nmain: main\n",
    written: null,
    existing: null,
    published: [],
  };
  expect(renderInit(terminal(80), outcome)).toBe(
    "• main branch main, 1 release line, 1 maintained\nNext  morello init --write\n",
  );
  expect(renderInit(terminal(80), { ...outcome, written: "/x/morello.yaml" })).toContain("git add morello.yaml");
  expect(renderInit(terminal(80), { ...outcome, existing: "main:morello.yaml", published: [] })).toContain(
    "there is a configuration already: main:morello.yaml",
  );
  expect(renderConfiguration(PIPE, outcome)).toBe(outcome.text);
});

test("a diff is coloured by line", () => {
  expect(renderDiff(terminal(80, { color: true }), "--- a\n+++ b\n@@ -1 +1 @@\n-x\n+y\n z")).toMatchInlineSnapshot(`
    "[1m--- a[22m
    [1m+++ b[22m
    [36m@@ -1 +1 @@[39m
    [31m-x[39m
    [32m+y[39m
     z"
  `);
});

test("an error says what failed, why, and what to do", () => {
  const cause = new AppError("git-failed", "git fetch failed (status 128): no route", {
    cause: new Error("socket closed"),
  });
  const error = new AppError("remote-failed", "Cannot fetch from origin", { cause, hint: "run again without --fetch" });
  expect(renderError(PIPE, error)).toMatchInlineSnapshot(`
    "error: Cannot fetch from origin
    caused by: git fetch failed (status 128): no route
    caused by: socket closed
    hint: run again without --fetch
    "
  `);
  expect(renderError(terminal(80, { color: true }), error)).toMatchInlineSnapshot(`
    "[31merror:[39m Cannot fetch from origin
    [2mcaused by:[22m git fetch failed (status 128): no route
    [2mcaused by:[22m socket closed
    [36mhint:[39m run again without --fetch
    "
  `);
  expect(errorReport(error)).toEqual({
    kind: "error",
    code: "remote-failed",
    message: "Cannot fetch from origin",
    hint: "run again without --fetch",
    data: {},
  });
});

test("a cause that the error quotes is not said twice", () => {
  const error = new AppError("usage", "Cannot open x: no such file", { cause: new Error("no such file") });
  expect(renderError(PIPE, error)).toBe("error: Cannot open x: no such file\n");
});

test("long messages break at words on a terminal, never in a pipe", () => {
  const error = new AppError("usage", "word ".repeat(40).trim());
  expect(renderError(terminal(80), error).split("\n")).toHaveLength(4);
  expect(renderError(PIPE, error).split("\n")).toHaveLength(2);
});

test("every kind of error has its exit status", () => {
  const codes = ["apply-refused", "usage", "git-failed", "internal"] as const;
  expect(codes.map((code) => statusOf(new AppError(code, "")))).toEqual([1, 2, 3, 70]);
  expect(statusOf(new TypeError("x"))).toBe(70);
});

test("a defect shows where it happened", () => {
  expect(renderError(PIPE, new TypeError("x is undefined"))).toMatch(/^error: x is undefined\n {4}at .*render-others/);
  expect(errorReport(new TypeError("x"))).toMatchObject({ code: "internal", hint: null });
});
