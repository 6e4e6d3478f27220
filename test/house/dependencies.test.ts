import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface Manifest {
  readonly license?: string;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface LockEntry {
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const ROOT = new URL("../../", import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");
const manifest = (folder: string): Manifest => JSON.parse(read(`${folder}package.json`)) as Manifest;

const [, runtime = "", development = ""] = read("docs/dependencies.md").split(/^## /m);

function rows(section: string): Map<string, string[]> {
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  const cells = lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  return new Map(cells.map(([name = "", ...rest]) => [name, rest]));
}

test.each([
  ["run time", runtime, Object.keys(manifest("").dependencies ?? {})],
  ["development", development, Object.keys(manifest("").devDependencies ?? {})],
])("docs/dependencies.md names the packages of %s, each once, in order", (_, section, names) => {
  expect([...rows(section).keys()]).toEqual(names.sort());
});

test.each([...rows(runtime), ...rows(development)])("%s: reason, licence and floor are as installed", (name, cells) => {
  const { license, engines } = manifest(`node_modules/${name}/`);
  const floor = (engines?.node ?? "not named").replaceAll("||", "or").replaceAll(">= ", ">=");
  expect(cells[0]?.length).toBeGreaterThan(10);
  expect(cells.slice(1)).toEqual([license, floor]);
});

test("no package wants a newer Node than 20.19", () => {
  for (const [name, cells] of [...rows(runtime), ...rows(development)]) {
    const oldest = /(\d+)(?:\.(\d+))?/.exec(cells[2] ?? "");
    if (oldest === null) continue; // names no floor
    const [major, minor] = [Number(oldest[1]), Number(oldest[2] ?? 0)];
    expect(major * 1000 + minor, name).toBeLessThanOrEqual(20_019);
  }
});

test("the lockfile binds to no registry", () => {
  expect(read("package-lock.json")).not.toContain('"resolved":');
});

test("the lockfile holds every optional package of every platform, else npm ci refuses it (node scripts/complete-lockfile.mjs)", () => {
  const { packages } = JSON.parse(read("package-lock.json")) as { packages: Record<string, LockEntry> };
  const held = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, "")));
  const wanted = Object.values(packages).flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}));
  expect(wanted.length).toBeGreaterThan(0);
  expect(wanted.filter((name) => !held.has(name))).toEqual([]);
});
