// How long doctor and cuda-why take on recorded machines: node scripts/run.mjs bench/doctor.ts [RUNS], from the
// root of the repository, when it is built.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { given, working } from "../test/doctor/fixtures/case.ts";
import { GpuHost } from "../test/support/gpu-host.ts";

const CLI = resolve("dist/cli.js");
const CUDA_WHY = resolve("workbench/cuda-why");
const runs = Number(process.argv[2] ?? 11);
const root = mkdtempSync(join(tmpdir(), "morello-doctor-"));

const well = working(new GpuHost(join(root, "well")));
const hangs = working(new GpuHost(join(root, "hangs"))).smiHangs();
const box = given(new GpuHost(join(root, "box"))).torch("2.7.1+cu126", "12.6");
const boxHangs = given(new GpuHost(join(root, "box-hangs")))
  .torch("2.7.1+cu126", "12.6")
  .smiHangs();

process.stdout.write(`load ${loadavg()[0]?.toFixed(1)}\n`);
for (const [name, host] of Object.entries({ well, hangs }))
  measure(`morello doctor, ${name}`, host, [process.execPath, CLI, "doctor", "--host-root", host.root]);
for (const [name, host] of Object.entries({ well: box, hangs: boxHangs }))
  for (const shell of [["sh"], ["busybox", "ash"]])
    measure(`cuda-why in ${shell.join(" ")}, ${name}`, host, [...shell, CUDA_WHY]);
rmSync(root, { recursive: true });

/** Milliseconds of wall time; the processor time of children is the system's to tell: `time` of this whole run. */
function measure(name: string, host: GpuHost, [program = "", ...args]: readonly string[]): void {
  const env = { ...host.env, PATH: `${host.root}/bin:${process.env["PATH"]}`, CUDA_WHY_ROOT: host.root };
  const times = Array.from({ length: runs }, () => {
    const before = performance.now();
    const { status, stderr } = spawnSync(program, args, { env });
    if (status !== 0) throw new Error(`${name}: exit ${status}\n${stderr.toString()}`);
    return performance.now() - before;
  }).toSorted((a, b) => a - b);
  const median = times[Math.floor(runs / 2)] ?? 0;
  process.stdout.write(`${name}: median ${median.toFixed(0)} ms, worst ${times.at(-1)?.toFixed(0)} ms\n`);
}
