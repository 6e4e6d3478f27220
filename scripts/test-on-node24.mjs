// Runs the suite with Node 24, whose binary an npm package brings. The tests' child processes get it too: it is first
// on the PATH. Arguments go to vitest: npm run test:node24 -- test/line
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, "node_modules", ".cache", "node24");
const name = `node-${process.platform}-${process.arch}`;

mkdirSync(cache, { recursive: true });
writeFileSync(join(cache, "package.json"), '{ "private": true }\n'); // keeps npm from walking up to ours
const npm = run("npm", ["install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", `${name}@24`], cache);
if (npm !== 0) process.exit(npm);

const bin = join(cache, "node_modules", name, "bin");
process.env.PATH = `${bin}${delimiter}${process.env.PATH ?? ""}`;
run(join(bin, "node"), ["--version"], root);
process.exit(run(join(bin, "node"), ["node_modules/vitest/vitest.mjs", "run", ...process.argv.slice(2)], root));

function run(program, args, cwd) {
  const { status, error } = spawnSync(program, args, { cwd, stdio: "inherit" });
  if (error) console.error(`test-on-node24: ${program}: ${error.message}`);
  return status ?? 1;
}
