// Brings GitHub's own description of its API into vendor/github-openapi/: downloads the pinned package into a temporary
// folder, and takes out the paths that the tests' fake (test/support/forge/github.ts) serves and whatever these refer to,
// unchanged. Run by hand when the version or the fake's paths change; the result is committed, since the package itself
// unpacks to 385 MB. Needs the npm registry, and tar.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const target = join(dirname(dirname(fileURLToPath(import.meta.url))), "vendor", "github-openapi");

const NAME = "@octokit/openapi";
const VERSION = "23.0.2";
/** As `npm view @octokit/openapi@VERSION dist.integrity` tells it: the archive is these bytes or is not taken. */
const INTEGRITY = "sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==";
const FILE = "api.github.com.json";

const PATHS = [
  "/repos/{owner}/{repo}",
  "/repos/{owner}/{repo}/branches/{branch}",
  "/repos/{owner}/{repo}/branches/{branch}/protection",
  "/repos/{owner}/{repo}/rules/branches/{branch}",
  "/repos/{owner}/{repo}/rulesets",
  "/repos/{owner}/{repo}/rulesets/{ruleset_id}",
];

const folder = mkdtempSync(join(tmpdir(), "github-openapi-"));
execFileSync(
  "npm",
  ["pack", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder, `${NAME}@${VERSION}`],
  {
    cwd: folder,
    stdio: ["ignore", "ignore", "inherit"],
  },
);
const archive = join(folder, readdirSync(folder).find((name) => name.endsWith(".tgz")) ?? "");
const integrity = `sha512-${createHash("sha512").update(readFileSync(archive)).digest("base64")}`;
if (integrity !== INTEGRITY) throw new Error(`${NAME} ${VERSION} is ${integrity}, expected ${INTEGRITY}`);
const members = ["package.json", "LICENSE", `generated/${FILE}`].map((path) => `package/${path}`);
execFileSync("tar", ["-xzf", archive, "-C", folder, ...members], { stdio: "inherit" });
const [manifest, licence, generated] = members.map((path) => readFileSync(join(folder, path), "utf8"));
const { license } = JSON.parse(manifest);
if (license !== "MIT") throw new Error(`${NAME} ${VERSION} is under ${license}, expected MIT`);

const { openapi, info, paths, components } = JSON.parse(generated);
const taken = Object.fromEntries(
  PATHS.map((path) => {
    if (paths[path] === undefined) throw new Error(`${NAME} ${VERSION} has no path ${path}`);
    return [path, paths[path]];
  }),
);
const text = `${write({ openapi, info, paths: taken, components: referredTo(taken) }, 3)}\n`;

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
writeFileSync(join(target, FILE), text);
writeFileSync(join(target, "LICENSE"), licence);
const digest = createHash("sha256").update(text).digest("hex");
writeFileSync(
  join(target, "README.md"),
  `# GitHub's description of its API

The paths that the tests' fake of GitHub serves, and whatever these refer to, taken unchanged out of the OpenAPI
description that GitHub publishes (https://github.com/github/rest-api-description), as Octokit packs it with its
extensions (https://github.com/octokit/openapi); the package has every path of every server's version, and unpacks to
385 MB. \`test/support/forge/github-api.ts\` judges requests and answers by it. The licence stands in \`LICENSE\`. Written
by \`node scripts/vendor-github-openapi.mjs\`; do not edit.

To refresh it, set \`VERSION\` and \`INTEGRITY\` in that script, and \`PATHS\` where the fake serves another; run the script,
then \`npx vitest run test/forge test/support.test test/usecase/protect test/house\`. Every operation, schema and example
has a line of its own, so the difference shows what GitHub changed.

| File | Package | Version | Licence | Bytes | SHA-256 |
| --- | --- | --- | --- | --- | --- |
| ${FILE} | ${NAME} | ${VERSION} | ${license} | ${Buffer.byteLength(text)} | \`${digest}\` |
`,
);
rmSync(folder, { recursive: true, force: true });

/** The components that `value` refers to, directly or through others, by section and name, both in order. */
function referredTo(value) {
  const found = {};
  const visit = (each) => {
    if (typeof each !== "object" || each === null) return;
    if (typeof each.$ref === "string" && found[each.$ref] === undefined) {
      const [, , section, name] = each.$ref.split("/");
      found[each.$ref] = components[section][name];
      visit(found[each.$ref]);
    }
    Object.values(each).forEach(visit);
  };
  visit(value);
  const sections = {};
  for (const ref of Object.keys(found).sort()) {
    const [, , section, name] = ref.split("/");
    (sections[section] ??= {})[name] = found[ref];
  }
  return sections;
}

/** JSON with a line for every value `depth` levels down. */
function write(value, depth) {
  if (depth === 0 || typeof value !== "object" || value === null) return JSON.stringify(value);
  const lines = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}: ${write(each, depth - 1)}`);
  return `{\n${lines.join(",\n")}\n}`;
}
