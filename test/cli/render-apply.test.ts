import { expect, test } from "vitest";
import { renderApply } from "../../src/cli/render/apply.ts";
import { width } from "../../src/cli/render/width.ts";
import type { ApplyOutcome } from "../../src/wire/outcome.ts";
import { DOCS, LEAK, oid, OUTCOMES, PIPE, plan, planned, result, terminal } from "./literal.ts";

const SOURCES = [LEAK, DOCS];
const moving = planned("release/v2.8", [OUTCOMES.clean, { ...OUTCOMES.clean, commit: oid("3737") }], SOURCES);
const there = planned("release/v2.7", [OUTCOMES["already-there"], OUTCOMES.redundant], SOURCES);
const stopped = planned("release/v2.6", [OUTCOMES.conflict, OUTCOMES.blocked], SOURCES);
const held = planned("release/v2.5", [OUTCOMES.clean, OUTCOMES.redundant], SOURCES);

const DONE: ApplyOutcome = {
  kind: "applied",
  plan: plan([moving, there], { sources: SOURCES }),
  transaction: "t1",
  signed: false,
  recorded: null,
  lines: [result("moved", moving, { worktrees: ["/home/bo/project"] }), result("unchanged", there)],
  push: {
    remote: "origin",
    refs: [
      {
        line: "release/v2.8",
        refname: "refs/heads/release/v2.8",
        to: oid("3737"),
        compareUrl: "https://forge.example/t/p/compare/a...b?expand=1",
      },
    ],
  },
};

const STOPPED: ApplyOutcome = {
  ...DONE,
  kind: "stopped",
  plan: plan([stopped, held], { sources: SOURCES }),
  transaction: null,
  lines: [result("stopped", stopped), result("held-back", held)],
  push: null,
};

test("what moved is a graph, newest commit first, 80 columns", () => {
  expect(renderApply(terminal(80), DONE)).toMatchInlineSnapshot(`
    "✓ release/v2.8  moved
      ●  373700000000 説明を追加する: docstrings of the loader 🚀  from 2b3c4d500000
      ●  249583bbf6d4 Limit the prefetch queue: it kept every ba…  from 1a2b3c400000
      ○  99aa00000000 the tip before
        work tree /home/bo/project follows
    = release/v2.7  nothing to do  1a2b3c400000 already there, the same patch as e7…

    ✓ pushed to origin: release/v2.8
      open for review:
      release/v2.8  https://forge.example/t/p/compare/a...b?expand=1

    Next  morello undo   takes it back
    "
  `);
});

test("what moved, 120 columns, in colours", () => {
  expect(renderApply(terminal(120, { color: true }), DONE)).toMatchInlineSnapshot(`
    "[32m✓[39m release/v2.8  [32mmoved[39m
      [32m●[39m  373700000000 説明を追加する: docstrings of the loader 🚀                                [2mfrom 2b3c4d500000[22m
      [32m●[39m  249583bbf6d4 Limit the prefetch queue: it kept every batch alive until the epoch ended  [2mfrom 1a2b3c400000[22m
      [2m○[22m  [2m99aa00000000 the tip before[22m
        [2mwork tree /home/bo/project follows[22m
    [36m=[39m release/v2.7  [36mnothing to do[39m  [2m1a2b3c400000 already there, the same patch as e700b956c4de, in v2.8.1, and 1 more[22m

    [32m✓[39m pushed to origin: release/v2.8
      open for review:
      release/v2.8  https://forge.example/t/p/compare/a...b?expand=1

    [1mNext[22m  morello undo[2m   takes it back[22m
    "
  `);
});

test("what moved, in a pipe", () => {
  expect(renderApply(PIPE, DONE)).toMatchInlineSnapshot(`
    "release/v2.8: moved refs/heads/release/v2.8 from 99aa000000000000000000000000000000000000 to 249583bbf6d40000000000000000000000000000
    release/v2.8: picked 1a2b3c4000000000000000000000000000000000 as 249583bbf6d40000000000000000000000000000: Limit the prefetch queue: it kept every batch alive until the epoch ended
    release/v2.8: picked 2b3c4d5000000000000000000000000000000000 as 3737000000000000000000000000000000000000: 説明を追加する: docstrings of the loader 🚀
    release/v2.8: work tree /home/bo/project follows
    release/v2.7: nothing to do (1a2b3c4000000000000000000000000000000000 already there, the same patch as e700b956c4de0000000000000000000000000000, in v2.8.1, and 1 more)
    release/v2.8: pushed refs/heads/release/v2.8 3737000000000000000000000000000000000000 to origin
    release/v2.8: review https://forge.example/t/p/compare/a...b?expand=1
    next: morello undo
    "
  `);
});

test("what stopped shows its conflicts, and what was held back says why", () => {
  expect(renderApply(terminal(80), STOPPED)).toMatchInlineSnapshot(`
    "✗ release/v2.6  stopped  1a2b3c400000 conflicts in train/loader.py
    … release/v2.5  not moved, because another line stopped

    ✗ release/v2.6  1a2b3c400000 Limit the prefetch queue: it kept every batch ali…
      train/loader.py  content: both changed the same lines
        line 42
          base   │ def prefetch(self, n):
          ours   │ def prefetch(self, n, *, pin=False):
                 │     if pin:
                 │         self.pin()
                 │
                 │ … 2 more lines
          theirs │ (nothing)

    Next  morello resolve release/v2.6
    "
  `);
});

test("what stopped, in a pipe", () => {
  expect(renderApply(PIPE, STOPPED)).toMatchInlineSnapshot(`
    "release/v2.6: stopped (1a2b3c4000000000000000000000000000000000 conflicts in train/loader.py)
    release/v2.5: not moved, because another line stopped
    release/v2.6: train/loader.py: content: both changed the same lines
    release/v2.6: train/loader.py:42: base | def prefetch(self, n):
    release/v2.6: train/loader.py:42: ours | def prefetch(self, n, *, pin=False):
    release/v2.6: train/loader.py:42: ours |     if pin:
    release/v2.6: train/loader.py:42: ours |         self.pin()
    release/v2.6: train/loader.py:42: ours |
    release/v2.6: train/loader.py:42: ours | (2 more lines)
    release/v2.6: train/loader.py:42: theirs | (nothing)
    next: morello resolve release/v2.6
    "
  `);
});

test("a branch that is not the line is named", () => {
  const lines = [result("moved", held, { refname: "refs/heads/morello/T-1/release/v2.5", from: null })];
  const shown = renderApply(terminal(80), { ...DONE, plan: plan([held], { sources: SOURCES }), lines, push: null });
  expect(shown).toContain("moved  on morello/T-1/release/v2.5");
  expect(shown).toContain("the branch is new");
});

test("a plan that is too old says what moved, and how to plan again", () => {
  const moved = [{ line: "release/v2.8", refname: "refs/heads/release/v2.8", expected: oid("99aa"), found: null }];
  expect(renderApply(terminal(80), { kind: "stale", plan: DONE.plan, moved })).toMatchInlineSnapshot(`
    "✗ Nothing was moved: the plan is older than the repository
      release/v2.8: refs/heads/release/v2.8 was 99aa00000000, and is absent

    Next  morello plan fix/leak --onto release/v2.8 --onto release/v2.7
    "
  `);
});

test("a plan that another git computes otherwise says what differs", () => {
  const differences = [{ line: "release/v2.8", source: LEAK.commit, planned: "tree 77", found: "conflict" }];
  expect(renderApply(terminal(80), { kind: "unconfirmed", plan: DONE.plan, differences })).toMatchInlineSnapshot(`
    "✗ Nothing was moved: the same request gives another result here
      release/v2.8: 1a2b3c400000: planned tree 77, found conflict
      the plan was made with git 2.39.5
    "
  `);
});

test("where a person says no, nothing moved", () => {
  expect(renderApply(terminal(80), { kind: "declined", plan: DONE.plan })).toBe("Nothing was moved\n");
});

test.each([60, 80, 120])("nothing but a path or an address is wider than %i columns", (columns) => {
  for (const outcome of [DONE, STOPPED]) {
    const lines = renderApply(terminal(columns), outcome).split("\n");
    expect(lines.filter((line) => width(line) > columns && !line.includes("https://"))).toEqual([]);
  }
});
