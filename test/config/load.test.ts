import { describe, expect, test } from "vitest";
import type { AppError } from "../../src/error.ts";
import { DEFAULT_CONFIG } from "../../src/config/default.ts";
import { parseConfig } from "../../src/config/load.ts";
import { configJsonSchema } from "../../src/config/schema.ts";

const FILE = "morello.yaml";

function failure(text: string): AppError {
  try {
    parseConfig(text, FILE);
  } catch (error) {
    return error as AppError;
  }
  throw new Error("nothing was thrown");
}

const DEFAULTS = {
  policy: {},
  ledger: { publish: false },
  release: { versionFiles: [] },
  forge: {},
  remotes: [],
  maintainedMonths: 12,
  fixes: {
    types: ["fix", "bug", "bugfix", "hotfix", "regression", "security"],
    trailers: ["Fixes", "Cc: stable", "Backport-to"],
  },
  lines: [],
};

describe("a file", () => {
  test.each([[""], ["# nothing yet\n"], ["---\n"], ["{}"], ["\uFEFF{}\n"]])(
    "%j is the default configuration",
    (text) => {
      expect(parseConfig(text, FILE)).toEqual(DEFAULTS);
      expect(DEFAULT_CONFIG).toEqual(DEFAULTS);
    },
  );

  test("may set everything", () => {
    const text = `
main: trunk
remotes: [upstream, origin]
maintainedMonths: 6
fixes:
  types: [fix, repair]
  trailers: [Closes-bug]
policy:
  classes: { adapted: 1, native: refused }
  reason: true
ledger: { publish: true }
release: { versionFiles: [package.json], changelog: CHANGELOG.md }
forge: { kind: gitlab, check: morello }
lines:
  - pattern: release/*
    tagPrefix: docker-v
    owners: ["@org/release", ann]
    maintained: true
    confirm: each
    image: registry.example:5000/team/app
    verify: make test
    policy: { rules: { x-line: error } }
  - pattern: release/v1.0
    maintained: end-of-life
    tagPrefix: ""
`;
    expect(parseConfig(text, FILE)).toEqual({
      main: "trunk",
      remotes: ["upstream", "origin"],
      maintainedMonths: 6,
      fixes: { types: ["fix", "repair"], trailers: ["Closes-bug"] },
      policy: { classes: { adapted: 1, native: "refused" }, reason: true },
      ledger: { publish: true },
      release: { versionFiles: ["package.json"], changelog: "CHANGELOG.md" },
      forge: { kind: "gitlab", check: "morello" },
      lines: [
        {
          pattern: "release/*",
          tagPrefix: "docker-v",
          owners: ["@org/release", "ann"],
          maintained: true,
          confirm: "each",
          image: "registry.example:5000/team/app",
          verify: { command: "make test", timeLimit: 1800 },
          policy: { rules: { "x-line": "error" } },
        },
        { pattern: "release/v1.0", maintained: "end-of-life", tagPrefix: "" },
      ],
    });
  });

  test("may share values by anchors", () => {
    const text = "lines:\n  - pattern: a\n    owners: &o [x]\n  - pattern: b\n    owners: *o\n";
    expect(parseConfig(text, FILE).lines[1]?.owners).toEqual(["x"]);
  });
});

describe("a mistake is named with its place, what stands there and what is wanted:", () => {
  test.each([
    [
      "lines:\n  - pattern: a\n    mantained: true\n",
      "3:5: unknown key 'mantained' in lines[0]; did you mean 'maintained'?",
    ],
    ["lins: []\n", "1:1: unknown key 'lins'; did you mean 'lines'?"],
    [
      "zzzzzz: 1\n",
      "1:1: unknown key 'zzzzzz'; known keys: main, remotes, maintainedMonths, policy, ledger, release, forge, image, fixes, lines",
    ],
    [
      "__proto__: {}\n",
      "1:1: unknown key '__proto__'; known keys: main, remotes, maintainedMonths, policy, ledger, release, forge, image, fixes, lines",
    ],
    ["main: 7\n", "1:1: main is 7; wanted: a branch's short name"],
    ["main:\n", "1:1: main is missing; wanted: a branch's short name"],
    ["maintainedMonths: 0\n", "1:1: maintainedMonths is 0; wanted: at least 1 month"],
    ["maintainedMonths: 1.5\n", "1:1: maintainedMonths is 1.5; wanted: a whole number of months"],
    ["lines: release/*\n", "1:1: lines is release/*; wanted: a list of entries, each with a pattern"],
    ["lines: [release/*]\n", "1:9: lines[0] is release/*; wanted: a mapping of keys to values"],
    [
      "lines:\n  - owners: [a]\n",
      "2:5: lines[0].pattern is missing; wanted: a branch's short name or a pattern such as release/*",
    ],
    ["lines:\n  - {pattern: a, confirm: often}\n", "2:18: lines[0].confirm is often; wanted: plan or each"],
    [
      "lines:\n  - {pattern: a, maintained: 'yes'}\n",
      "2:18: lines[0].maintained is 'yes'; wanted: true, false or end-of-life",
    ],
    ["lines:\n  - pattern: a\n    owners: ann\n", "3:5: lines[0].owners is ann; wanted: a list of users or teams"],
    [
      "lines:\n  - pattern: a\n    owners:\n      - 1\n",
      "4:9: lines[0].owners[0] is 1; wanted: a user or team, such as '@org/release'",
    ],
    [
      "lines:\n  - pattern: a\n    verify: {command: make, timelimit: 5m}\n",
      "3:29: unknown key 'timelimit' in lines[0].verify; did you mean 'timeLimit'?",
    ],
    [
      "lines:\n  - pattern: a\n    verify: {command: make, timeLimit: 5}\n",
      "3:29: lines[0].verify.timeLimit is 5; wanted: a duration such as 90s, 30m or 2h",
    ],
    [
      "lines:\n  - pattern: a\n    verify: [make]\n",
      "3:5: lines[0].verify is [make]; wanted: a command, or a mapping with command and timeLimit",
    ],
    ["- a\n", "1:1: the file is - a; wanted: a mapping of keys to values"],
    ["just text\n", "1:1: the file is just text; wanted: a mapping of keys to values"],
  ])("%j", (text, wanted) => {
    const error = failure(text);
    expect(error.code).toBe("config-invalid");
    expect(error.message).toBe(`${FILE}:${wanted}`);
    expect(error.hint).toContain(FILE);
  });

  test.each([
    ["pattern: release/[12]", "release/[12]"],
    ["pattern: refs/heads/x", "refs/heads/x"],
    ["pattern: 'a b'", "'a b'"],
    ["pattern: x\n    tagPrefix: v2.7", "v2.7"],
    ["pattern: x\n    tagPrefix: 'a b'", "'a b'"],
    ["pattern: x\n    image: registry.example/app:v1", "registry.example/app:v1"],
    ["pattern: x\n    image: Team/App", "Team/App"],
    ["pattern: x\n    verify: ''", "''"],
  ])("%j is refused", (entry, stands) =>
    expect(failure(`lines:\n  - ${entry}\n`).message).toContain(` is ${stands}; wanted: `),
  );

  test.each([
    ["a tab", "lines:\n\t- pattern: a\n", "2:1: a tab indents the line; YAML wants spaces"],
    ["a key twice", "main: a\nmain: b\n", "2:1: the key stands here a second time; once is wanted"],
    ["two documents", "main: a\n---\nmain: b\n", "2:1: a second document starts here; one is wanted"],
  ])("%s", (_what, text, wanted) => expect(failure(text).message).toContain(`${FILE}:${wanted}`));

  test.each([
    ["an unclosed list", "lines: [\n"],
    ["an unknown tag", "main: !!js/function x\n"],
    ["an alias of nothing", "main: *x\n"],
    ["an alias of itself", "lines: &a [*a]\n"],
    ["too large a file", `# ${"x".repeat(1 << 20)}`],
  ])("%s", (_what, text) => expect(failure(text)).toMatchObject({ code: "config-invalid" }));

  test("an alias bomb is refused at once", () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) =>
        `l${level}: &l${level} [${Array(10)
          .fill(level === 0 ? "x" : `*l${level - 1}`)
          .join(", ")}]`,
    );
    const start = performance.now();
    expect(failure(levels.join("\n")).code).toBe("config-invalid");
    expect(performance.now() - start).toBeLessThan(2000);
  });

  test("all problems are told at once, each with its place", () => {
    const error = failure("lins: []\nmaintainedMonths: many\n");
    expect(error.message.split("\n")).toHaveLength(2);
    expect(error.data["problems"]).toMatchObject([
      { line: 2, column: 1 },
      { line: 1, column: 1 },
    ]);
  });
});

test.each([
  ["make test", 1800],
  ["{command: make test}", 1800],
  ["{command: make test, timeLimit: 90s}", 90],
  ["{command: make test, timeLimit: 2m}", 120],
  ["{command: make test, timeLimit: 3h}", 10_800],
])("verify: %s has a time limit of %d seconds", (written, timeLimit) => {
  const { lines } = parseConfig(`lines:\n  - pattern: a\n    verify: ${written}\n`, FILE);
  expect(lines[0]?.verify).toEqual({ command: "make test", timeLimit });
});

describe("the published schema", () => {
  interface Node {
    readonly description?: string;
    readonly properties?: Record<string, Node>;
    readonly items?: Node;
    readonly additionalProperties?: unknown;
    readonly required?: string[];
  }
  const schema = configJsonSchema() as Node;

  test("describes every key and refuses others", () => {
    const entry = schema.properties!["lines"]!.items!;
    for (const node of [schema, entry]) {
      expect(node.additionalProperties).toBe(false);
      for (const [key, value] of Object.entries(node.properties!)) expect(value.description, key).toMatch(/\.$/);
    }
    expect(entry.required).toEqual(["pattern"]);
  });

  test("requires nothing of the file", () => expect(schema.required ?? []).toEqual([]));
});
