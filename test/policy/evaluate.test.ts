import { expect, test } from "vitest";
import { evaluate, isMet, neededFacts, type Waiver } from "../../src/policy/evaluate.ts";
import { line, OTHER, PICK, pick, SOURCE } from "./facts.ts";

const NOW = 1_800_000_000;
const WAIVER: Waiver = {
  rule: "markers",
  commit: PICK,
  by: "lead@x",
  reason: "a test of merging",
  until: NOW + 1,
  key: "k",
};
const marked = pick({ markers: [{ path: "a", line: 1 }] });

const told = (waivers: readonly Waiver[], now = NOW): (string | null)[] =>
  evaluate([marked], line(), waivers, now).map(({ waiver }) => waiver?.reason ?? null);

test("a clean pick meets the policy of a line without configuration", () => {
  expect(evaluate([pick()], line(), [], NOW)).toEqual([]);
});

test("a violation says of which commit, where, and what to do", () => {
  expect(evaluate([marked], line(), [], NOW)).toEqual([
    {
      rule: "markers",
      severity: "error",
      commit: PICK,
      subject: "fix: limit the queue",
      message: "conflict markers are left in a",
      hint: "resolve the conflict, take the markers out, and commit again",
      paths: [{ path: "a", line: 1 }],
      waiver: null,
    },
  ]);
});

test("configuration says what a violation does", () => {
  const severities = (severity: "error" | "warning" | "off"): string[] =>
    evaluate([marked], line({ rules: { markers: severity } }), [], NOW).map((one) => one.severity);
  expect(["error", "warning", "off"].map((one) => severities(one as "off"))).toEqual([["error"], ["warning"], []]);
});

test("what settings ask for in so many words refuses, unless the rules say otherwise", () => {
  const adapted = pick({}, { class: "adapted" });
  const severity = (on: ReturnType<typeof line>): string | undefined => evaluate([adapted], on, [], NOW)[0]?.severity;
  expect(severity(line({ classes: { adapted: 1 } }))).toBe("error");
  expect(severity(line({ classes: { adapted: 1 }, rules: { "class-approvals": "warning" } }))).toBe("warning");
});

test("a waiver counts for its rule, its commit and its time", () => {
  expect(told([WAIVER])).toEqual(["a test of merging"]);
  expect(told([{ ...WAIVER, commit: null }])).toEqual(["a test of merging"]);
  expect(told([{ ...WAIVER, commit: SOURCE }])).toEqual(["a test of merging"]);
  expect(told([{ ...WAIVER, commit: OTHER }])).toEqual([null]);
  expect(told([{ ...WAIVER, rule: "author" }])).toEqual([null]);
  expect(told([WAIVER], NOW + 1)).toEqual([null]);
});

test("only errors that nobody waived stand in the way", () => {
  const met = (on: ReturnType<typeof line>, waivers: readonly Waiver[] = []): boolean =>
    isMet(evaluate([marked], on, waivers, NOW));
  expect([met(line()), met(line(), [WAIVER]), met(line({ rules: { markers: "warning" } }))]).toEqual([
    false,
    true,
    true,
  ]);
});

test("facts are asked for only where a rule that is on needs them", () => {
  expect(neededFacts(line().settings).has("missingOn")).toBe(true);
  expect(neededFacts(line({ rules: { "newer-lines-first": "off" } }).settings).has("missingOn")).toBe(false);
  expect(neededFacts(line({ rules: { "one-concern": "off" } }).settings).has("files")).toBe(true); // version-files
});

test("violations stand line first, then commit by commit", () => {
  const on = line({}, { endOfLife: true });
  const other = pick({ commit: OTHER, duplicateOf: SOURCE }, { commit: OTHER });
  expect(evaluate([other, marked], on, [], NOW).map(({ rule, commit }) => [rule, commit])).toEqual([
    ["end-of-life", null],
    ["duplicate", OTHER],
    ["markers", PICK],
  ]);
});
