import { describe, expect, it } from "vitest";
import { briefly, findingsOf, type Texts } from "../../support/world.ts";

const pick = (target: Texts, path: string, source: Texts): Promise<string[]> =>
  findingsOf(target, { [path]: source[path] ?? "" }, source).then(briefly);

const util = "export function clean(text: string): string { return text; }\n";

describe("picks of JavaScript and TypeScript", () => {
  it("finds nothing where the line has all of it", async () => {
    const target: Texts = { "util.ts": util, "run.ts": "export {};\n" };
    const source: Texts = { ...target, "run.ts": 'import { clean } from "./util.js";\nclean("x");\n' };
    expect(await pick(target, "run.ts", source)).toEqual([]);
  });

  it("finds a module that is not there", async () => {
    const source: Texts = { "util.ts": util, "run.ts": 'import { clean } from "./util";\n' };
    expect(await pick({ "run.ts": "" }, "run.ts", source)).toEqual(["import ./util run.ts:1"]);
  });

  it("finds a name that the module does not export, through re-exports", async () => {
    const target: Texts = { "index.ts": 'export * from "./util";\n', "util.ts": util, "run.ts": "export {};\n" };
    const source: Texts = {
      ...target,
      "util.ts": `${util}export const trim = 1;\n`,
      "run.ts": 'import { clean, trim } from "./index";\nclean(trim);\n',
    };
    expect(await pick(target, "run.ts", source)).toEqual(["import ./index.trim run.ts:1"]);
  });

  it("says nothing of a module whose exports cannot be told", async () => {
    const target: Texts = { "util.js": "module.exports = make();\n", "run.js": "\n" };
    const source: Texts = { "util.js": "exports.trim = 1;\n", "run.js": "const { trim } = require('./util');\n" };
    expect(await pick(target, "run.js", source)).toEqual([]);
  });

  it("finds a member that a module taken whole lacks", async () => {
    const target: Texts = { "util.js": "exports.a = 1;\n", "run.js": "const util = require('./util');\nutil.a;\n" };
    const source: Texts = {
      "util.js": "exports.a = 1;\nexports.b = 2;\n",
      "run.js": "const util = require('./util');\nutil.a;\nutil.b;\n",
    };
    expect(await pick(target, "run.js", source)).toEqual(["member util.b run.js:3"]);
  });

  it("finds a name whose import the line does not have", async () => {
    const target: Texts = { "util.ts": util, "run.ts": "export function f() {\n  return 1;\n}\n" };
    const source: Texts = {
      ...target,
      "run.ts": 'import { clean } from "./util";\nexport function f() {\n  return clean("");\n}\n',
    };
    const merged = 'export function f() {\n  return clean("");\n}\n';
    expect(briefly(await findingsOf(target, { "run.ts": merged }, source))).toEqual(["unbound clean run.ts:2"]);
  });

  it("says nothing of a name that the line uses as a global", async () => {
    const target: Texts = { "a.test.ts": "it(() => { assertThat(1); });\n", "b.test.ts": "export {};\n" };
    const source: Texts = {
      "x.ts": "export const assertThat = 1;\n",
      "b.test.ts": 'import { assertThat } from "./x";\nassertThat(2);\n',
    };
    expect(briefly(await findingsOf(target, { "b.test.ts": "assertThat(2);\n" }, source))).toEqual([]);
  });

  it("finds a package that no manifest asks for", async () => {
    const target: Texts = { "package.json": '{ "dependencies": {} }', "run.js": "\n" };
    const source: Texts = {
      "package.json": '{ "dependencies": { "left-pad": "1" } }',
      "run.js": "const pad = require('left-pad');\npad(1);\n",
    };
    expect(await pick(target, "run.js", source)).toEqual(["import left-pad run.js:1"]);
  });

  it("finds a member of an enum that the line lacks", async () => {
    const target: Texts = { "e.ts": "export enum E { A }\n", "run.ts": 'import { E } from "./e";\nE.A;\n' };
    const source: Texts = { "e.ts": "export enum E { A, B }\n", "run.ts": 'import { E } from "./e";\nE.A;\nE.B;\n' };
    expect(await pick(target, "run.ts", source)).toEqual(["member E.B run.ts:3"]);
  });

  it("finds a call that the line's function does not take, in TypeScript", async () => {
    const target: Texts = { "util.ts": util, "run.ts": 'import { clean } from "./util";\n' };
    const source: Texts = {
      "util.ts": util.replace("text: string", "text: string, more: number"),
      "run.ts": 'import { clean } from "./util";\nclean("a", 1);\n',
    };
    expect(await pick(target, "run.ts", source)).toEqual(["call clean run.ts:2"]);
  });

  it("finds an export that the pick takes away and the line still imports", async () => {
    const target: Texts = {
      "util.ts": `${util}export const old = 1;\n`,
      "other.ts": 'import { old } from "./util";\nold;\n',
    };
    expect(await pick(target, "util.ts", { "util.ts": util })).toEqual(["stranded ./util.old other.ts:1"]);
  });
});
