import { expect, it } from "vitest";
import { pullOf } from "../../src/message/pull.ts";

it.each([
  ["Merge pull request #12 from o/branch", 12],
  ["fix: leak (#12)", 12],
  ['Revert "fix: leak (#12)" (#30)', 30],
  ["fix: leak (owner/repo#12)", 12],
  ["fix: leak, see #12", null],
  ['Revert "fix: leak (#12)"', null],
  ["", null],
])("%j came by %s", (subject, pull) => {
  expect(pullOf(subject)).toBe(pull);
});
