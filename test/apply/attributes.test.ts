import { mkdirSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mayMatch, mergeAttributes } from "../../src/apply/attributes.ts";
import type { BytePath } from "../../src/object/path.ts";
import { makeSandbox, type Sandbox } from "../support/sandbox.ts";
import { latin1 } from "../support/tree.ts";

const COUNT = process.env["MORELLO_LONG"] === "1" ? 2_000 : 250;

const PATHS = [
  "a.txt",
  "b.py",
  "voil\xc3\xa0.txt",
  "\xe9.txt",
  "with space.txt",
  "[x].txt",
  "lib/a.txt",
  "lib/b.py",
  "lib/deep/a.txt",
  "lib/deep/er/c.txt",
  "lib/with space.txt",
  "a",
] as const;

const pattern = fc.constantFrom(
  "*.txt",
  "a.txt",
  "/a.txt",
  "*",
  "**",
  "**/a.txt",
  "lib/*",
  "lib/**",
  "/lib/*.txt",
  "lib/**/c.txt",
  "?.txt",
  "?",
  "*.t?t",
  "[ab].txt",
  "[!b]*",
  "\\a.txt",
  '"with space.txt"',
  '"a.txt"',
  "voil\xc3\xa0.txt",
  "voil?*",
  "\xe9.txt",
  "deep/*",
  "**/deep/**",
  "a*t",
  "*a*",
  "lib/",
  "lib",
  ".*",
  "a.t+t",
  "(a).txt",
  "a.txt|b",
  "$",
  "{a,b}.txt",
  "A.TXT",
);
const attribute = fc.constantFrom(
  "merge",
  "-merge",
  "!merge",
  "merge=union",
  "merge=binary",
  "merge=custom",
  "binary",
  "-binary",
  "!binary",
  "mine",
  "-mine",
  "more",
  "text",
  "diff",
  "-diff",
  "merged",
  "unmerge=union",
  "emerge",
  "merge=caf\xc3\xa0",
  "eol=lf",
);
const blank = fc.constantFrom(" ", "\t", "  ", " \t ");
const rule = fc
  .tuple(
    fc.constantFrom("", "", "", " ", "\t"),
    pattern,
    fc.array(fc.tuple(blank, attribute), { maxLength: 3 }),
    fc.constantFrom("", "", " ", "\r"),
  )
  .map(([before, matched, attributes, after]) => `${before}${matched}${attributes.flat().join("")}${after}`);
const line = fc.oneof(
  { weight: 8, arbitrary: rule },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      "[attr]mine merge=union",
      "[attr]mine binary",
      "[attr]more mine",
      "# *.txt merge=union",
      "",
      "\f*.txt merge=union",
      "\xa0*.txt merge=union",
      "*.txt\xa0merge=union",
    ),
  },
);
const file = fc
  .tuple(fc.constantFrom("", "", "", "\xef\xbb\xbf"), fc.array(line, { maxLength: 4 }), fc.constantFrom("\n", ""))
  .map(([mark, lines, end]) => `${mark}${lines.join("\n")}${lines.length > 0 ? end : ""}`);

/** What git says about `merge` at each path, with these files in a work tree. */
async function checkAttr(sandbox: Sandbox, root: string, nested: string): Promise<Map<string, string>> {
  sandbox.write("repository/.gitattributes", latin1(root));
  sandbox.write("repository/lib/.gitattributes", latin1(nested));
  const input = latin1(PATHS.map((path) => `${path}\0`).join(""));
  const { stdout } = await sandbox.gitRun(["check-attr", "-z", "--stdin", "merge"], {
    cwd: sandbox.path("repository"),
    input,
  });
  const fields = stdout.toString("latin1").split("\0");
  return new Map(PATHS.map((path, n) => [path, fields[n * 3 + 2] ?? ""]));
}

test(`whatever git says about merging at a path, mayMatch has foreseen (${COUNT} pairs of files)`, async () => {
  const sandbox = makeSandbox();
  mkdirSync(sandbox.path("repository"));
  await sandbox.git(["init", "-q", "--template=", "."], { cwd: sandbox.path("repository") });
  const seen = { set: 0, left: 0, spared: 0 };
  for (const [root, nested] of fc.sample(fc.tuple(file, file), { numRuns: COUNT, seed: 6 })) {
    const git = await checkAttr(sandbox, root, nested);
    const top = mergeAttributes(root, false);
    const below = mergeAttributes(nested, top.macro);
    for (const [path, said] of git) {
      const inLib = path.startsWith("lib/") && mayMatch(below.lines, path.slice(4) as BytePath);
      const may = mayMatch(top.lines, path as BytePath) || inLib;
      if (said !== "unspecified" && !may)
        throw new Error(`git says merge: ${said} at ${path} for ${JSON.stringify({ root, nested })}`);
      // What names a path in a file that is not laid out for git would be lost.
      if (may) expect(top.matters || below.matters).toBe(true);
      seen[said !== "unspecified" ? "set" : may ? "left" : "spared"]++;
    }
  }
  expect(seen.set).toBeGreaterThan(COUNT); // so it is asked
  expect(seen.spared).toBeGreaterThan(COUNT); // and answers no where it can
});

describe("what an attributes file says about merges", () => {
  test.each([
    ["", { lines: [], matters: false, macro: false, deciding: "" }],
    [
      "*.txt text\n# *.txt merge\n*.py diff=python\n",
      { lines: [], matters: false, macro: false, deciding: "*.py diff=python\n" },
    ],
    [
      "*.txt merge=union\n*.py text\n",
      { lines: ["*.txt merge=union"], matters: true, macro: false, deciding: "*.txt merge=union\n" },
    ],
    [
      "*.txt -text binary\r\n",
      { lines: ["*.txt -text binary"], matters: true, macro: false, deciding: "*.txt binary\n" },
    ],
    ["*.txt -diff\n", { lines: [], matters: true, macro: false, deciding: "*.txt -diff\n" }],
    [
      "[attr]mine merge=union\n*.txt mine\n",
      {
        lines: ["[attr]mine merge=union", "*.txt mine"],
        matters: true,
        macro: true,
        deciding: "[attr]mine merge=union\n*.txt mine\n",
      },
    ],
    ['"a b" text\n', { lines: ['"a b" text'], matters: true, macro: false, deciding: '"a b" text\n' }],
  ])("%j", (text, wanted) => {
    expect(mergeAttributes(text, false)).toEqual(wanted);
  });

  test("every line counts where the root defines a macro", () => {
    expect(mergeAttributes("*.txt mine\n", true).lines).toEqual(["*.txt mine"]);
  });
});
