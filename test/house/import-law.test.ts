import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { violations, type Violation } from "../support/import-law.ts";
import { blank, importsOf } from "../support/source-text.ts";

const SRC = new URL("../../src/", import.meta.url);

function ourSources(): Map<string, string> {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return new Map(files.sort().map((file) => [file, readFileSync(new URL(file, SRC), "utf8")]));
}

function say({ file, line, message }: Violation): string {
  return `src/${file}:${line}: ${message}`;
}

describe("src/", () => {
  test("keeps the import law", () => {
    expect(violations(ourSources()).map(say)).toEqual([]);
  });

  test("is read: every relative import that a plain search finds is found", () => {
    for (const [file, source] of ourSources()) {
      const plain = source.split("\n").filter((line) => /^(?:import|export)\b.* from "\.|^\} from "\./.test(line));
      const found = importsOf(source).filter(({ specifier, dynamic }) => specifier.startsWith(".") && !dynamic);
      expect(found.length, file).toBe(plain.length);
    }
  });

  test("is blanked with all brackets in pairs", () => {
    for (const [file, source] of ourSources()) {
      const code = blank(source);
      expect(code.length, file).toBe(source.length);
      for (const [open, close] of ["{}", "()", "[]"].map((pair) => pair.split(""))) {
        expect(code.split(open!).length, `${file}: ${open}${close}`).toBe(code.split(close!).length);
      }
    }
  });
});

/** Rules broken by one file among others that are empty. */
function broken(file: string, source: string, others: readonly string[] = []): string[] {
  const sources = new Map(others.map((other) => [other, ""]));
  return violations(sources.set(file, source)).map(({ rule }) => rule);
}

describe("the rooms", () => {
  test.each([
    ["a pure room importing effects", "plan/a.ts", `import { run } from "../git/run.ts";`, "git/run.ts"],
    ["a type taken from effects", "line/a.ts", `import type { T } from "../apply/merge.ts";`, "apply/merge.ts"],
    ["an import type of effects", "line/a.ts", `let a: import("../git/run.ts").T;`, "git/run.ts"],
    ["a re-export of effects", "wire/a.ts", `export * from "../index/store.ts";`, "index/store.ts"],
    ["an import over several lines", "patch/a.ts", `import {\n  a,\n  b,\n} from "../git/run.ts";`, "git/run.ts"],
    ["a lazy import", "policy/rules/a.ts", `const m = await import("../../git/run.ts");`, "git/run.ts"],
    ["a pure room reading files", "patch/a.ts", `import { readFileSync } from "node:fs";`, "x.ts"],
    ["config/schema.ts importing its loader", "config/schema.ts", `import "./load.ts";`, "config/load.ts"],
    ["git importing a use-case", "git/a.ts", `import { a } from "../usecase/a.ts";`, "usecase/a.ts"],
    ["git importing the index", "git/a.ts", `import { a } from "../index/a.ts";`, "index/a.ts"],
    ["a use-case importing a face", "usecase/a.ts", `import { a } from "../cli/a.ts";`, "cli/a.ts"],
    ["a face importing the engine", "cli/command/a.ts", `import { a } from "../../apply/a.ts";`, "apply/a.ts"],
    ["a face importing the planner", "server/a.ts", `import { a } from "../plan/a.ts";`, "plan/a.ts"],
    ["the server importing the CLI", "server/a.ts", `import { a } from "../cli/a.ts";`, "cli/a.ts"],
    ["the library exporting a face", "index.ts", `export * from "./cli/a.ts";`, "cli/a.ts"],
    ["a room importing the library", "apply/a.ts", `import { a } from "../index.ts";`, "index.ts"],
    ["a room that nobody entered in the law", "stray/a.ts", `import { a } from "../git/a.ts";`, "git/a.ts"],
  ])("refuse %s", (_, file, source, other) => {
    expect(broken(file, source, [other])).toEqual(["rooms"]);
  });

  test.each([
    ["plan/a.ts", `import { a } from "../line/a.ts";`, "line/a.ts"],
    ["plan/a.ts", `import { AppError } from "../error.ts";`, "error.ts"],
    ["line/a.ts", `import type { Config } from "../config/schema.ts";`, "config/schema.ts"],
    ["patch/a.ts", `import { createHash } from "node:crypto";`, "x.ts"],
    ["apply/a.ts", `import { a } from "../git/a.ts";`, "git/a.ts"],
    ["usecase/a.ts", `import { a } from "../apply/a.ts";`, "apply/a.ts"],
    ["cli/a.ts", `import { a } from "../usecase/a.ts";`, "usecase/a.ts"],
    ["cli/a.ts", `import { a } from "../config/load.ts";`, "config/load.ts"],
  ])("let %s say %s", (file, source, other) => {
    expect(broken(file, source, [other])).toEqual([]);
  });
});

describe("the packages", () => {
  test.each([
    ["a terminal package in a use-case", "usecase/a.ts", `import pc from "picocolors";`],
    ["a scoped package out of its room", "git/a.ts", `import { text } from "@clack/prompts";`],
    ["the cache's store out of the index", "apply/a.ts", `import { open } from "lmdb";`],
    ["a package that nobody entered in the law", "git/a.ts", `import x from "left-pad";`],
    ["a module of Node's without its prefix", "git/a.ts", `import fs from "fs";`],
  ])("refuse %s", (_, file, source) => {
    expect(broken(file, source)).toEqual(["packages"]);
  });

  test("let a package be used where it belongs", () => {
    expect(broken("cli/a.ts", `import pc from "picocolors";\nimport { Command } from "commander/esm.mjs";`)).toEqual(
      [],
    );
  });
});

test.each(["apply/a.ts", "usecase/a.ts", "cli/a.ts", "plan/a.ts"])("%s may not start processes", (file) => {
  expect(broken(file, `import { spawn } from "node:child_process";`)).toEqual(["spawn"]);
});

test.each(["git/run.ts", "image/engine.ts"])("%s may start processes", (file) => {
  expect(broken(file, `import { spawn } from "node:child_process";`)).toEqual([]);
});

describe("the ambient world", () => {
  test.each([
    "Date.now()",
    "new Date()",
    "new Date",
    "Date()",
    "performance.now()",
    "Math.random()",
    "crypto.randomUUID()",
    "process.env['A']",
    "process['env']",
    "const { env } = process;",
    "process.cwd()",
    "process.exit(1)",
    "process.exitCode = 1",
    "console.log(1)",
    "console['log'](1)",
    "process.stdout.write('')",
    "`${Date.now()}`",
    "`${`${{ a: process.env }}`}`",
    "a / 2; Date.now(); b / 2",
    "/[/]`/.test(a); Date.now()",
    "if (a) return /'/; Date.now()",
  ])("is refused to a use-case: %s", (code) => {
    expect(broken("usecase/a.ts", code)).toEqual(["ambient"]);
    expect(broken("cli/a.ts", code)).toEqual([]);
  });

  test.each([
    "new Date(time * 1000)",
    "new Date('2020-01-01')",
    "// Date.now()",
    "/* process.exit(1)\n console.log() */",
    "'console.log'",
    '"\\"Math.random()"',
    "`process.env`",
    "/Date.now/.test(a)",
    "subprocess.exit()",
    "candidate(1)",
  ])("is not seen where it is not: %s", (code) => {
    expect(broken("usecase/a.ts", code)).toEqual([]);
  });

  test("reaches the environment through two files", () => {
    expect(broken("config/load.ts", "process.env; Date.now()")).toEqual([]);
    expect(broken("git/environment.ts", "process.env")).toEqual([]);
    expect(broken("git/environment.ts", "Date.now()")).toEqual(["ambient"]);
    expect(broken("config/load.ts", "process.exit(1)")).toEqual(["ambient"]);
  });

  test("cannot be had by importing it", () => {
    expect(broken("usecase/a.ts", `import { env } from "node:process";`)).toEqual(["ambient"]);
  });
});

describe("imports", () => {
  test.each([
    ["of something computed", "const a = await import(name);"],
    ["of something built", "const a = await import(`./${name}.ts`);"],
    ["of no file", `import "./gone.ts";`],
    ["through require()", `const a = require("./gone.ts");`],
    ["through a loader", `import { createRequire } from "node:module";`],
  ])("%s are refused", (_, source) => {
    expect(broken("git/a.ts", source)).toEqual(["import"]);
  });

  test("in comments and strings are none", () => {
    expect(
      broken("plan/a.ts", `// import "../git/run.ts"\nconst a = 'import "../git/run.ts"';`, ["git/run.ts"]),
    ).toEqual([]);
  });

  test("in a circle are refused, and the circle is shown once", () => {
    const sources = new Map([
      ["git/a.ts", `import "./b.ts";`],
      ["git/b.ts", `import type { C } from "./c.ts";\nimport "./d.ts";`],
      ["git/c.ts", `import "./a.ts";`],
      ["git/d.ts", ""],
    ]);
    expect(violations(sources).map(say)).toEqual([
      "src/git/a.ts:1: imports itself: git/a.ts -> git/b.ts -> git/c.ts -> git/a.ts",
    ]);
  });

  test("of the file itself are a circle", () => {
    expect(broken("git/a.ts", `import "./a.ts";`)).toEqual(["circle"]);
  });
});

describe("file sizes", () => {
  const long = "const a = 1;\n".repeat(401);

  test("over 400 lines are refused", () => {
    expect(broken("git/a.ts", long)).toEqual(["size"]);
    expect(broken("git/a.ts", long.slice(13))).toEqual([]);
  });

  test("over 400 lines are taken with a reason at the head", () => {
    expect(broken("git/a.ts", `// long because: one table\n${long}`)).toEqual([]);
    expect(broken("git/a.ts", `${long}// long because: too late\n`)).toEqual(["size"]);
  });
});

test("a violation is told with file and line", () => {
  const sources = new Map([["plan/a.ts", `\n\nimport "node:fs";\n`]]);
  expect(violations(sources).map(say)).toEqual(["src/plan/a.ts:3: plan/a.ts is pure and may not import node:fs"]);
});
