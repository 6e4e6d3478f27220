// src/ -> dist/: the CLI and the library as ESM bundles, and the library's types.
// `--fast` leaves the types out. Runs on plain Node: it is what `npm ci` calls.
import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, "dist");
const fast = process.argv.includes("--fast");

/** Output name -> source. */
const entries = {
  "cli": "src/cli/main.ts",
  "index": "src/index.ts",
  "symbol-worker": "src/index/symbol-worker.ts", // threads load these by name
  "deflate-worker": "src/image/deflate-worker.ts",
};

/** zod brings its messages in fifty languages and loads them all: 11 ms at every start. English is enough. */
const englishOnly = {
  name: "english-only",
  setup(esbuild) {
    esbuild.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: 'export { default as en } from "./en.js";',
      resolveDir: dirname(path),
    }));
  },
};

const started = performance.now();
mkdirSync(dist, { recursive: true });
const result = await build({
  absWorkingDir: root,
  entryPoints: entries,
  outdir: "dist",
  chunkNames: "chunks/[name]-[hash]",
  bundle: true,
  splitting: true, // a verb's module is loaded when the verb is called
  format: "esm",
  platform: "node",
  target: "node20.19",
  external: [
    "lmdb", // holds native code
    "xmlbuilder2", // for CycloneDX as XML, which nobody asks for
  ],
  banner: {
    // CommonJS packages inside the bundle call require() for Node's own modules.
    js: `import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);`,
  },
  legalComments: "none", // THIRD-PARTY-LICENSES.txt holds them
  plugins: [englishOnly],
  metafile: true,
  logLevel: "warning",
});
makeExecutable(join(dist, "cli.js"));
cpSync(join(root, "vendor", "grammars"), join(dist, "grammars"), { recursive: true });
cpSync(join(root, "workbench"), join(dist, "workbench"), { recursive: true });
writeFileSync(join(dist, "THIRD-PARTY-LICENSES.txt"), licences(Object.keys(result.metafile.inputs)));
if (!fast) removeStale(new Set(Object.keys(result.metafile.outputs).map((file) => join(root, file))));
console.error(`build: bundles in ${Math.round(performance.now() - started)} ms`);

if (!fast) {
  const began = performance.now();
  rmSync(join(dist, "types"), { recursive: true, force: true });
  const tsc = spawnSync(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"],
    {
      cwd: root,
      stdio: ["ignore", 2, 2], // `npm pack --json` reads stdout
    },
  );
  if (tsc.status !== 0) process.exit(tsc.status ?? 1);
  nameDeclarations(join(dist, "types"));
  console.error(`build: types in ${Math.round(performance.now() - began)} ms`);
}

/** Removes what older builds left; a process that started from one may still load its chunks, so `--fast` does not. */
function removeStale(written) {
  for (const folder of [dist, join(dist, "chunks")]) {
    if (!existsSync(folder)) continue;
    for (const name of readdirSync(folder)) {
      const file = join(folder, name);
      if (name.endsWith(".js") && !written.has(file)) rmSync(file);
    }
  }
}

/** The compiler leaves `./x.ts` in declarations, where only `./x.js` leads a reader to `x.d.ts`. */
function nameDeclarations(folder) {
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!name.endsWith(".d.ts")) continue;
    const text = readFileSync(join(folder, name), "utf8");
    writeFileSync(join(folder, name), text.replace(/((?:from |import\()"\.[^"]*)\.ts"/g, '$1.js"'));
  }
}

function makeExecutable(file) {
  const text = readFileSync(file, "utf8");
  if (!text.startsWith("#!")) writeFileSync(file, `#!/usr/bin/env node\n${text}`);
  chmodSync(file, 0o755);
}

/** The licence texts of every package whose code is in the bundles, by name. */
function licences(inputs) {
  const packages = new Set(inputs.flatMap((path) => /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? []));
  return [...packages]
    .sort()
    .map((name) => {
      const folder = join(root, "node_modules", name);
      const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? "" : readFileSync(join(folder, file), "utf8").trim();
      return `${name} ${version} (${license})\n\n${text}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}
