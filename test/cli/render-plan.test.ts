import { expect, test } from "vitest";
import { renderCauses } from "../../src/cli/render/conflict.ts";
import { renderNext, renderPlan } from "../../src/cli/render/plan.ts";
import { width } from "../../src/cli/render/width.ts";
import type { Plan } from "../../src/wire/plan.ts";
import { conflicted, DOCS, LEAK, MANY_LINES, oid, OUTCOMES, PIPE, plan, planned, SERIES, terminal } from "./literal.ts";

test("one commit on many lines, 80 columns", () => {
  expect(renderPlan(terminal(80), MANY_LINES)).toMatchInlineSnapshot(`
    "Plan  1 commit onto 6 release lines
          1a2b3c400000 Limit the prefetch queue: it kept… (Ada Lovelace, 2026-03-04)
          committed by Bo Release <bo@example.com>, 2026-03-05 10:00 +0100

    =  release/v2.8  already there    the same patch as e700b956c4de, in v2.8.1
    ✓  release/v2.7  applies cleanly  2 files +10 −3 → 249583bbf6d4
    ✗  release/v2.6  conflicts        in train/loader.py
    –  release/v2.5  does not apply: the files are not on this line  train/loader.p…
    ○  release/v2.4  nothing left to change  the line holds it all
    !  release/v2.3  refused          a merge, and no --mainline

    ! 1a2b3c400000 is a merge; --mainline 1 takes what it brought to its first
      parent

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
    "
  `);
});

test("one commit on many lines, 120 columns", () => {
  expect(renderPlan(terminal(120), MANY_LINES)).toMatchInlineSnapshot(`
    "Plan  1 commit onto 6 release lines
          1a2b3c400000 Limit the prefetch queue: it kept every batch alive until the epoch ended (Ada Lovelace, 2026-03-04)
          committed by Bo Release <bo@example.com>, 2026-03-05 10:00 +0100

    =  release/v2.8  already there    the same patch as e700b956c4de, in v2.8.1
    ✓  release/v2.7  applies cleanly  2 files +10 −3 → 249583bbf6d4
    ✗  release/v2.6  conflicts        in train/loader.py
    –  release/v2.5  does not apply: the files are not on this line  train/loader.py and 1 more
    ○  release/v2.4  nothing left to change  the line holds it all
    !  release/v2.3  refused          a merge, and no --mainline

    ! 1a2b3c400000 is a merge; --mainline 1 takes what it brought to its first parent

    ✗ release/v2.6  1a2b3c400000 Limit the prefetch queue: it kept every batch alive until the epoch ended
      train/loader.py  content: both changed the same lines
        line 42
          base   │ def prefetch(self, n):
          ours   │ def prefetch(self, n, *, pin=False):
                 │     if pin:
                 │         self.pin()
                 │
                 │ … 2 more lines
          theirs │ (nothing)
    "
  `);
});

test("one commit on many lines, in a pipe: one fact a line, object IDs in full", () => {
  expect(renderPlan(PIPE, MANY_LINES)).toMatchInlineSnapshot(`
    "plan: 1 commit onto 6 lines
    commit: 1a2b3c4000000000000000000000000000000000 Limit the prefetch queue: it kept every batch alive until the epoch ended
    committer: Bo Release <bo@example.com> 2026-03-05 10:00 +0100
    release/v2.8: 1a2b3c4000000000000000000000000000000000: already there (the same patch as e700b956c4de0000000000000000000000000000, in v2.8.1)
    release/v2.7: 1a2b3c4000000000000000000000000000000000: applies cleanly (2 files +10 -3), becomes 249583bbf6d40000000000000000000000000000
    release/v2.6: 1a2b3c4000000000000000000000000000000000: conflicts (in train/loader.py)
    release/v2.5: 1a2b3c4000000000000000000000000000000000: does not apply: the files are not on this line (train/loader.py and 1 more)
    release/v2.4: 1a2b3c4000000000000000000000000000000000: nothing left to change (the line holds it all)
    release/v2.3: 1a2b3c4000000000000000000000000000000000: refused (1a2b3c400000 is a merge; --mainline 1 takes what it brought to its first parent)
    release/v2.6: train/loader.py: content: both changed the same lines
    release/v2.6: train/loader.py:42: base | def prefetch(self, n):
    release/v2.6: train/loader.py:42: ours | def prefetch(self, n, *, pin=False):
    release/v2.6: train/loader.py:42: ours |     if pin:
    release/v2.6: train/loader.py:42: ours |         self.pin()
    release/v2.6: train/loader.py:42: ours |
    release/v2.6: train/loader.py:42: ours | (2 more lines)
    release/v2.6: train/loader.py:42: theirs | (nothing)
    "
  `);
});

test("one commit on one line, in colours", () => {
  expect(renderPlan(terminal(80, { color: true }), plan([planned("release/v2.7", [OUTCOMES.clean])])))
    .toMatchInlineSnapshot(`
    "[1mPlan[22m  1 commit onto 1 release line
          [2m1a2b3c400000[22m Limit the prefetch queue: it kept… [2m(Ada Lovelace, 2026-03-04)[22m
          [2mcommitted by Bo Release <bo@example.com>, 2026-03-05 10:00 +0100[22m

    [32m✓[39m  release/v2.7  [32mapplies cleanly[39m[2m  2 files +10 −3 → 249583bbf6d4[22m
    "
  `);
});

test("a series on two lines is a table at 120 columns", () => {
  expect(renderPlan(terminal(120), SERIES)).toMatchInlineSnapshot(`
    "Plan  2 commits onto 2 release lines
          committed by Bo Release <bo@example.com>, 2026-03-05 10:00 +0100

                                                                                   release/v2.8            release/v2.6
    1a2b3c400000 Limit the prefetch queue: it kept every batch alive until the e…  = already there v2.8.1  ✗ conflict 1 path
    2b3c4d500000 説明を追加する: docstrings of the loader 🚀                       ✓ clean +10 −3          … waits

    ✗ release/v2.6  1a2b3c400000 Limit the prefetch queue: it kept every batch alive until the epoch ended
      train/loader.py  content: both changed the same lines
        line 42
          base   │ def prefetch(self, n):
          ours   │ def prefetch(self, n, *, pin=False):
                 │     if pin:
                 │         self.pin()
                 │
                 │ … 2 more lines
          theirs │ (nothing)
    "
  `);
});

test("where a table of the lines does not fit, each line has a block", () => {
  const lines = ["2.9", "2.8", "2.7", "2.6"].map((version) =>
    planned(`release/v${version}`, [OUTCOMES.clean, OUTCOMES.redundant], [LEAK, DOCS]),
  );
  expect(renderPlan(terminal(80), plan(lines, { sources: [LEAK, DOCS] }))).toMatchInlineSnapshot(`
    "Plan  2 commits onto 4 release lines
          committed by Bo Release <bo@example.com>, 2026-03-05 10:00 +0100

    release/v2.9
      ✓  1a2b3c400000  Limit the prefetch queue: it kept every batch a…  clean
      ○  2b3c4d500000  説明を追加する: docstrings of the loader 🚀       redundant

    release/v2.8
      ✓  1a2b3c400000  Limit the prefetch queue: it kept every batch a…  clean
      ○  2b3c4d500000  説明を追加する: docstrings of the loader 🚀       redundant

    release/v2.7
      ✓  1a2b3c400000  Limit the prefetch queue: it kept every batch a…  clean
      ○  2b3c4d500000  説明を追加する: docstrings of the loader 🚀       redundant

    release/v2.6
      ✓  1a2b3c400000  Limit the prefetch queue: it kept every batch a…  clean
      ○  2b3c4d500000  説明を追加する: docstrings of the loader 🚀       redundant
    "
  `);
});

test("without Unicode there is only ASCII", () => {
  const shown = renderPlan(terminal(80, { unicode: false }), MANY_LINES);
  expect(shown.replaceAll("…", "")).toMatch(/^[\n -~]*$/);
});

test.each([60, 80, 100, 120, 200])("nothing is wider than %i columns", (columns) => {
  const long = plan(
    [
      planned(
        "release/a-very-long-name-of-a-line-that-nobody-would-give-v2.7",
        [OUTCOMES.refused, OUTCOMES.clean],
        [LEAK, DOCS],
      ),
      ...SERIES.lines,
      ...MANY_LINES.lines,
    ],
    { sources: [LEAK, DOCS], notes: [{ kind: "reordered" }, { kind: "no-identity" }] },
  );
  for (const each of [long, SERIES, MANY_LINES]) {
    for (const text of renderPlan(terminal(columns), each).split("\n"))
      expect(width(text), text).toBeLessThanOrEqual(columns);
  }
});

test("notes say what was ordered, left out and planned on", () => {
  const left = Array.from({ length: 8 }, (_, n) => ({
    kind: "line-left-out" as const,
    line: `release/v1.${n}`,
    reason: "idle" as const,
  }));
  const made = plan([planned("release/v2.7", [OUTCOMES.clean])], {
    notes: [
      { kind: "reordered" },
      { kind: "duplicate-revision", revision: "fix/leak", commit: LEAK.commit },
      {
        kind: "upstream-differs",
        line: "release/v2.7",
        upstream: "refs/remotes/origin/release/v2.7",
        ahead: 2,
        behind: 1,
        plannedOn: "upstream",
      },
      ...left,
      { kind: "line-left-out", line: "release/v0.9", reason: "end-of-life" },
    ],
  });
  expect(renderPlan(terminal(80), made).split("\n\n").at(-1)).toMatchInlineSnapshot(`
    "• the commits were put in order, parents first
    • fix/leak names 1a2b3c400000 once more: it is picked once
    • release/v2.7 is 2 ahead of origin/release/v2.7 and 1 behind it: planned on
      origin/release/v2.7
    • left out, nothing moved for long: release/v1.0, release/v1.1, release/v1.2,
      release/v1.3, release/v1.4, release/v1.5 and 2 more
    • left out, end of life: release/v0.9
    "
  `);
});

test("long conflicts are clipped, with a count", () => {
  const region = conflicted("a").regions[0]!;
  const paths = Array.from({ length: 22 }, (_, n) =>
    conflicted(`dir/${n}`, { regions: Array.from({ length: 5 }, () => region), moreRegions: 10 }),
  );
  const shown = renderPlan(terminal(80), plan([planned("release/v2.6", [{ kind: "conflict", paths }])]));
  expect(shown).toContain("… 12 more regions");
  expect(shown).toContain("… 2 more lines");
  expect(shown).toContain("… 2 more paths (--json has them)");
});

test("a conflict that is not about lines says what it is", () => {
  const paths = [conflicted("train/old.py", { kind: "modify/delete", regions: [] })];
  expect(renderPlan(terminal(80), plan([planned("release/v2.6", [{ kind: "conflict", paths }])]))).toContain(
    "train/old.py  modify/delete: one changed it, the other deleted it",
  );
});

const CAUSES = conflicted("train/loader.py", {
  causes: {
    ours: [
      {
        commit: oid("8d309f6ebc6b"),
        subject: "Rework the queue of the loader for pinned memory, and its tests",
        author: "Cy",
        date: "2026-01-02T03:04:05+00:00",
      },
    ],
    theirs: [],
  },
});

test("causes follow, with a heading before the first", () => {
  expect(renderCauses(terminal(80), "release/v2.6", CAUSES, true)).toMatchInlineSnapshot(`
    "
    What touched these paths since the merge base
      train/loader.py  on release/v2.6
        ours    8d309f6ebc6b 2026-01-02 Rework the queue of the loader for pinned…
        theirs  nothing
    "
  `);
  expect(renderCauses(terminal(80), "release/v2.6", CAUSES, false)).not.toContain("merge base");
});

test("causes in a pipe are one a line", () => {
  expect(renderCauses(PIPE, "release/v2.6", CAUSES, true)).toMatchInlineSnapshot(`
    "release/v2.6: train/loader.py: cause in ours 8d309f6ebc6b0000000000000000000000000000 2026-01-02 Rework the queue of the loader for pinned memory, and its tests
    "
  `);
});

function next(made: Plan, onto: readonly string[], written: string | null = null): string {
  return renderNext(PIPE, made, onto, written);
}

test("the last line is the command that does it, as it was asked for", () => {
  const made = plan([planned("release/v2.7", [OUTCOMES.clean])], {
    revisions: ["fix/leak^..fix/leak"],
    options: {
      mainline: 1,
      signoff: true,
      trailers: [{ key: "Reason", value: "it's a leak" }],
      via: "nearest",
      toBranch: "T-1",
    },
  });
  expect(next(made, ["v2.7"])).toBe(
    "next: morello pick 'fix/leak^..fix/leak' --onto v2.7 --mainline 1 --signoff --trailer 'Reason=it'\\''s a leak' --via nearest --to-branch T-1\n",
  );
});

test("a plan that was written is applied", () => {
  expect(next(plan([planned("release/v2.7", [OUTCOMES.clean])]), ["v2.7"], "my plan.json")).toBe(
    "next: morello apply 'my plan.json'\n",
  );
});

test("where some lines stop, the next command keeps going, and then resolves", () => {
  expect(next(MANY_LINES, ["all"])).toBe(
    "next: morello pick fix/leak --onto all --keep-going\nnext: morello resolve release/v2.6\n",
  );
});

test("where nothing is to be done, that is what it says", () => {
  expect(next(plan([planned("release/v2.8", [OUTCOMES["already-there"]])]), ["all"])).toBe("nothing to do\n");
});

test("where all is refused, there is nothing to paste", () => {
  expect(next(plan([planned("release/v2.3", [OUTCOMES.refused])]), ["all"])).toBe("");
});
