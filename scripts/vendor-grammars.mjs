// Brings the grammars into vendor/grammars/: installs the pinned packages into a temporary folder without running their
// install scripts, takes out the WebAssembly, and compresses it. Run by hand when a version changes; the result is
// committed, so that `npm ci` builds no native code. Needs the npm registry.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

const target = join(dirname(dirname(fileURLToPath(import.meta.url))), "vendor", "grammars");

/** Package -> version and the files taken from it. The runtime must have the version that package.json names. */
const PACKAGES = {
  "web-tree-sitter": ["0.27.1", "web-tree-sitter.wasm"],
  "tree-sitter-bash": ["0.25.1", "tree-sitter-bash.wasm"],
  "tree-sitter-c": ["0.24.1", "tree-sitter-c.wasm"],
  "tree-sitter-cpp": ["0.23.4", "tree-sitter-cpp.wasm"],
  "tree-sitter-cuda": ["0.21.1", "tree-sitter-cuda.wasm"],
  "tree-sitter-go": ["0.25.0", "tree-sitter-go.wasm"],
  "tree-sitter-javascript": ["0.25.0", "tree-sitter-javascript.wasm"],
  "tree-sitter-python": ["0.25.0", "tree-sitter-python.wasm"],
  "tree-sitter-rust": ["0.24.0", "tree-sitter-rust.wasm"],
  "tree-sitter-typescript": ["0.23.2", "tree-sitter-typescript.wasm", "tree-sitter-tsx.wasm"],
  "@tree-sitter-grammars/tree-sitter-yaml": ["0.7.1", "tree-sitter-yaml.wasm"],
};

const folder = mkdtempSync(join(tmpdir(), "grammars-"));
writeFileSync(join(folder, "package.json"), "{}");
const wanted = Object.entries(PACKAGES).map(([name, [version]]) => `${name}@${version}`);
// --legacy-peer-deps: the packages disagree about the native runtime, which is not used.
execFileSync("npm", ["install", "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", ...wanted], {
  cwd: folder,
  stdio: ["ignore", "ignore", "inherit"],
});
rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const rows = [];
const notices = [];
for (const [name, [version, ...files]] of Object.entries(PACKAGES)) {
  const from = join(folder, "node_modules", name);
  const { license } = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  if (license !== "MIT") throw new Error(`${name} ${version} is under ${license}, expected MIT`);
  notices.push(`${name} ${version} (${license})\n\n${readFileSync(join(from, "LICENSE"), "utf8").trim()}\n`);
  for (const file of files) {
    const wasm = readFileSync(join(from, file));
    const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: wasm.length };
    writeFileSync(join(target, `${file}.br`), brotliCompressSync(wasm, { params }));
    const digest = createHash("sha256").update(wasm).digest("hex");
    rows.push(`| ${basename(file)} | ${name} | ${version} | ${license} | ${wasm.length} | \`${digest}\` |`);
  }
}
writeFileSync(join(target, "LICENSES.txt"), notices.join(`\n${"-".repeat(80)}\n\n`));
writeFileSync(
  join(target, "README.md"),
  `# Grammars

Parsers as WebAssembly, taken unchanged out of the official npm packages and compressed with brotli; the packages
themselves hold native code and install scripts, which nobody who installs Morello should run. \`scripts/build.mjs\` copies
these files to \`dist/grammars/\`. Written by \`node scripts/vendor-grammars.mjs\`; do not edit.

| File | Package | Version | Licence | Bytes | SHA-256, uncompressed |
| --- | --- | --- | --- | --- | --- |
${rows.join("\n")}
`,
);
rmSync(folder, { recursive: true, force: true });
