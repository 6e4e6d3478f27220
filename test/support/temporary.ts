// Where sandboxes lie. Tests make tens of thousands of small files: in memory that is four times as fast.
import { spawnSync } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const MEMORY = "/dev/shm"; // Linux
const ENOUGH = 2 ** 30;

let chosen: string | undefined;

/** `TMPDIR` if it is set; else memory where there is room and programs may run; else the system's own choice. */
export function temporaryDirectory(): string {
  chosen ??= realpathSync(process.env["TMPDIR"] === undefined && isUsable(MEMORY) ? MEMORY : tmpdir());
  return chosen;
}

function isUsable(directory: string): boolean {
  let trial: string | undefined;
  try {
    const { bavail, bsize } = statfsSync(directory);
    if (bavail * bsize < ENOUGH) return false;
    trial = mkdtempSync(join(directory, "morello-test-"));
    writeFileSync(join(trial, "hook"), "#!/bin/sh\n", { mode: 0o755 });
    return spawnSync(join(trial, "hook")).status === 0; // containers often mount it `noexec`, and hooks must run
  } catch {
    return false; // not there, or not ours
  } finally {
    if (trial !== undefined) rmSync(trial, { recursive: true });
  }
}
