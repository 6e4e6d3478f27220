import fc from "fast-check";
import { expect, test } from "vitest";
import { clean, cleaned, cleanLines, json } from "../../src/cli/render/clean.ts";
import { renderApply } from "../../src/cli/render/apply.ts";
import { renderCauses } from "../../src/cli/render/conflict.ts";
import { renderDiff } from "../../src/cli/render/diff.ts";
import { renderError } from "../../src/cli/render/error.ts";
import { renderConfiguration, renderInit } from "../../src/cli/render/init.ts";
import { renderLines } from "../../src/cli/render/lines.ts";
import { renderNext, renderPlan } from "../../src/cli/render/plan.ts";
import { renderContinue, renderResolve } from "../../src/cli/render/resolution.ts";
import { renderUndo } from "../../src/cli/render/undo.ts";
import type { View } from "../../src/cli/render/view.ts";
import { AppError } from "../../src/error.ts";
import { conflicted, LEAK, OUTCOMES, oid, PIPE, plan, planned, report, result, terminal } from "./literal.ts";

test.each([
  ["an escape sequence", "a\u001b[31mb", "a\\x1b[31mb"],
  ["an operating system command", "\u001b]0;title\u0007", "\\x1b]0;title\\x07"],
  ["a C1 control that begins a sequence", "\u009b31m", "\\x9b31m"],
  ["a line break", "a\nb", "a\\nb"],
  ["a carriage return", "a\rb", "a\\rb"],
  ["a delete", "a\u007fb", "a\\x7fb"],
  ["a mark that turns the direction", "a\u202eb", "a\\u202eb"],
  ["an invisible space", "a\u200bb", "a\\u200bb"],
  ["a line separator", "a\u2028b", "a\\u2028b"],
  ["half a surrogate pair", "a\ud800b", "a\\ud800b"],
  ["a tab", "a\tb", "a    b"],
])("%s is never printed raw", (_name, text, shown) => {
  expect(clean(text)).toBe(shown);
});

test("what people write is left alone: accents, CJK, joined emoji, Arabic", () => {
  const text = "Zoë 日本語 👩‍💻 العربية é";
  expect(clean(text)).toBe(text);
});

test("text of several lines keeps its line breaks and nothing else", () => {
  expect(cleanLines("a\r\nb\u001bc\n")).toBe("a\nb\\x1bc\n");
});

test("every text in a value is cleaned, at any depth", () => {
  expect(cleaned({ a: ["\u001b", { b: "\u0007", c: 1, d: null }] })).toEqual({
    a: ["\\x1b", { b: "\\x07", c: 1, d: null }],
  });
});

/** Control characters other than a line break, and format characters, are what a terminal acts on. */
const RAW = /(?!\n)[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/u;

test("JSON gives the value back, and is harmless on a terminal", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const shown = json({ text });
      expect(shown).not.toMatch(RAW);
      expect(JSON.parse(shown)).toEqual({ text });
    }),
  );
});

test("no text is printed raw, whatever it holds", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !RAW.test(clean(text))));
});

test.each([
  ["a pipe", PIPE],
  ["a terminal", terminal(80)],
])("no renderer lets a name, a subject or a path through to %s raw", (_name, view: View) => {
  const evil = "x\u001b[2J\u009b2J\u202e\r\ny";
  const source = { ...LEAK, subject: evil, author: evil };
  const conflict = {
    ...OUTCOMES.conflict,
    paths: [conflicted(evil, { regions: [{ line: 1, base: [evil], ours: [evil], theirs: [evil] }] })],
  };
  const lines = [conflict, OUTCOMES.clean, { ...OUTCOMES["already-there"], tag: evil }].map((outcome) =>
    planned(evil, [outcome]),
  );
  const made = plan(lines, {
    sources: [source],
    revisions: [evil],
    notes: [
      { kind: "duplicate-revision", revision: evil, commit: LEAK.commit },
      { kind: "line-left-out", line: evil, reason: "idle" },
      { kind: "upstream-differs", line: evil, upstream: evil, ahead: 1, behind: 1, plannedOn: "local" },
    ],
  });
  const results = lines.map((each, n) =>
    result((["stopped", "moved", "unchanged"] as const)[n]!, each, { worktrees: [evil] }),
  );
  const push = { remote: evil, refs: [{ line: evil, refname: evil, to: LEAK.commit, compareUrl: evil }] };
  const cause = { commit: LEAK.commit, subject: evil, author: evil, date: evil };
  const resolution = {
    line: evil,
    worktree: evil,
    onto: LEAK.commit,
    source: cause,
    step: 1,
    steps: 2,
    paths: [{ path: evil, kind: "content" as const }],
  };
  const shown = [
    renderPlan(view, made),
    renderNext(view, made, [evil], evil),
    renderCauses(view, evil, conflicted(evil, { causes: { ours: [cause], theirs: [cause] } }), true),
    renderApply(view, {
      kind: "stopped",
      plan: made,
      transaction: evil,
      signed: false,
      recorded: null,
      lines: results,
      push,
    }),
    renderApply(view, {
      kind: "stale",
      plan: made,
      moved: [{ line: evil, refname: evil, expected: null, found: oid("1") }],
    }),
    renderApply(view, {
      kind: "unconfirmed",
      plan: made,
      differences: [{ line: evil, source: oid("1"), planned: evil, found: evil }],
    }),
    renderResolve(view, { kind: "laid-out", resolution, resumed: false }),
    renderContinue(view, {
      kind: "advanced",
      line: evil,
      refname: evil,
      from: null,
      to: oid("1"),
      landed: [oid("1")],
      transaction: null,
    }),
    renderUndo(view, {
      kind: "revert",
      transaction: evil,
      applied: false,
      lines: [{ line: evil, refname: evil, reverts: [oid("1")], outcome: "conflict", commit: null, paths: [evil] }],
    }),
    renderLines(view, {
      kind: "lines",
      main: { name: evil, refname: evil, tip: oid("1") },
      lines: [report(evil, { lastTag: evil })],
    }),
    renderInit(view, {
      kind: "init",
      main: evil,
      lines: [],
      text: evil,
      written: evil,
      existing: evil,
      published: [evil],
    }),
    renderConfiguration(view, { text: evil }),
    renderDiff(view, `+${evil}`),
    renderError(view, new AppError("git-failed", evil, { hint: evil, cause: new Error(evil) })),
  ];
  for (const text of shown) {
    expect(text).not.toMatch(RAW);
    expect(text).toContain("x\\x1b[2J");
  }
});
