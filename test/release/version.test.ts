import { describe, expect, test } from "vitest";
import fc from "fast-check";
import compare from "semver/functions/compare.js";
import inc from "semver/functions/inc.js";
import { floatingTags, isLatest, nextVersion, type VersionQuestion } from "../../src/release/version.ts";

type Asked = Partial<Omit<VersionQuestion, "line">> & { readonly name?: string; readonly prefix?: string };

/** A line with a commit since its last tag; `reached` are taken, too. */
function ask(version: readonly number[], reached: readonly string[], asked: Asked = {}) {
  const { name = `release/v${version.join(".")}`, prefix = "v", ...more } = asked;
  return nextVersion({
    line: { name, version, tagPrefix: prefix },
    reached,
    taken: reached,
    others: [],
    level: "patch",
    since: reached.length === 0 ? null : 1,
    allowed: false,
    pre: null,
    wanted: null,
    ...more,
  });
}

/** The tag, or why there is none. */
function next(version: readonly number[], reached: readonly string[], asked: Asked = {}): string {
  const answer = ask(version, reached, asked);
  return answer.kind === "next" ? answer.tag : answer.kind === "nothing" ? `nothing since ${answer.tag}` : answer.why;
}

describe("a patch line", () => {
  test.each([
    ["its first version", [2, 7], [], {}, "v2.7.0"],
    ["the next patch", [2, 7], ["v2.7.0"], {}, "v2.7.1"],
    ["past nine", [2, 7], ["v2.7.9"], {}, "v2.7.10"],
    ["the highest counts, not the last in the list", [2, 7], ["v2.7.2", "v2.7.10", "v2.7.9"], {}, "v2.7.11"],
    ["nothing new", [2, 7], ["v2.7.1"], { since: 0 }, "nothing since v2.7.1"],
    ["a feature", [2, 7], ["v2.7.1"], { level: "feature" }, "feature"],
    ["a breaking change", [2, 7], ["v2.7.1"], { level: "breaking" }, "breaking"],
    [
      "a feature that is allowed is a patch all the same",
      [2, 7],
      ["v2.7.1"],
      { level: "feature", allowed: true },
      "v2.7.2",
    ],
    ["a breaking change that is allowed", [2, 7], ["v2.7.1"], { level: "breaking", allowed: true }, "v2.7.2"],
    ["features before its first version are what the line is about", [2, 8], [], { level: "feature" }, "v2.8.0"],
  ] as const)("%s", (_, version, reached, asked, wanted) => {
    expect(next(version, reached, asked)).toBe(wanted);
  });
});

describe("a line of a major version", () => {
  test.each([
    ["a patch", ["v2.7.3"], {}, "v2.7.4"],
    ["a feature raises the minor number", ["v2.7.3"], { level: "feature" }, "v2.8.0"],
    ["a breaking change does not fit", ["v2.7.3"], { level: "breaking" }, "breaking"],
    ["one that is allowed is a feature", ["v2.7.3"], { level: "breaking", allowed: true }, "v2.8.0"],
    ["its first version", [], {}, "v2.0.0"],
    ["numbers of another line are left to it", ["v2.7.3"], { others: [[2, 7]] }, "v2.8.0"],
    [
      "of several other lines",
      ["v2.7.3"],
      {
        others: [
          [2, 7],
          [2, 8],
          [1, 9],
        ],
      },
      "v2.9.0",
    ],
    ["never below what another line has released", ["v2.6.0"], { taken: ["v2.7.5"], others: [[2, 7]] }, "v2.8.0"],
  ] as const)("%s", (_, reached, asked, wanted) => {
    expect(next([2], reached, { name: "2.x", ...asked })).toBe(wanted);
  });
});

describe("projects that write versions in their own way", () => {
  test.each([
    ["calendar", [20, 10], ["v20.10.4"], {}, "v20.10.5"],
    ["leading zeros", [18, 9], ["v18.09.1"], { name: "18.09" }, "v18.09.2"],
    ["leading zeros of a first version, from the branch", [18, 9], [], { name: "docker-18.09" }, "v18.09.0"],
    ["a padded patch", [2024, 1], ["2024.01.09"], { prefix: "" }, "2024.01.10"],
    ["no prefix", [2, 7], ["2.7.0"], { prefix: "" }, "2.7.1"],
    ["a component's prefix", [1, 7], ["sdk/v1.7.19"], { prefix: "sdk/v" }, "sdk/v1.7.20"],
    ["underscores", [7, 1], ["curl-7_1_9"], { prefix: "curl-" }, "curl-7_1_10"],
    ["two numbers are all there are", [16], ["REL_16_3"], { prefix: "REL_", name: "REL_16_STABLE" }, "REL_16_4"],
    [
      "a first version as others are spelt",
      [17],
      [],
      { prefix: "REL_", name: "REL_17_STABLE", taken: ["REL_16_4"] },
      "REL_17_0",
    ],
    ["a first tag of two numbers", [1, 20], ["go1.20"], { prefix: "go" }, "go1.20.1"],
    ["a first version after a fourth number", [7, 1], [], { taken: ["v7.0.8.1"] }, "v7.1.0"],
    ["a fourth number that a hot fix had", [7, 0], ["v7.0.8.1"], {}, "v7.0.9"],
    ["a line of three numbers, and its only version", [5, 0, 1], [], {}, "v5.0.1"],
    ["a line of three numbers whose version is out", [5, 0, 1], ["v5.0.1"], {}, "exhausted"],
    ["a line of three numbers that counts further", [120, 0, 6099], ["v120.0.6099.5"], {}, "v120.0.6099.6"],
    ["an edition stays", [17, 12], ["v17.12.0-ce"], {}, "v17.12.1-ce"],
    ["a post-release is over", [1, 2], ["1.2.0.post1"], { prefix: "" }, "1.2.1"],
    ["build metadata is over", [1, 2], ["v1.2.0+b5"], {}, "v1.2.1"],
    ["a change of prefix does not give a version twice", [2, 7], ["v2.7.0"], { taken: ["2.7.1"] }, "v2.7.2"],
    ["no version in the line's name", [], [], { name: "stable" }, "no-version"],
  ] as const)("%s", (_, version, reached, asked, wanted) => {
    expect(next(version, reached, asked)).toBe(wanted);
  });
});

describe("pre-releases", () => {
  test.each([
    ["the first", ["v2.8.0"], { pre: "rc" }, "v2.8.1-rc.1"],
    ["the next", ["v2.8.0", "v2.8.1-rc.1"], { pre: "rc" }, "v2.8.1-rc.2"],
    ["nothing new", ["v2.8.0", "v2.8.1-rc.1"], { pre: "rc", since: 0 }, "nothing since v2.8.1-rc.1"],
    ["the final one, of the same commit", ["v2.8.0", "v2.8.1-rc.1"], { since: 0 }, "v2.8.1"],
    ["before the line's first", [], { pre: "rc" }, "v2.8.0-rc.1"],
    ["of a line that has nothing else yet", ["v2.8.0-rc.1"], { pre: "rc" }, "v2.8.0-rc.2"],
    ["the first final", ["v2.8.0-rc.2"], {}, "v2.8.0"],
    ["after the final", ["v2.8.0-rc.2", "v2.8.0"], { pre: "rc" }, "v2.8.1-rc.1"],
    ["a number that is taken elsewhere", ["v2.8.0"], { pre: "rc", taken: ["v2.8.1-rc.3"] }, "v2.8.1-rc.4"],
    ["spelt as the project does", ["v2.8.0-rc9", "v2.8.0"], { pre: "rc" }, "v2.8.1-rc1"],
    ["as Python does", ["2.8.0", "2.8.1rc1"], { pre: "rc", prefix: "" }, "2.8.1rc2"],
    ["from 0, as the version before", [], { pre: "rc", taken: ["v2.7.0-rc.0", "v2.7.0-rc.1"] }, "v2.8.0-rc.0"],
    ["from 0 and on", ["v2.8.0-rc.0"], { pre: "rc", taken: ["v2.7.0-rc.0"] }, "v2.8.0-rc.1"],
    ["from 1, as the version before", [], { pre: "rc", taken: ["v2.6.0-rc.0", "v2.7.0-rc.2"] }, "v2.8.0-rc.1"],
    ["another mark that is higher", ["v2.8.1-beta.2"], { pre: "rc" }, "v2.8.1-rc.1"],
    ["another mark that is lower", ["v2.8.1-rc.2"], { pre: "beta" }, "backwards"],
    ["a version that was prepared for more", ["v2.8.0", "v2.8.3-rc.1"], {}, "v2.8.3"],
  ] as const)("%s", (_, reached, asked, wanted) => {
    expect(next([2, 8], reached, asked)).toBe(wanted);
  });
});

describe("a version that exists", () => {
  test("on another commit is skipped, and told", () => {
    expect(ask([2, 7], ["v2.7.0"], { taken: ["v2.7.1", "v2.7.2-rc.1", "v2.8.0"] })).toMatchObject({
      tag: "v2.7.2",
      skipped: ["v2.7.1"],
    });
  });

  test("without a line that reaches any keeps the line from going backwards", () => {
    expect(next([2, 7], [], { taken: ["v2.7.3"] })).toBe("v2.7.4");
  });
});

describe("a version that a person wants", () => {
  test.each([
    ["with the prefix", "v2.7.5", "v2.7.5"],
    ["without it", "2.7.5", "v2.7.5"],
    ["a pre-release", "2.7.5-rc.1", "v2.7.5-rc.1"],
    ["of another line", "2.8.0", "outside"],
    ["that exists", "2.7.1", "exists"],
    ["that exists under another name", "2.7.01", "exists"],
    ["that is lower", "2.7.0", "backwards"],
    ["that is none", "next", "malformed"],
    ["that no tag could be", "2.7.5 now", "malformed"],
    ["with another prefix", "x2.7.5", "malformed"],
  ])("%s", (_, wanted, answer) => {
    expect(next([2, 7], ["v2.7.1"], { wanted })).toBe(answer);
  });

  test("is refused all the same where a feature is not allowed", () => {
    expect(next([2, 7], ["v2.7.1"], { wanted: "2.7.2", level: "feature" })).toBe("feature");
  });

  test("gives a line without a version one", () => {
    expect(next([], [], { wanted: "1.0.0", name: "stable" })).toBe("v1.0.0");
  });

  test("may not be one that another line stands for", () => {
    expect(next([2], ["v2.6.0"], { wanted: "2.7.9", others: [[2, 7]], name: "2.x" })).toBe("outside");
  });
});

describe("latest and the names that move", () => {
  const taken = ["v1.9.0", "v2.7.0", "v2.7.1", "v2.8.0", "v3.0.0-rc.1"];
  test.each([
    ["a patch of an old line moves its own alone", "v2.7.2", ["v2.7"]],
    ["a patch of the newest line", "v2.8.1", ["v2.8", "latest"]],
    ["the first of an older major", "v1.9.1", ["v1.9"]],
    ["a pre-release", "v3.0.0-rc.2", []],
    ["below a version of its own series", "v2.7.0", []],
  ])("%s", (_, tag, wanted) => {
    expect(floatingTags(tag, taken)).toEqual(wanted);
    expect(isLatest(tag, taken)).toBe(wanted.includes("latest"));
  });

  test("tags of another component do not count", () => {
    expect(isLatest("v2.8.1", [...taken, "sdk/v9.0.0", "docker-v5.0.0"])).toBe(true);
  });
});

const version = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30));
const tagsOf = (versions: readonly (readonly number[])[]): string[] => versions.map((each) => `v${each.join(".")}`);

describe("held to semver, the package", () => {
  test("a patch is what it calls a patch", () => {
    fc.assert(
      fc.property(version, ([major, minor, patch]) => {
        expect(next([major, minor], [`v${major}.${minor}.${patch}`])).toBe(
          `v${inc(`${major}.${minor}.${patch}`, "patch")}`,
        );
      }),
    );
  });

  test("a feature of a major line is what it calls a minor", () => {
    fc.assert(
      fc.property(version, ([major, minor, patch]) => {
        const before = `${major}.${minor}.${patch}`;
        expect(next([major], [`v${before}`], { level: "feature" })).toBe(`v${inc(before, "minor")}`);
      }),
    );
  });

  test("whatever exists, the next version is new and higher than all that the line has", () => {
    const level = fc.constantFrom("patch", "feature", "breaking");
    const mark = fc.constantFrom(null, "rc");
    const series = fc.array(fc.tuple(fc.constant(2), fc.constant(7), fc.nat(6)), { maxLength: 5 });
    const candidates = fc.array(fc.tuple(fc.nat(6), fc.nat(3)), { maxLength: 3 });
    fc.assert(
      fc.property(series, candidates, fc.array(version), level, mark, (own, pres, others, level, pre) => {
        const reached = [...tagsOf(own), ...pres.map(([patch, n]) => `v2.7.${patch}-rc.${n}`)];
        const taken = [...reached, ...tagsOf(others)];
        const answer = ask([2, 7], reached, { taken, level, pre, allowed: true });
        if (answer.kind !== "next") return expect(answer).toMatchObject({ kind: "refused", why: "backwards" });
        expect(taken).not.toContain(answer.tag);
        const series = taken.filter((tag) => tag.startsWith("v2.7.") && (!tag.includes("-") || reached.includes(tag)));
        const finals = series.filter((tag) => !tag.includes("-"));
        for (const tag of pre === null ? finals : reached) expect(compare(answer.tag, tag)).toBe(1);
        return undefined;
      }),
    );
  });
});
