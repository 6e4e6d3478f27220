import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { globMatcher, globProblem, isGlob } from "../../src/line/glob.ts";

/** The same by way of a regular expression: right, though it may backtrack. */
function oracle(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*{2,}|\*|\?|[^*?]/gu, (token) => {
    if (token.startsWith("**")) return ".*";
    if (token === "*") return "[^/]*";
    return token === "?" ? "[^/]" : token.replaceAll(/[.\\+^$()[\]{}|]/g, "\\$&");
  });
  return new RegExp(`^${source}$`, "su");
}

describe("a glob", () => {
  test("matches as its regular expression does", () => {
    const letter = (...more: string[]) => fc.constantFrom("a", "b", "/", ".", "é", "😀", ...more);
    const name = fc.array(letter(), { maxLength: 8 }).map((all) => all.join(""));
    const pattern = fc.array(letter("*", "**", "?"), { maxLength: 6 }).map((all) => all.join(""));
    fc.assert(
      fc.property(pattern, name, (glob, text) => globMatcher(glob)(text) === oracle(glob).test(text)),
      { numRuns: 5000 },
    );
  });

  test("made of a name alone matches that name", () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !isGlob(text)),
        (text) => globMatcher(text)(text),
      ),
    );
  });

  test.each([
    ["release/*", "release/v2.7", true],
    ["release/*", "release/v2.7/fix", false],
    ["release/**", "release/v2.7/fix", true],
    ["*.x", "1.2.x", true],
    ["*.x", "user/1.2.x", false],
    ["release/2.?", "release/2.7", true],
    ["release/2.?", "release/2x7", false],
    ["release/*", "my/release/2", false],
    ["v1.0", "v1x0", false],
  ])("%s on %s: %s", (pattern, name, wanted) => expect(globMatcher(pattern)(name)).toBe(wanted));

  test("does not backtrack", () => {
    const hostile = `${"*a".repeat(40)}b`;
    expect(globMatcher(hostile)("a".repeat(250))).toBe(false);
  });
});

test.each(["", "refs/heads/x", "/a", "a/", "a//b", "release/[12]", "{a,b}", "a b", "a\\*", "a\tb"])(
  "'%s' is refused as a pattern",
  (pattern) => expect(globProblem(pattern)).not.toBeNull(),
);
test.each(["release/*", "**", "v?.x", "release/v2.7", "feature-ä"])("'%s' is a pattern", (pattern) =>
  expect(globProblem(pattern)).toBeNull(),
);
