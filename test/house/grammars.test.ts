import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { expect, test } from "vitest";
import { LANGUAGES } from "../../src/symbol/languages.ts";

const FOLDER = new URL("../../vendor/grammars/", import.meta.url);
const read = (name: string): Buffer => readFileSync(new URL(name, FOLDER));
const rows = [
  ...read("README.md")
    .toString()
    .matchAll(/^\| (\S+\.wasm) \| (\S+) \| (\S+) \| \S+ \| (\d+) \| `(\w+)` \|$/gm),
];

test("every vendored grammar is the one that its table names", () => {
  expect(rows.map(([, file]) => `${file}.br`).sort()).toEqual(
    readdirSync(FOLDER)
      .filter((name) => name.endsWith(".br"))
      .sort(),
  );
  for (const [, file, , , bytes, digest] of rows) {
    const wasm = brotliDecompressSync(read(`${file}.br`));
    expect([wasm.length, createHash("sha256").update(wasm).digest("hex")]).toEqual([Number(bytes), digest]);
  }
});

test("the runtime has the version of the package that speaks to it", () => {
  const { version } = JSON.parse(
    readFileSync(new URL("../../node_modules/web-tree-sitter/package.json", import.meta.url), "utf8"),
  ) as { version: string };
  expect(rows.find(([, , name]) => name === "web-tree-sitter")?.[3]).toBe(version);
});

test("every package's licence is kept", () => {
  const notices = read("LICENSES.txt").toString();
  for (const [, , name, version] of rows) expect(notices).toContain(`${name} ${version} (MIT)`);
});

test("every language has its grammar", () => {
  for (const { grammar } of LANGUAGES) expect(rows.map(([, file]) => file)).toContain(`${grammar}.wasm`);
});
