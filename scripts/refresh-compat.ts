// npm run refresh-compat -- INDEX [--write]
// INDEX: the URL of an index's page of torch (https://download.pytorch.org/whl/torch/), or a file or directory of such pages.
// Shows how the wheels there differ from src/environment/compat/wheels.ts, and writes that with --write. Facts of a new
// release (cuDNN, NCCL, GPUs) are for people to add, in facts.ts, with their sources.
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { refreshed } from "../src/environment/compat/refresh.ts";
import { WHEELS } from "../src/environment/compat/wheels.ts";
import { parseIndexPage, parseWheelName } from "../src/environment/wheel-index.ts";

const FILE = "src/environment/compat/wheels.ts";
const [index, ...flags] = process.argv.slice(2);
if (index === undefined || flags.some((flag) => flag !== "--write")) {
  console.error("usage: npm run refresh-compat -- INDEX [--write]");
  process.exit(2);
}
const known = WHEELS.trim().split("\n");
const { lines, added, removed, suspicion } = refreshed(await wheels(index), known);
for (const line of removed) console.log(`- ${line}`);
for (const line of added) console.log(`+ ${line}`);
if (suspicion !== null) {
  console.error(`refused: ${suspicion}`);
  process.exit(1);
}
if (added.length + removed.length === 0) console.log(`the same ${known.length} combinations`);
else if (flags.includes("--write")) {
  const text = readFileSync(FILE, "utf8")
    .replace(/(WHEELS = `\n)[\s\S]*?`/, (_, head: string) => `${head}${lines.join("\n")}\n\``)
    .replace(/(WHEELS_SOURCE: SourceId = )"[^"]*"/, '$1"index"');
  writeFileSync(FILE, text);
  console.log(`${FILE} is written; now: npm run generate`);
}

async function wheels(from: string) {
  if (/^https?:/.test(from)) {
    const answer = await fetch(from, { headers: { accept: "application/vnd.pypi.simple.v1+json, text/html;q=0.5" } });
    if (!answer.ok) throw new Error(`${from} answers ${answer.status}`);
    return parseIndexPage(await answer.text());
  }
  if (!statSync(from).isDirectory()) return parseIndexPage(readFileSync(from, "utf8"));
  const names = readdirSync(from, { recursive: true, encoding: "utf8" });
  return names.flatMap((name) => {
    const wheel = parseWheelName(name.split("/").at(-1) ?? "");
    if (wheel !== null) return [wheel];
    return /\.(?:html|json)$/.test(name) ? parseIndexPage(readFileSync(join(from, name), "utf8")) : [];
  });
}
