// npm run dev: builds, makes the demo's repository to play in, and rebuilds whenever a source file changes.
import { spawnSync } from "node:child_process";
import { watch } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" }).status === 0;

function build() {
  const started = performance.now();
  if (node("scripts/build.mjs", "--fast")) console.log(`built in ${Math.round(performance.now() - started)} ms`);
}

build();
if (!node("scripts/run.mjs", "demo/main.ts", "--prepare")) process.exit(1);
console.log("\nwatching src/; Ctrl-C ends");
let timer;
watch(join(root, "src"), { recursive: true }, () => {
  clearTimeout(timer);
  timer = setTimeout(build, 100);
});
