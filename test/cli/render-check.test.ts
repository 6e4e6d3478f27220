import { expect, test } from "vitest";
import { renderCheck } from "../../src/cli/render/check.ts";
import { renderHooks } from "../../src/cli/render/hooks.ts";
import type { CheckedLine, CheckOutcome, Violation } from "../../src/wire/check.ts";
import type { ClassedCommit } from "../../src/wire/class.ts";
import { LEAK, oid, PIPE, terminal } from "./literal.ts";

function commit(start: string, subject: string, more: Partial<ClassedCommit> = {}): ClassedCommit {
  return {
    commit: oid(start),
    subject,
    author: "Ada Lovelace",
    date: "2026-03-04T10:00:00+01:00",
    class: "exact",
    source: {
      commit: LEAK.commit,
      subject: LEAK.subject,
      author: LEAK.author,
      date: LEAK.date,
      evidence: "claimed",
      reach: "trusted",
    },
    moreSources: [],
    kept: { author: true, date: true, message: true },
    reverts: [],
    lies: false,
    conflicted: [],
    beyond: [],
    rangeDiff: "",
    merge: false,
    ...more,
  };
}

function violation(rule: string, start: string | null, message: string, more: Partial<Violation> = {}): Violation {
  return {
    rule,
    severity: "warning",
    commit: start === null ? null : oid(start),
    subject: "",
    message,
    hint: `what to do about ${rule}`,
    paths: [],
    waiver: null,
    ...more,
  };
}

const ADAPTED = commit("2b", "loader: limit the prefetch queue, as far as this line has one", {
  class: "adapted",
  beyond: [{ path: "loader.py", line: 12, removed: ["old"], added: ["import os", "\u001b[31mred"] }],
});

const LINE: CheckedLine = {
  line: "release/v2.7",
  from: oid("99"),
  to: oid("3c"),
  commits: [
    commit("1a", "loader: limit the prefetch queue"),
    ADAPTED,
    commit("3c", "trainer: another thing altogether"),
  ],
  violations: [
    violation("end-of-life", null, "release/v2.7 is at its end of life, and takes no commits any more"),
    violation("message-form", "2b", "subject may not be empty (subject-empty)"),
    violation("message-form", "2b", "type may not be empty (type-empty)"),
    violation("x-line-lies", "3c", "it says that it was picked from 1a2b3c4, and does something else", {
      severity: "error",
    }),
    violation("markers", "3c", "conflict markers are left in loader.py", {
      severity: "error",
      paths: [{ path: "loader.py", line: 31 }],
      waiver: { by: "lead@example.com", reason: "a test of merging", until: 1_800_000_000, key: "k" },
    }),
  ],
  notices: ["commitlint.config.js: ignores do not count, since they are code"],
};

const OUTCOME: CheckOutcome = { kind: "checked", lines: [LINE], ok: false };

test("on a terminal of 80 columns", () => {
  expect(renderCheck(terminal(80), OUTCOME)).toBe(`Check  release/v2.7  3 commits 990000000000..3c0000000000

! end-of-life: release/v2.7 is at its end of life, and takes no commits any more
  → what to do about end-of-life

! 2b0000000000 loader: limit the prefetch queue, as f…  the fix, changed by hand
  ! message-form: subject may not be empty (subject-empty)
  ! message-form: type may not be empty (type-empty)
    → what to do about message-form
  beyond the source:
    loader.py:12
      - old
      + import os
      + \\x1b[31mred

✗ 3c0000000000 trainer: another thing altogether  exactly the fix
  ✗ x-line-lies: it says that it was picked from 1a2b3c4, and does something
    else
    → what to do about x-line-lies
  ○ markers: conflict markers are left in loader.py
      loader.py:31
    waived by lead@example.com until 2027-01-15: a test of merging

✓ 1 commit as policy wants: 1 exactly the fix
✗ 1 error, 3 warnings, 1 waived on release/v2.7
• commitlint.config.js: ignores do not count, since they are code
`);
});

test("no line is wider than the terminal, but for what is to be pasted", () => {
  for (const columns of [60, 80, 120])
    for (const line of renderCheck(terminal(columns), OUTCOME).split("\n"))
      if (!line.includes("→")) expect(line.length, line).toBeLessThanOrEqual(columns);
});

test("in a pipe: one fact a line, object IDs in full", () => {
  const at = (start: string): string => `release/v2.7: ${oid(start)}`;
  expect(renderCheck(PIPE, OUTCOME))
    .toBe(`release/v2.7: warning: end-of-life: release/v2.7 is at its end of life, and takes no commits any more
release/v2.7: hint: what to do about end-of-life
${at("1a")}: exactly the fix: loader: limit the prefetch queue
${at("2b")}: the fix, changed by hand: loader: limit the prefetch queue, as far as this line has one
${at("2b")}: beyond the source: loader.py:12: - old
${at("2b")}: beyond the source: loader.py:12: + import os
${at("2b")}: beyond the source: loader.py:12: + \\x1b[31mred
${at("2b")}: warning: message-form: subject may not be empty (subject-empty)
${at("2b")}: warning: message-form: type may not be empty (type-empty)
${at("2b")}: hint: what to do about message-form
${at("3c")}: exactly the fix: trainer: another thing altogether
${at("3c")}: error: x-line-lies: it says that it was picked from 1a2b3c4, and does something else
${at("3c")}: hint: what to do about x-line-lies
${at("3c")}: waived: markers: conflict markers are left in loader.py (waived by lead@example.com until 2027-01-15: a test of merging)
${at("3c")}: waived: markers: at loader.py:31
release/v2.7: note: commitlint.config.js: ignores do not count, since they are code
`);
});

test("a resolved commit shows its range-diff", () => {
  const resolved = commit("4d", "a", { class: "resolved", rangeDiff: "1:  a ! 1:  b\n  @@ loader.py\n  ++kept\n" });
  const shown = renderCheck(terminal(80), {
    kind: "checked",
    ok: true,
    lines: [{ ...LINE, commits: [resolved], violations: [] }],
  });
  expect(shown).toContain(
    "• 4d0000000000 a  the fix, with conflicts resolved by hand\n  1:  a ! 1:  b\n    @@ loader.py\n",
  );
});

test("messages of another form stand together where there are many, unless there is more to say of their commits", () => {
  const starts = ["1a", "2b", "3c", "4d", "5e"];
  const commits = starts.map((start) => commit(start, `Change ${start}`));
  const form = starts.map((start) => violation("message-form", start, "type may not be empty (type-empty)"));
  const violations = [...form, violation("author", "5e", "another author")];
  const shown = renderCheck(terminal(80), {
    kind: "checked",
    ok: true,
    lines: [{ ...LINE, commits, violations, notices: [] }],
  });
  expect(shown).toContain(`! message-form: messages of 4 commits have another form: 1a0000000000,
  2b0000000000, 3c0000000000 and 1 more
  → what to do about message-form
`);
  expect(shown).toContain("! 5e0000000000 Change 5e");
  expect(shown).not.toContain("Change 1a");
  expect(shown).not.toContain("as policy wants");
});

test("nothing to check is said", () => {
  const empty: CheckedLine = { ...LINE, commits: [], violations: [], notices: [] };
  expect(renderCheck(terminal(80), { kind: "checked", ok: true, lines: [empty] })).toContain("○ nothing to check\n");
  expect(renderCheck(PIPE, { kind: "checked", ok: true, lines: [empty] })).toBe("release/v2.7: nothing to check\n");
});

test("a message has no commit to stand under", () => {
  const outcome: CheckOutcome = {
    kind: "message",
    violations: [violation("message-form", null, "no type")],
    notices: [],
    ok: true,
  };
  expect(renderCheck(terminal(80), outcome)).toBe("! message-form: no type\n  → what to do about message-form\n");
  expect(renderCheck(PIPE, outcome)).toBe(
    "message: warning: message-form: no type\nmessage: hint: what to do about message-form\n",
  );
});

test("hooks say what became of them, and what to add by hand", () => {
  const hook = { file: "/r/.git/hooks/x", reason: null, add: null };
  const outcome = {
    kind: "hooks" as const,
    directory: "/r/.git/hooks",
    hooks: [
      { ...hook, hook: "commit-msg" as const, result: "installed" as const },
      { ...hook, hook: "pre-commit" as const, result: "added" as const },
      {
        ...hook,
        hook: "pre-push" as const,
        result: "left" as const,
        reason: "it is no shell script",
        add: "morello check --pre-push",
      },
    ],
  };
  expect(renderHooks(terminal(80), outcome)).toBe(`✓  commit-msg  installed
✓  pre-commit  added to the hook that is there
!  pre-push    left as it is  it is no shell script

Add by hand
  /r/.git/hooks/x
    morello check --pre-push
`);
  expect(renderHooks(PIPE, outcome)).toBe(`commit-msg: installed
pre-commit: added to the hook that is there
pre-push: left as it is (it is no shell script)
pre-push: add to /r/.git/hooks/x: morello check --pre-push
`);
});
