import { expect, test } from "vitest";
import { asksNothing, atLeast, suffices } from "../../src/forge/strictness.ts";

test.each([
  [2, 2, true],
  [3, 2, true],
  [1, 2, false],
  [undefined, 2, false],
  [undefined, 0, true],
  ["allowed", "refused", false],
  ["refused", "allowed", true],
  ["kept", "dismissed", false],
  ["no one", "developers", true],
  ["maintainers", "developers", true],
  ["developers", "no one", false],
  ["level 50", "no one", false],
  [["a", "b"], ["a"], true],
  [["a"], ["a", "b"], false],
  [["all branches"], ["a"], true],
  [[], [], true],
])("%j where %j is wanted is enough: %s", (found, wanted, enough) => {
  expect(suffices(found, wanted)).toBe(enough);
});

test("what is there is kept where it is stricter, and lists keep their names", () => {
  const wanted = { approvals: 2, check: ["morello"], deletion: "refused", push: "developers" };
  const found = { approvals: 3, check: ["build"], deletion: "allowed", push: "no one" };
  expect(atLeast(wanted, found)).toEqual({
    approvals: 3,
    check: ["build", "morello"],
    deletion: "refused",
    push: "no one",
  });
  expect(atLeast(wanted, {})).toEqual(wanted);
});

test("nothing is asked by what is so where no rule is", () => {
  expect([0, [], "allowed", "kept", "not looked at", "not asked for"].every(asksNothing)).toBe(true);
  expect([1, ["a"], "refused", "dismissed", "active", "no one", true, false].some(asksNothing)).toBe(false);
});
