import { describe, expect, test } from "vitest";
import type { AppError } from "../../src/error.ts";
import { selectLines, type SelectableLine } from "../../src/line/select.ts";
import type { Maintenance } from "../../src/wire/line.ts";

function line(
  name: string,
  version: number[],
  reason: Maintenance["reason"] = "recent-tip",
  maintained = reason.startsWith("recent"),
): SelectableLine {
  return {
    name,
    refname: `refs/heads/${name}`,
    remoteRefname: `refs/remotes/origin/${name}`,
    version,
    maintenance: { maintained, reason },
  };
}

const LINES = [
  line("release/v2.9", [2, 9]),
  line("release/v2.8", [2, 8]),
  line("release/v2.7", [2, 7], "idle"),
  line("release/v2.6", [2, 6], "end-of-life"),
  line("1.x", [1], "configured", true),
  line("0.9", [0, 9], "configured", false),
];

function select(...patterns: string[]) {
  const { selected, leftOut } = selectLines(LINES, patterns);
  return {
    selected: selected.map(({ name }) => name),
    leftOut: leftOut.map((left) => `${left.line.name}: ${left.reason}`),
  };
}

function failure(patterns: string[], lines = LINES): AppError {
  try {
    selectLines(lines, patterns);
  } catch (error) {
    return error as AppError;
  }
  throw new Error("nothing was thrown");
}

describe("selecting", () => {
  test("all takes the maintained lines and says what it left out and why", () => {
    expect(select("all")).toEqual({
      selected: ["release/v2.9", "release/v2.8", "1.x"],
      leftOut: ["release/v2.7: idle", "release/v2.6: end-of-life", "0.9: configured"],
    });
  });

  test("a name takes the line though it is idle or at its end of life", () => {
    expect(select("release/v2.6", "release/v2.7")).toEqual({ selected: ["release/v2.7", "release/v2.6"], leftOut: [] });
  });

  test("all with a name takes both, each line once, newest first", () => {
    expect(select("release/v2.7", "all", "v2.8")).toEqual({
      selected: ["release/v2.9", "release/v2.8", "release/v2.7", "1.x"],
      leftOut: ["release/v2.6: end-of-life", "0.9: configured"],
    });
  });

  test.each([
    "refs/heads/release/v2.8",
    "heads/release/v2.8",
    "origin/release/v2.8",
    "refs/remotes/origin/release/v2.8",
    "remotes/origin/release/v2.8",
    "2.8",
    "v2.8",
  ])("%s is release/v2.8", (pattern) => expect(select(pattern).selected).toEqual(["release/v2.8"]));

  test.each(["1", "v1", "1.x", "v1.x"])("%s is 1.x", (pattern) => expect(select(pattern).selected).toEqual(["1.x"]));

  test("a glob takes idle lines, and leaves out what is declared not maintained", () => {
    expect(select("release/*")).toEqual({
      selected: ["release/v2.9", "release/v2.8", "release/v2.7"],
      leftOut: ["release/v2.6: end-of-life"],
    });
  });

  test("a glob that matches nothing else takes those too", () => {
    expect(select("0.*", "*/v2.6")).toEqual({ selected: ["release/v2.6", "0.9"], leftOut: [] });
    expect(select("**2.6").selected).toEqual(["release/v2.6"]);
  });
});

describe("selecting fails", () => {
  test("for an unknown line, with the list and the nearest names", () => {
    const error = failure(["relase/v2.7"]);
    expect(error).toMatchObject({
      code: "unknown-line",
      data: { pattern: "relase/v2.7", nearest: ["release/v2.7", "release/v2.9", "release/v2.8"] },
    });
    expect(error.message).toBe(
      "'relase/v2.7' is no release line: there are release/v2.9, release/v2.8, release/v2.7, release/v2.6, 1.x, 0.9",
    );
    expect(error.hint).toContain("'release/v2.7'");
  });

  test("for a glob that matches nothing", () =>
    expect(failure(["stable/*"]).message).toContain("'stable/*' matches no release line"));

  test("for a version that two lines stand for, naming the two", () => {
    const error = failure(["2.8"], [...LINES, line("stable-2.8", [2, 8])]);
    expect(error.message).toBe("'2.8' names more than one release line: release/v2.8, stable-2.8");
  });

  test("for a release instead of a line", () => expect(failure(["v2.8.1"]).code).toBe("unknown-line"));

  test("with a code of its own where there are no lines", () => expect(failure(["all"], []).code).toBe("no-lines"));

  test("and shows a dozen of many lines", () => {
    const many = Array.from({ length: 30 }, (_, minor) => line(`release/9.${minor}`, [9, minor]));
    expect(failure(["nope"], many).message).toMatch(/ and 18 more$/);
  });
});
