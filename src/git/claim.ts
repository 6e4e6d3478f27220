// Files that one process alone holds, with the name of the process in them: known again after a crash or a reboot, when
// the process's number may be another's.
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isRunning } from "./scratch.ts";

/** The process number and, where the system tells, when it was started: `4711 boot-id 12345`. */
export function processMark(pid: number = process.pid): string {
  return [String(pid), ...startOf(pid)].join(" ");
}

/** Whether the process that left the mark still runs. A mark without a start is judged by its number alone. */
export function isMarkAlive(mark: string): boolean {
  const [pid = "", ...start] = mark.trim().split(" ");
  if (!/^\d+$/.test(pid) || !isRunning(Number(pid))) return false;
  const now = startOf(Number(pid));
  return start.length === 0 || now.length === 0 || start.join(" ") === now.join(" ");
}

function startOf(pid: number): readonly string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1"); // Linux; the name in parentheses may hold spaces
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
    return [readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim(), ticks];
  } catch {
    return [];
  }
}

/**
 * Makes a file unless it is there, and tells whether it did. It appears with its content: nobody ever reads half of it
 * and takes it for a dead process's.
 */
export function claim(path: string, content: string): boolean {
  const own = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(own, content);
    linkSync(own, path);
    return true;
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : "";
    if (code === "EEXIST") return false;
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw cause;
    return claimWithoutLinks(path, content);
  } finally {
    rmSync(own, { force: true });
  }
}

/** For file systems without hard links. */
function claimWithoutLinks(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: "wx" });
    return true;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "EEXIST") return false;
    throw cause;
  }
}

/** What a claimed file holds; null: nobody holds it. */
export function claimedBy(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return null;
    throw cause;
  }
}

/** Removes a dead process's claim. Of several that try, one moves it aside; a living one that was met instead is put back. */
export function takeAway(path: string, dead: string): void {
  const aside = `${path}.${process.pid}.dead`;
  try {
    renameSync(path, aside);
  } catch (cause) {
    if (isMissing(cause)) return;
    throw cause;
  }
  const moved = claimedBy(aside);
  if (moved !== null && moved !== dead) claim(path, moved);
  rmSync(aside, { force: true });
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}
