import { describe, expect, test } from "vitest";
import { PICK_CASES, standCase } from "../support/cases.ts";
import { cherryPickOracle } from "../support/cherry-pick.ts";
import { fileSandbox } from "../support/sandbox.ts";

const sandbox = fileSandbox();

describe("a named case is about what its name says", () => {
  test.each(PICK_CASES.map((one, index) => [one.name, one, index] as const))("%s", async (_, one, index) => {
    const { repository, onto, sources, options } = await standCase(one, sandbox, `case-${index}`);
    const answer = await cherryPickOracle(sandbox, repository).pick(onto, sources, options);
    expect(answer.kind, answer.kind === "error" ? answer.stderr : "").toBe(one.outcome);
  });

  test("and no two bear one name", () => {
    const names = PICK_CASES.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
