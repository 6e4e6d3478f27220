import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { WHEELS } from "../../src/doctor/compat.ts";
import { CUDA_ROWS } from "../../src/environment/compat/cuda.ts";
import { judge, RULES } from "../../src/doctor/judge.ts";
import type { GpuHost } from "../support/gpu-host.ts";
import { finished } from "../support/process.ts";
import { BROKEN_CONTAINERS } from "./fixtures/containers.ts";
import { factsOf, machine, NOBODY } from "./fixtures/facts.ts";
import { HEALTHY_CONTAINERS } from "./fixtures/healthy.ts";

const SCRIPT = fileURLToPath(new URL("../../workbench/cuda-why", import.meta.url));
const SOURCE = readFileSync(SCRIPT, "utf8");

/** POSIX shells that images have: Debian's, which is dash, and Alpine's. */
const SHELLS: readonly (readonly string[])[] = [
  ["/bin/sh"],
  ...["/bin/busybox", "/usr/bin/busybox"]
    .filter(existsSync)
    .slice(0, 1)
    .map((busybox) => [busybox, "ash"]),
];

/** As nobody where the tests run as root, who may open everything. */
async function ask(host: GpuHost, [program = "", ...args]: readonly string[]) {
  const env = { ...host.env, PATH: `${host.root}/bin:/usr/bin:/bin`, CUDA_WHY_ROOT: host.root };
  const script = `${host.file("bin/cuda-why", SOURCE, 0o755).root}/bin/cuda-why`; // nobody may not enter every checkout
  const user = process.getuid?.() === 0 ? { user: { uid: NOBODY, gid: NOBODY } } : {};
  return finished(program, [...args, script], { cwd: "/", env, ...user });
}

test.each(
  SHELLS.flatMap((shell) => BROKEN_CONTAINERS.map((recorded) => ({ shell: shell.join(" "), recorded, words: shell }))),
)("$shell names $recorded.cause, with doctor's command: $recorded.name", async ({ recorded, words }) => {
  const host = machine(recorded);
  const [said, facts] = await Promise.all([ask(host, words), factsOf(host)]);
  const [cause] = judge(facts).findings;
  const line = said.stderr.toString();
  expect(said.status, line).toBe(1);
  expect(said.stdout.toString()).toBe("");
  expect(line).toMatch(/^cuda-why: .*\n$/);
  expect(line).toContain(`[${recorded.cause}]`);
  expect(line).toContain(`: ${cause?.command}  [`);
  expect(line.includes("on the host, which alone")).toBe(cause?.at === "host");
});

test.each(
  SHELLS.flatMap((shell) => HEALTHY_CONTAINERS.map((recorded) => ({ shell: shell.join(" "), recorded, words: shell }))),
)("$shell is silent: $recorded.name", async ({ recorded, words }) => {
  const said = await ask(machine(recorded), words);
  expect({ status: said.status, stderr: said.stderr.toString(), stdout: said.stdout.toString() }).toEqual({
    status: 0,
    stderr: "",
    stdout: "",
  });
});

test("an nvidia-smi that hangs is not waited for", async () => {
  const host = machine({
    make: (made) =>
      made.system("ubuntu").gpus(1).driver("550.54.14").libraries("550.54.14").nodes().container("docker").smiHangs(),
  });
  const said = await ask(host, ["/bin/sh"]);
  expect(said.status, said.stderr.toString()).toBe(0);
});

test("it knows every rule that a container can see, and no other", () => {
  const known = [...SOURCE.matchAll(/\bwhy ([a-z][a-z-]+) "\$/g)].map(([, rule]) => rule);
  const visible = RULES.filter(({ seen }) => seen.includes("container")).map(({ id }) => id);
  expect([...new Set(known)].sort()).toEqual([...visible].sort());
});

test("its table of wheels is doctor's", () => {
  const table = /wheels='([^']+)'/.exec(SOURCE)?.[1] ?? "";
  expect(table.split("\n")).toEqual(
    WHEELS.map(({ torch, cuda, code, ptx }) => `${torch} ${cuda} ${code.join(",")} ${ptx.join(",") || "-"}`),
  );
});

test("its drivers are those of the compatibility table", () => {
  const list = (name: string): string[][] => {
    const body = new RegExp(`^${name}\\(\\) \\{\\n([^]+?)\\n\\}`, "m").exec(SOURCE)?.[1] ?? "";
    return [...body.matchAll(/(\S+)\) echo (\S+)/g)].map(([, cuda = "", driver = ""]) => [cuda, driver]);
  };
  const majors = new Map(CUDA_ROWS.map(({ cuda, floor }) => [cuda.split(".")[0] ?? "", floor]));
  expect(list("floor_of")).toEqual([...majors]);
  expect(list("toolkit_of")).toEqual(
    CUDA_ROWS.flatMap(({ cuda, toolkit }) => (toolkit === null ? [] : [[cuda, toolkit]])),
  );
});

test.runIf(spawnSync("shellcheck", ["--version"]).status === 0)("shellcheck has nothing to say", async () => {
  const said = await finished("shellcheck", [SCRIPT], { cwd: "/", env: { PATH: process.env["PATH"] } });
  expect(said.stdout.toString()).toBe("");
});
