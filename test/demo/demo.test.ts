import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeSandbox } from "../support/sandbox.ts";

const root = join(import.meta.dirname, "..", "..");

function demo(
  env: Readonly<Record<string, string | undefined>>,
  ...args: string[]
): { status: number | null; stdout: string; stderr: string } {
  const argv = ["scripts/run.mjs", "demo/main.ts", ...args];
  return spawnSync(process.execPath, argv, { cwd: root, env: { ...process.env, ...env }, encoding: "utf8" });
}

const names = readdirSync(join(root, "demo", "scenario")).map((file) => file.replace(/\.ts$/, ""));

test("the list names every scenario", () => {
  const lines = demo({}, "--list").stdout.split("\n");
  const listed = lines.filter((line) => line !== "").map((line) => line.split(" ")[0]);
  expect(new Set(listed)).toEqual(new Set(names));
});

test("an unknown scenario is refused with the list", () => {
  const { status, stderr } = demo({}, "nothing-such");
  expect(status).toBe(2);
  expect(stderr).toContain("many-lines");
});

// Every step of a scenario names its exit status and what it must show; the demo itself fails where one does not.
test.each(names)("the scenario %s plays to its end", (name) => {
  const sandbox = makeSandbox();
  const { status, stderr, stdout } = demo({ TMPDIR: sandbox.path("tmp"), NO_COLOR: "1" }, name);
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toContain("The repository stays");
});
