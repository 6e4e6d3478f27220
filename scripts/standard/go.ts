// Writes src/symbol/go/standard-names.ts: which Go version brought which name of the standard library, from the api/
// files of Go's distributions. node scripts/run.mjs scripts/standard/go.ts DIRECTORY…
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Names of older versions are taken as always there: no maintained line asks for less. */
const OLDEST = 9;
const folders = process.argv.slice(2).filter((folder) => existsSync(folder));
const files = new Map<number, string>();
for (const folder of folders)
  for (const name of readdirSync(folder)) {
    const minor = /^go1\.(\d+)\.txt$/.exec(name)?.[1];
    if (minor !== undefined) files.set(Number(minor), join(folder, name));
  }
const early = folders.map((folder) => join(folder, "go1.txt")).find((file) => existsSync(file));
if (early !== undefined) files.set(0, early);

const known = new Set<string>();
const rows: string[] = [];
for (const [minor, file] of [...files].sort(([a], [b]) => a - b)) {
  const fresh = new Map<string, string[]>();
  for (const line of readFileSync(file, "utf8").split("\n")) {
    // `pkg net (linux-amd64), …` names one platform; a later line may name all.
    const [, module = "", rest = ""] = /^pkg (\S+?)(?: \([^)]*\))?, (.*)$/.exec(line) ?? [];
    const name = nameOf(rest.replace(/ #\d+$/, ""));
    if (module === "" || module === "syscall" || name === null) continue;
    if (!known.has(module)) {
      known.add(module);
      fresh.set(module, [...(fresh.get(module) ?? []), ""]);
    }
    if (known.has(`${module} ${name}`)) continue;
    known.add(`${module} ${name}`);
    fresh.set(module, [...(fresh.get(module) ?? []), name]);
  }
  if (minor <= OLDEST) continue;
  for (const [module, names] of fresh) rows.push(`${minor} ${module} ${names.join(" ")}`);
}

/** `Name`, or `Type.Name` of a method or field; null for what names nothing new. */
function nameOf(rest: string): string | null {
  const method = /^method \(\*?(\w+)(?:\[[^\]]*\])?\) (\w+)/.exec(rest);
  if (method !== null) return `${method[1]}.${method[2]}`;
  const field = /^type (\w+)(?:\[[^\]]*\])? (?:struct|interface), (\w+)/.exec(rest);
  if (field !== null) return field[2] === "embedded" || field[2] === "unexported" ? null : `${field[1]}.${field[2]}`;
  return /^(?:func|type|const|var) (\w+)/.exec(rest)?.[1] ?? null;
}

const newest = Math.max(...files.keys());
writeFileSync(
  "src/symbol/go/standard-names.ts",
  `// long because: a table. Written by scripts/standard/go.ts from api/go1.txt to api/go1.${newest}.txt; do not edit.

/** Minor version, package, then its new names; a double space: the package itself is new. */
export const NAMES = \`
${rows.join("\n")}
\`;
`,
);
console.error(`Go 1 to 1.${newest}: ${rows.length} rows, ${rows.join("\n").length} bytes`);
