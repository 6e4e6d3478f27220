// Runs a TypeScript file of this repository: node scripts/run.mjs FILE [ARGUMENT…]
// esbuild bundles it into a temporary file, so that nothing needs to be built first.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const [file] = process.argv.splice(2, 1);
if (file === undefined) {
  console.error("usage: node scripts/run.mjs FILE [ARGUMENT…]");
  process.exit(2);
}
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const cache = join(root, "node_modules", ".cache"); // below node_modules, where packages are found
mkdirSync(cache, { recursive: true });
const folder = mkdtempSync(join(cache, "run-"));
writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
await build({
  entryPoints: {
    "main": resolve(file),
    "symbol-worker": join(root, "src/index/symbol-worker.ts"),
    "deflate-worker": join(root, "src/image/deflate-worker.ts"),
  },
  outdir: folder,
  bundle: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20.19",
  sourcemap: "inline",
  logLevel: "warning",
});
process.setSourceMapsEnabled(true);
await import(pathToFileURL(join(folder, "main.js")).href);
