// Runs a shell command in a process group of its own, with an end in time, and keeps the last of what it wrote. When it
// returns, or when this process is gone, however it went, nothing that the command started in its group still runs.
import { spawn, type ChildProcess } from "node:child_process";
import { constants } from "node:os";
import type { Environment } from "../git/environment.ts";
import { spawnFailure } from "../git/run.ts";
import { Tail } from "./tail.ts";

export interface CommandRequest {
  /** For `sh -c`. */
  readonly command: string;
  readonly cwd: string;
  readonly env: Environment;
  /** Seconds. */
  readonly timeLimit: number;
  /** For `sh -c`: ends what the group does not hold, such as a container. Runs when the command was stopped. */
  readonly teardown?: string;
  /** Stops the command. */
  readonly signal?: AbortSignal;
}

export interface CommandResult {
  /** As a shell gives it: 128 and its number for a signal. */
  readonly status: number;
  readonly stopped: "time-limit" | "signal" | null;
  readonly ms: number;
  readonly output: Tail;
}

/**
 * `$1` is the command, `$2` the teardown. A watcher in the same group reads from a pipe whose other end only Morello
 * holds: if Morello is killed, the pipe ends, and the watcher ends the group. It is nobody's child, so that no `wait`
 * of the command's meets it.
 */
const SUPERVISOR = `exec 2>&1
( ( trap "" TERM; read -r nothing; eval "$2"; kill -KILL 0 ) <&3 >/dev/null 2>&1 & )
exec 3<&-
exec sh -c "$1"`;

/** Milliseconds between SIGTERM and SIGKILL: at the time limit, and when a person waits for the end. */
const GRACE = { "time-limit": 5000, "signal": 200 } as const;

/** Milliseconds in which the last output must have arrived: a process that left the group may hold the pipe for ever. */
const DRAIN = 1000;

/** Rejects only if `sh` cannot be started. */
export async function runCommand(request: CommandRequest): Promise<CommandResult> {
  const { command, cwd, env, timeLimit, teardown = ":", signal } = request;
  const started = performance.now();
  const child = spawn("sh", ["-c", SUPERVISOR, "sh", command, teardown], {
    cwd,
    env: { ...env },
    detached: true, // a group of its own: Ctrl-C on the terminal does not reach it, `stop` does
    stdio: ["ignore", "pipe", "ignore", "pipe"],
  });
  const output = new Tail();
  child.stdout?.on("data", (chunk: Buffer) => output.push(chunk));
  const ended = endOf(child);
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let stopped: CommandResult["stopped"] = null;
  let killing: NodeJS.Timeout | undefined;
  const stop = (why: "time-limit" | "signal"): void => {
    stopped ??= why;
    signalGroup(child, "SIGTERM");
    clearTimeout(killing);
    killing = setTimeout(() => signalGroup(child, "SIGKILL"), GRACE[why]);
  };
  const onAbort = (): void => stop("signal");
  const limit = setTimeout(() => stop("time-limit"), Math.min(timeLimit * 1000, LONGEST));
  signal?.addEventListener("abort", onAbort);
  if (signal?.aborted === true) onAbort();
  try {
    const status = await ended;
    const ms = Math.round(performance.now() - started);
    signalGroup(child, "SIGKILL"); // the watcher, and what the command left running
    child.stdio[3]?.destroy();
    if (stopped !== null && teardown !== ":") await tearDown(teardown, env);
    const draining = setTimeout(() => child.stdout?.destroy(), DRAIN);
    await closed;
    clearTimeout(draining);
    return { status, stopped, ms, output };
  } finally {
    clearTimeout(limit);
    clearTimeout(killing);
    signal?.removeEventListener("abort", onAbort);
  }
}

/** Milliseconds that a timer can hold. */
const LONGEST = 2 ** 31 - 1;

function endOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(spawnFailure("sh", cause)));
    child.once("exit", (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    return; // nobody is left in it
  }
}

function tearDown(command: string, env: Environment): Promise<void> {
  return new Promise((resolve) => {
    const child = spawn("sh", ["-c", command], { env: { ...env }, stdio: "ignore" });
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
}
