// Everything that must hold before a commit, one line a step.
//   npm run check                    all steps
//   npm run check -- types lint      these alone
//   npm run check -- --without test  all but these
// Every quick step runs even if one before it failed, so that one run tells all; the tests run only when all else holds.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, "node_modules", ".bin", name);

const STEPS = [
  { name: "format", command: [bin("prettier"), "--check", "--log-level", "warn", "."], hint: "npm run format" },
  { name: "types", command: [bin("tsc"), "--pretty"] },
  {
    name: "lint",
    command: [bin("oxlint"), "--type-aware", "--report-unused-disable-directives", "--deny-warnings"],
    hint: "npx oxlint --type-aware --fix mends some",
  },
  { name: "law", title: "import law", command: [bin("vitest"), "run", "test/house/import-law.test.ts"] },
  { name: "unused", title: "unused code", command: [bin("knip")] },
  { name: "build", command: [process.execPath, "scripts/build.mjs"] },
  { name: "publint", command: [bin("publint"), "--strict", "--pack", "npm"], needs: "build" },
  { name: "test", command: [bin("vitest"), "run"], last: true },
];

const words = process.argv.slice(2);
const cut = words.indexOf("--without");
const only = cut === -1 ? words : words.slice(0, cut);
const without = cut === -1 ? [] : words.slice(cut + 1);
const unknown = [...only, ...without].filter((word) => !STEPS.some(({ name }) => name === word));
if (unknown.length > 0) {
  console.error(`check: no step ${unknown.join(", ")}; steps: ${STEPS.map(({ name }) => name).join(", ")}`);
  process.exit(2);
}
if (!existsSync(join(root, "node_modules"))) {
  console.error("check: no node_modules; run: npm ci");
  process.exit(2);
}

const chosen = STEPS.filter(({ name }) => (only.length === 0 || only.includes(name)) && !without.includes(name));
const failed = new Set();
for (const step of chosen) {
  const title = (step.title ?? step.name).padEnd(12);
  if ((step.last && failed.size > 0) || failed.has(step.needs)) {
    console.log(`- ${title} left out: ${[...failed].join(", ")} failed`);
    continue;
  }
  const started = performance.now();
  const { status, output } = await run(step.command, step.last === true);
  const seconds = `${((performance.now() - started) / 1000).toFixed(1)} s`;
  if (status === 0) {
    console.log(`✓ ${title} ${seconds}`);
  } else {
    failed.add(step.name);
    console.log(`✗ ${title} ${seconds}${step.hint === undefined ? "" : `  (${step.hint})`}`);
    if (output.trim() !== "") console.log(output.trimEnd().replace(/^/gm, "  "));
  }
}
process.exit(failed.size === 0 ? 0 : 1);

/** Tests show themselves while they run; any other step speaks only if it fails. */
function run([program, ...args], show) {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: root,
      stdio: ["ignore", show ? "inherit" : "pipe", show ? "inherit" : "pipe"],
    });
    const chunks = [];
    child.stdout?.on("data", (chunk) => chunks.push(chunk));
    child.stderr?.on("data", (chunk) => chunks.push(chunk));
    child.once("error", (error) => resolve({ status: 1, output: error.message }));
    child.once("close", (status) => resolve({ status, output: Buffer.concat(chunks).toString() }));
  });
}
