import { describe, expect, it } from "vitest";
import { factsOf } from "../../support/world.ts";

const definitions = async (text: string, path = "a.ts"): Promise<string[]> =>
  (await factsOf(path, text)).definitions.map(({ of, name }) => (of === null ? name : `${of}.${name}`));

const references = async (text: string, path = "a.ts"): Promise<string[]> =>
  (await factsOf(path, text)).references.map(({ kind, on, name }) => `${kind} ${on === null ? "" : `${on}.`}${name}`);

describe("definitions of JavaScript and TypeScript", () => {
  it("keeps what a module exports apart from what it defines", async () => {
    expect(await definitions("export const k = 1, { m, n: [o] } = x;\nfunction f() {}\nexport { f as g };")).toEqual([
      "k",
      "exports.k",
      "m",
      "exports.m",
      "o",
      "exports.o",
      "f",
      "exports.g",
    ]);
  });

  it("exports defaults, whatever they are", async () => {
    expect(await definitions("export default class K {}")).toEqual(["K", "exports.default"]);
    expect(await definitions("export default { }")).toEqual(["exports.default"]);
  });

  it("passes on what other modules export", async () => {
    const facts = await factsOf(
      "a.ts",
      'export { d, e as f } from "./z";\nexport * from "./w";\nexport * as q from "./v";',
    );
    expect(facts.definitions.map(({ of, name }) => `${of}.${name}`)).toEqual(["exports.d", "exports.f", "exports.q"]);
    expect(facts.imports.map(({ module, name, as }) => [module, name, as])).toEqual([["./w", "*", "exports"]]);
  });

  it("reads CommonJS exports, and says where they cannot be told", async () => {
    const exported = async (text: string): Promise<string[]> =>
      (await definitions(text, "a.js")).filter((name) => name.startsWith("exports."));
    expect(await exported("module.exports = { a, b: 1 };\nexports.c = 2;")).toEqual([
      "exports.default",
      "exports.a",
      "exports.b",
      "exports.c",
    ]);
    expect(await exported("module.exports = make();")).toEqual(["exports.default", "exports.*"]);
  });

  it("gives members to classes, interfaces and enums", async () => {
    const text =
      "class K { static s = 1; m(x = 1) {} constructor(private z: Z) {} }\ninterface I { p: string; run(): void }\nenum E { A, B = 2 }";
    expect(await definitions(text)).toEqual([
      "K",
      "K.s",
      "K.m",
      "K.constructor",
      "{}..z",
      "I",
      "I.p",
      "I.run",
      "E",
      "E.A",
      "E.B",
    ]);
  });

  it("counts arguments in TypeScript, never in JavaScript", async () => {
    const text = "function f(a, b = 1, ...c) {}";
    expect((await factsOf("a.ts", text)).definitions[0]?.shape).toMatchObject({ min: 1, max: null });
    expect((await factsOf("a.js", text)).definitions[0]?.shape).toBeNull();
  });
});

describe("references of JavaScript and TypeScript", () => {
  it("refers to modules, and to the names taken from them", async () => {
    expect(await references('import def, { a as b, type C } from "./x";\nimport * as ns from "pkg";')).toEqual([
      "import ./x",
      "import ./x.default",
      "import ./x.a",
      "import ./x.C",
      "import pkg",
    ]);
  });

  it("reads require as an import, but not where its failing is survived", async () => {
    expect(await references("const { a, b: c } = require('./x');\nconst y = require('./y');", "a.js")).toEqual([
      "import ./x",
      "import ./x.a",
      "import ./x.b",
      "import ./y",
    ]);
    expect(await references("function f() { try { require('./x'); } catch {} }", "a.js")).toEqual([]);
  });

  it("leaves out what is bound: parameters, patterns, loops, types", async () => {
    const text = `function f<T>({ a, b: [c] }: P, ...r: T[]) {
      for (const i of r) { const g = (x) => x + i + a + c; g(h); }
      try { } catch (e) { e; }
      type L<U> = U extends Array<infer V> ? V : never;
    }`;
    expect(await references(text)).toEqual(["name P", "name h", "name Array"]);
  });

  it("refers to members of names and of values", async () => {
    expect(await references("function f() { ns.go(1); ns.a.b; new ns.C(); }")).toEqual([
      "member ns.go",
      "name ns",
      "attribute b",
      "member ns.a",
      "member ns.C",
    ]);
  });

  it("takes elements in small letters for no names", async () => {
    expect(await references("const el = <Foo bar={x}><div>{y}</div></Foo>;", "a.tsx")).toEqual([
      "name Foo",
      "name x",
      "name y",
    ]);
  });
});
