// A container engine that behaves as podman, docker and buildah do where Morello calls them, without containers: the
// command runs in the directory that was mounted, and sees only the variables that were passed.
import { readFileSync } from "node:fs";
import { delimiter } from "node:path";
import type { Environment } from "./environment.ts";
import type { Sandbox } from "./sandbox.ts";

export type EngineName = "podman" | "docker" | "buildah";

export interface FakeEngine {
  /** With the engine first on the PATH. */
  readonly env: Environment;
  /** Every call so far, as words. */
  readonly calls: () => string[][];
}

export interface FakeImage {
  /** What the engine knows the image by. Null: it has none, and cannot pull it. */
  readonly id: string | null;
}

const SCRIPT = `#!${process.execPath}
const { appendFileSync } = require("node:fs");
const { spawnSync } = require("node:child_process");
const words = process.argv.slice(2);
appendFileSync(process.env.ENGINE_CALLS, JSON.stringify(words) + "\\n");
const [verb] = words;
if (verb === "image" || verb === "inspect") {
  if (!process.env.ENGINE_IMAGE) process.exit(1);
  console.log(process.env.ENGINE_IMAGE);
} else if (verb === "pull") {
  console.error("Error: manifest unknown");
  process.exit(125);
} else if (verb === "run") {
  const env = { PATH: process.env.PATH };
  let directory;
  let at = 1;
  for (; words[at].startsWith("--") && words[at] !== "--"; at++) {
    const [option, value] = [words[at], words[at + 1]];
    if (option === "--rm" || option === "--init") continue;
    if (option === "--volume") directory = value.slice(0, value.indexOf(":"));
    if (option === "--env") env[value.slice(0, value.indexOf("="))] = value.slice(value.indexOf("=") + 1);
    at++;
  }
  const ran = spawnSync("sh", ["-c", words.at(-1)], { cwd: directory, env, stdio: "inherit" });
  process.exit(ran.status ?? 137);
}
`;

export function fakeEngine(sandbox: Sandbox, name: EngineName, { id }: FakeImage = { id: "sha256:1" }): FakeEngine {
  sandbox.write(`engine/${name}`, SCRIPT, 0o755);
  const calls = sandbox.write(`engine/${name}.calls`, "");
  const env = {
    PATH: [sandbox.path("engine"), sandbox.env["PATH"] ?? ""].join(delimiter),
    ENGINE_CALLS: calls,
    ENGINE_IMAGE: id ?? "",
  };
  const read = (): string[][] =>
    readFileSync(calls, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as string[]);
  return { env, calls: read };
}
