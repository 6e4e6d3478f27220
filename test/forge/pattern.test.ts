import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refPatterns, toFnmatch } from "../../src/forge/github/pattern.ts";
import { toWildcard, wildcardMatches } from "../../src/forge/gitlab/settings.ts";
import { globMatcher } from "../../src/line/glob.ts";
import { fnmatch } from "../support/forge/fnmatch.ts";

describe("on GitHub", () => {
  test.each([
    ["release/*", ["release/*"]],
    ["v?.x", ["v?.x"]],
    ["morello-ledger/**", ["morello-ledger/**/*"]],
    ["**", ["**/*"]],
    ["**/stable", ["**/stable"]],
    ["rel**", ["rel*", "rel*/**/*"]],
    ["a**/b", null],
    ["a**b", null],
  ])("%s is said as %j", (pattern, said) => {
    expect(toFnmatch(pattern)).toEqual(said);
  });

  test("a pattern that cannot be said gives way to the names that it matches", () => {
    const matches = (pattern: string, name: string): boolean => globMatcher(pattern)(name);
    expect(refPatterns("branch", ["a**b", "x"], ["a/b", "acb", "c"], matches)).toEqual([
      "refs/heads/a/b",
      "refs/heads/acb",
      "refs/heads/x",
    ]);
  });

  test("no name that Morello's pattern matches escapes GitHub's", () => {
    fc.assert(
      fc.property(patterns(), names(), (pattern, name) => {
        const said = toFnmatch(pattern);
        fc.pre(said !== null && globMatcher(pattern)(name));
        expect(said?.some((each) => fnmatch(each, name))).toBe(true);
      }),
    );
  });

  test("without ** both match the same names", () => {
    fc.assert(
      fc.property(patterns(["a", "/", "*", "?", "."]), names(), (pattern, name) => {
        fc.pre(!pattern.includes("**"));
        expect(toFnmatch(pattern)?.some((each) => fnmatch(each, name))).toBe(globMatcher(pattern)(name));
      }),
    );
  });
});

describe("on GitLab", () => {
  test.each([
    ["release/*", "release/*"],
    ["v?.**", "v*.*"],
  ])("%s is said as %s", (pattern, said) => {
    expect(toWildcard(pattern)).toBe(said);
  });

  test("no name that Morello's pattern matches escapes GitLab's", () => {
    fc.assert(
      fc.property(patterns(), names(), (pattern, name) => {
        fc.pre(globMatcher(pattern)(name));
        expect(wildcardMatches(toWildcard(pattern), name)).toBe(true);
      }),
    );
  });
});

// Ruby's documentation of File.fnmatch, with File::FNM_PATHNAME, and GitHub's own examples.
test.each([
  ["*", "a/b", false],
  ["qa/*", "qa/foo", true],
  ["qa/*", "qa/foo/bar", false],
  ["qa/**/*", "qa/foo/bar/foobar/hello-world", true],
  ["qa/**/*", "qa/foo", true],
  ["qa/**", "qa/foo/bar", false],
  ["**/foo", "a/b/c/foo", true],
  ["**/foo", "foo", true],
  ["**.rb", "lib/song.rb", false],
  ["ca[a-z]", "cat", true],
  ["c?t", "c/t", false],
  ["v*.*", "v2.7.1", true],
  ["v*.*", "v2", false],
])("the played GitHub reads %s for %s as Ruby does: %s", (pattern, name, wanted) => {
  expect(fnmatch(pattern, name)).toBe(wanted);
});

function names(): fc.Arbitrary<string> {
  const part = fc.string({ unit: fc.constantFrom("a", "b", "."), minLength: 1, maxLength: 4 });
  return fc
    .array(
      part.filter((each) => !each.startsWith(".")),
      { minLength: 1, maxLength: 4 },
    )
    .map((parts) => parts.join("/"));
}

function patterns(units = ["a", "b", "/", "*", "**", "?", "."]): fc.Arbitrary<string> {
  return fc
    .array(fc.constantFrom(...units), { minLength: 1, maxLength: 8 })
    .map((parts) => parts.join(""))
    .filter((each) => !/^[./]|\/$|\/\/|\/\.|\*\*\*/.test(each));
}
