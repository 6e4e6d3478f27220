// Builds the command line interface before any test runs, so that tests of it never meet a stale one.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { finished } from "./process.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BUILD = join(ROOT, "scripts", "build.mjs");

export default async function setup(): Promise<void> {
  if (!existsSync(BUILD) || isFresh()) return; // without the script tests of the CLI fail by themselves, and others run
  const done = await finished(process.execPath, [BUILD, "--fast"], { cwd: ROOT, env: process.env });
  if (done.status !== 0) throw new Error(`The build failed:\n${done.stdout.toString()}${done.stderr.toString()}`);
}

/** A build that is newer than all it is made of is left alone: another run may be using it. */
function isFresh(): boolean {
  const built = join(ROOT, "dist", "cli.js");
  if (!existsSync(built)) return false;
  const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  const inputs = [BUILD, join(ROOT, "package-lock.json"), ...sources.map((name) => join(ROOT, "src", name))];
  const { mtimeMs } = statSync(built);
  return inputs.every((input) => statSync(input).mtimeMs <= mtimeMs);
}
