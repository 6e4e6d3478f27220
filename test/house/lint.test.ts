// The linter is run over a file that breaks each rule we rely on: a rule that is misspelt in the configuration, or that
// no longer sees types, would otherwise be green for ever.
import { cpSync, symlinkSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { finished } from "../support/process.ts";
import { fileSandbox } from "../support/sandbox.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const BAD: readonly (readonly [rule: string, code: string])[] = [
  ["typescript(no-floating-promises)", `export function a(p: () => Promise<void>): void {\n  p();\n}`],
  ["typescript(no-misused-promises)", `export const a = (p: () => Promise<boolean>): number => (p() ? 1 : 2);`],
  [
    "typescript(switch-exhaustiveness-check)",
    `export function a(kind: "one" | "two"): number {\n  switch (kind) {\n    case "one":\n      return 1;\n  }\n  return 2;\n}`,
  ],
  ["typescript(no-explicit-any)", `export const a = (b: any): number => (b === 1 ? 1 : 2);`],
  ["typescript(no-unsafe-member-access)", `export const a: unknown = JSON.parse("1").b;`],
  ["typescript(no-unsafe-assignment)", `export const a: { b: number } = JSON.parse("1");`],
  ["typescript(await-thenable)", `export const a = async (): Promise<number> => await 1;`],
  ["typescript(only-throw-error)", `export function a(): void {\n  throw "text";\n}`],
  [
    "typescript(return-await)",
    `export async function a(p: Promise<number>): Promise<number> {\n  try {\n    return p;\n  } catch {\n    return 1;\n  }\n}`,
  ],
  ["typescript(ban-ts-comment)", `// @ts-ignore\nexport const a = 1;`],
  [
    "typescript(consistent-type-imports)",
    `import { Stats } from "node:fs";\nexport const a = (b: Stats): number => b.size;`,
  ],
  ["eslint(no-console)", `console.log("a");\nexport {};`],
  ["eslint(eqeqeq)", `export const a = (b: number): boolean => b == 1;`],
  ["eslint(no-unused-vars)", `const a = 1;\nexport {};`],
];

const sandbox = fileSandbox();
/** File -> rules. */
const reported = new Map<string, string[]>();

beforeAll(async () => {
  for (const file of [".oxlintrc.json", "tsconfig.json"]) cpSync(`${ROOT}/${file}`, sandbox.path(file));
  symlinkSync(`${ROOT}/node_modules`, sandbox.path("node_modules"));
  BAD.forEach(([, code], index) => sandbox.write(`src/plan/bad-${index}.ts`, `${code}\n`));
  for (const face of ["cli", "server"]) sandbox.write(`src/${face}/good.ts`, `console.log("a");\n`);
  const oxlint = `${ROOT}/node_modules/.bin/oxlint`;
  const done = await finished(oxlint, ["--type-aware", "--format", "json"], { cwd: sandbox.root, env: sandbox.env });
  const { diagnostics } = JSON.parse(done.stdout.toString()) as { diagnostics: { code: string; filename: string }[] };
  for (const { filename, code } of diagnostics) reported.set(filename, [...(reported.get(filename) ?? []), code]);
});

test.each(BAD.map(([rule], index) => [rule, index] as const))("%s fires", (rule, index) => {
  expect(reported.get(`src/plan/bad-${index}.ts`)).toContain(rule);
});

test.each(["cli", "server"])("the console is free in src/%s", (face) => {
  expect(reported.get(`src/${face}/good.ts`)).toBeUndefined();
});
