import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const FOLDER = new URL("../../vendor/github-openapi/", import.meta.url);
const read = (name: string): string => readFileSync(new URL(name, FOLDER), "utf8");
const [, file = "", , , , bytes, digest] =
  /^\| (\S+\.json) \| (\S+) \| (\S+) \| (\S+) \| (\d+) \| `(\w+)` \|$/m.exec(read("README.md")) ?? [];

test("GitHub's description is the one that its table names", () => {
  const text = read(file);
  expect([Buffer.byteLength(text), createHash("sha256").update(text).digest("hex")]).toEqual([Number(bytes), digest]);
});

test("GitHub's description holds all that it refers to, and nothing that it does not", () => {
  const text = read(file);
  const { components } = JSON.parse(text) as { components: Record<string, object> };
  const held = Object.entries(components).flatMap(([section, each]) =>
    Object.keys(each).map((name) => `#/components/${section}/${name}`),
  );
  const referred = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref);
  expect(new Set(held)).toEqual(new Set(referred));
});

test("the licence of GitHub's description is kept", () => {
  expect(read("LICENSE")).toMatch(/^MIT License Copyright/);
});
