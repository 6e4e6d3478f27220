import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseLineName } from "../../src/line/name.ts";
import { compareTagVersions, parseTag } from "../../src/line/tag.ts";
import { compareLineVersions, inSeries, parseNumbers } from "../../src/line/version.ts";
import { words } from "./refs.ts";

const numbers = fc.array(fc.nat(12), { minLength: 0, maxLength: 4 });
const lineVersion = fc.record({ numbers, open: fc.boolean(), prerelease: fc.boolean() });
const suffix = fc.constantFrom(
  "",
  "-rc.1",
  "rc2",
  "-beta",
  "b1",
  ".dev0",
  ".post0",
  "-ce",
  "-ce-rc1",
  "-foo",
  "a",
  "-1",
  "-2016-07-28",
  "rc1.dev0",
  "+k3s1",
);
const tag = fc
  .tuple(fc.constantFrom("v", "", "docker-v"), fc.array(fc.nat(30), { minLength: 2, maxLength: 4 }), suffix)
  .map(([prefix, parts, end]) => parseTag(`${prefix}${parts.join(".")}${end}`)!);

function expectTotalOrder<T>(values: fc.Arbitrary<T>, compare: (a: T, b: T) => number): void {
  fc.assert(
    fc.property(values, values, values, (a, b, c) => {
      expect(compare(a, a)).toBe(0);
      expect(Math.sign(compare(a, b))).toBe(0 - Math.sign(compare(b, a)));
      if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0);
    }),
    { numRuns: 2000 },
  );
}

describe("lines", () => {
  test("are totally ordered", () => expectTotalOrder(lineVersion, compareLineVersions));

  test.each([
    ["7.0", "7.0.1"],
    ["2.9", "2.10"],
    ["release/2.9", "2.x"],
    ["2.x", "3.0"],
    ["2.9.x", "2.x"],
    ["2.7", "2.7.x"],
    ["release/2.7-rc1", "release/2.7"],
    ["release/2.6", "release/2.7-rc1"],
    ["stable/2023.2", "stable/2024.1"],
    ["19.03", "20.10"],
    ["26.1", "27.x"],
  ])("%s is older than %s", (older, newer) => {
    expect(compareLineVersions(parseLineName(older)!, parseLineName(newer)!)).toBeLessThan(0);
  });

  test("without a version are older than all others", () => {
    const none = { numbers: [], open: false, prerelease: false };
    expect(compareLineVersions(none, { ...none, numbers: [0] })).toBeLessThan(0);
  });
});

describe("tags", () => {
  test("are totally ordered", () => expectTotalOrder(tag, compareTagVersions));

  test("come in the order of their releases", () => {
    const ascending = [
      ...words(`
      v2.0.0.dev0 v2.0.0-alpha.1 v2.0.0b1 v2.0.0-beta.2 v2.0.0-M1 v2.0.0-pre v2.0.0rc1.dev0 v2.0.0-rc.1
      v2.0.0-rc.1.1 v2.0.0rc2 v2.0.0-rc10 v2.0.0-experimental v2.0.0 v2.0.0-1 v2.0.0.post2 v2.0.1-rc1 v2.0.1 v2.0.10
    `),
    ];
    const shuffled = [...ascending].reverse().sort((a, b) => compareTagVersions(parseTag(a)!, parseTag(b)!));
    expect(shuffled).toEqual(ascending);
  });

  test.each([
    ["v5.0", "5.0.0"],
    ["v17.03.0-ce", "v17.03.0"],
    ["v1.28.3+k3s1", "v1.28.3"],
    ["docker-v29.0.0-rc.1", "v29.0.0rc1"],
  ])("%s and %s are the same version", (a, b) => expect(compareTagVersions(parseTag(a)!, parseTag(b)!)).toBe(0));

  test.each([
    ["v2.7.0", "v", [2, 7, 0], "", false],
    ["2.7.1", "", [2, 7, 1], "", false],
    ["release-2.7.0", "release-", [2, 7, 0], "", false],
    ["docker-v1.12.3", "docker-v", [1, 12, 3], "", false],
    ["api/v1.7.19", "api/v", [1, 7, 19], "", false],
    ["@scope/pkg@1.2.3-beta.1", "@scope/pkg@", [1, 2, 3], "-beta.1", true],
    ["python3-tool-v1.2.3", "python3-tool-v", [1, 2, 3], "", false],
    ["docs-v1.12.0-rc4-2016-07-15", "docs-v", [1, 12, 0], "-rc4-2016-07-15", true],
    ["dockerfile/1.10.0-labs", "dockerfile/", [1, 10, 0], "-labs", true],
    ["REL_16_3", "REL_", [16, 3], "", false],
    ["REL_16_RC1", "REL_", [16], "_RC1", true],
    ["REL9_6_1", "REL", [9, 6, 1], "", false],
    ["OpenSSL_1_1_1w", "OpenSSL_", [1, 1, 1], "w", false],
    ["go1.21.3", "go", [1, 21, 3], "", false],
    ["v0.17pre", "v", [0, 17], "pre", true],
    ["v17.03.0-ce-rc1", "v", [17, 3, 0], "-ce-rc1", true],
    ["1.5.10.post0", "", [1, 5, 10], ".post0", false],
    ["v2", "v", [2], "", false],
    ["2024.1", "", [2024, 1], "", false],
  ])("%s is read as prefix '%s' and %j", (name, prefix, parts, end, prerelease) => {
    expect(parseTag(name)).toMatchObject({ prefix, numbers: parts, suffix: end, prerelease });
  });

  test.each(["nightly", "pre-removal-numpybook", "abc12def", "v99999999999999999999.1", `v1.2${"0".repeat(300)}`])(
    "%s holds no version",
    (name) => expect(parseTag(name)).toBeNull(),
  );
});

test("numbers too large for JSON are no version", () => expect(parseNumbers("1.9999999999999999")).toBeNull());

test("a version belongs to every series that it begins with", () => {
  fc.assert(fc.property(numbers, fc.nat(4), (version, length) => inSeries(version, version.slice(0, length))));
  expect(inSeries([2, 70], [2, 7])).toBe(false);
});
