import { afterAll, describe, expect, test } from "vitest";
import { Parsers } from "../../../src/index/parsers.ts";
import { JAVASCRIPT, TYPESCRIPT } from "../../../src/symbol/ecmascript/language.ts";
import { CODE } from "../../../src/symbol/ecmascript/literal.ts";

const parsers = new Parsers();
afterAll(() => parsers.close());

const read = (text: string, language = JAVASCRIPT, code: readonly string[] = []): Promise<{ value: unknown } | null> =>
  parsers.literal(language, Buffer.from(text), code);

describe("what a module exports as plain data", () => {
  test.each([
    ["module.exports = { a: [1, -2, 0x10, true, null], 'b': \"c\" };", { a: [1, -2, 16, true, null], b: "c" }],
    ["exports = { a: 1 }", { a: 1 }],
    ["export default { a: `x`, /* why */ b: undefined };", { a: "x", b: undefined }],
    ["const a = [1];\nexport default { a: [2, ...[]].length };", null],
    ["const base = { a: 1 };\nconst all = base;\nexport default all;", { a: 1 }],
    ["export default defineConfig({ a: 1 });", { a: 1 }],
    ["export default { a: /^x\\/y$/i };", { a: "/^x\\/y$/i" }],
    ["export default { a: 'it\\'s\\n\\u0041\\x42' };", { a: "it's\nAB" }],
    ["export default { rules: { x: [RuleConfigSeverity.Error, 'always'] } };", { rules: { x: [2, "always"] } }],
  ])("%s", async (text, value) => {
    expect(await read(text)).toEqual(value === null ? null : { value });
  });

  test("types are no part of it", async () => {
    const text = "const c: UserConfig = { a: [1] as const } satisfies UserConfig;\nexport default c;";
    expect(await read(text, TYPESCRIPT)).toEqual({ value: { a: [1] } });
  });
});

test.each([
  "module.exports = { a: require('./b') };",
  "module.exports = { a: process.env.A };",
  "module.exports = { ...base };",
  "module.exports = { [key]: 1 };",
  "module.exports = { a };",
  "module.exports = { a() {} };",
  "module.exports = make();",
  "module.exports = `${a}`;",
  "let a = 1; module.exports = a;",
  "const a = a; module.exports = a;",
  "module.exports = { a: 1",
  "",
])("what computes anything is not read: %s", async (text) => {
  expect(await read(text)).toBeNull();
});

test("functions under keys that may hold them do not spoil the rest", async () => {
  const text = "module.exports = { ignores: [(m) => m === ''], rules: { a: [1] } };";
  expect(await read(text, JAVASCRIPT, ["ignores"])).toEqual({ value: { ignores: CODE, rules: { a: [1] } } });
  expect(await read("module.exports = { rules: { ignores: f() } };", JAVASCRIPT, ["ignores"])).toBeNull();
});
