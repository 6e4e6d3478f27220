import { describe, expect, test } from "vitest";
import { assembleLine } from "../../src/line/assemble.ts";
import { detectLines } from "../../src/line/detect.ts";
import { maintenanceOf, monthsBefore } from "../../src/line/maintenance.ts";
import { planningTip, relationOf } from "../../src/line/planning-tip.ts";
import { Line } from "../../src/wire/line.ts";
import { DAY, NOW, oidOf, refs } from "./refs.ts";

describe("the planning tip", () => {
  test.each([
    [0, 0, "equal", "local", "none"],
    [2, 0, "ahead", "local", "kept"],
    [0, 3, "behind", "upstream", "none"],
    [2, 3, "diverged", "upstream", "left-out"],
  ] as const)("%i ahead and %i behind is %s: the %s one", (ahead, behind, relation, plannedOn, localCommits) => {
    expect(relationOf(ahead, behind)).toBe(relation);
    expect(planningTip("L", "U", relation)).toEqual({
      tip: plannedOn === "local" ? "L" : "U",
      plannedOn,
      localCommits,
    });
  });

  test("of a branch with one side is that side", () => {
    expect(planningTip("L", null, "equal")).toEqual({ tip: "L", plannedOn: "local", localCommits: "none" });
    expect(planningTip(null, "U", "equal")).toEqual({ tip: "U", plannedOn: "upstream", localCommits: "none" });
  });
});

describe("maintenance", () => {
  const old = NOW - 400 * DAY;
  test.each([
    [null, NOW, null, true, "recent-tip"],
    [null, old, NOW - DAY, true, "recent-tag"],
    [null, old, old, false, "idle"],
    [null, old, null, false, "idle"],
    [true, old, null, true, "configured"],
    [false, NOW, NOW, false, "configured"],
    ["end-of-life", NOW, NOW, false, "end-of-life"],
  ] as const)("configured %s, tip %i, tag %s: %s, %s", (override, tip, tag, maintained, reason) => {
    expect(maintenanceOf(override, tip, tag, NOW, 12)).toEqual({ maintained, reason });
  });

  test("a line that moved exactly so long ago still counts, a second earlier not", () => {
    const edge = monthsBefore(NOW, 12);
    expect(maintenanceOf(null, edge, null, NOW, 12).maintained).toBe(true);
    expect(maintenanceOf(null, edge - 1, null, NOW, 12).maintained).toBe(false);
  });

  test.each([
    ["2025-06-30T01:02:03Z", 12, "2024-06-30T01:02:03Z"],
    ["2025-03-31T00:00:00Z", 1, "2025-02-28T00:00:00Z"],
    ["2024-02-29T12:00:00Z", 12, "2023-02-28T12:00:00Z"],
    ["2025-01-15T00:00:00Z", 2, "2024-11-15T00:00:00Z"],
  ])("%s less %i months is %s", (from, months, to) =>
    expect(monthsBefore(Date.parse(from) / 1000, months)).toBe(Date.parse(to) / 1000),
  );
});

test("an assembled line fits the wire and is planned on the side that planning chooses", () => {
  const input = refs(["release/v2.7", "origin/release/v2.7", "tag:v2.7.0"]);
  const [detected] = detectLines({ refs: input, config: { lines: [], remotes: [] }, main: "main" });
  const line = assembleLine(
    detected!,
    { distance: { ahead: 0, behind: 2 }, lastTag: detected!.tags[0]! },
    { now: NOW, months: 12 },
  );
  expect(Line.parse(line)).toEqual(line);
  expect(line).toMatchObject({
    tip: oidOf("origin/release/v2.7"),
    difference: { upstream: "refs/remotes/origin/release/v2.7", localTip: oidOf("release/v2.7"), ahead: 0, behind: 2 },
    lastTag: "v2.7.0",
    maintenance: { maintained: true, reason: "recent-tip" },
  });
});
