// The built command line interface as a person or a script runs it: a process, its words, its exit status.
import { spawn, type ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Environment } from "./environment.ts";
import { definedOnly } from "./process.ts";
import type { Sandbox } from "./sandbox.ts";

export const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

export interface CliOptions {
  /** Default: the root of the sandbox. */
  readonly cwd?: string;
  readonly env?: Environment;
  /** Default: nothing; stdin is never a terminal. */
  readonly input?: string | Uint8Array;
  /** Another program for `node` than the built CLI. */
  readonly script?: string;
}

export interface CliResult {
  /** Null if a signal ended it. */
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Stdout as one JSON value; throws with all that was said if it is none. */
  json<T = unknown>(): T;
}

/** Who dies: the CLI alone, or with everything it started (as if the machine went down). */
export type Victims = "process" | "group";

export function morello(sandbox: Sandbox, args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startMorello(sandbox, args, options).result;
}

export function startMorello(sandbox: Sandbox, args: readonly string[], options: CliOptions = {}): RunningCli {
  return new RunningCli(sandbox, args, options);
}

export class RunningCli {
  /** Settles when the process has ended and all it wrote is read; rejects only if it could not be started. */
  readonly result: Promise<CliResult>;
  readonly #child: ChildProcess;
  #ended = false;
  /** True if the CLI alone was killed: what it started may still run. */
  #orphans = false;

  constructor(sandbox: Sandbox, args: readonly string[], options: CliOptions) {
    const env = definedOnly({ ...sandbox.env, ...options.env });
    const child = spawn(process.execPath, [options.script ?? CLI, ...args], {
      cwd: options.cwd ?? sandbox.root,
      env,
      stdio: "pipe",
      detached: true, // a process group of its own, so that `group` can be killed
    });
    this.#child = child;
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input);
    this.result = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status, signal) => {
        this.#ended = true;
        resolve(cliResult(args, status, signal, Buffer.concat(stdout).toString(), Buffer.concat(stderr).toString()));
      });
    });
    sandbox.beforeRemoval(() => {
      if (!this.#ended || this.#orphans) this.#signal("group");
    });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends SIGKILL now. `signal` is null in the result if the process was quicker. */
  async kill(victims: Victims = "group"): Promise<CliResult> {
    this.#signal(victims);
    return this.result;
  }

  /** Kills after so many milliseconds from now. */
  async killAt(milliseconds: number, victims: Victims = "group"): Promise<CliResult> {
    const timer = setTimeout(() => this.#signal(victims), milliseconds);
    const result = await this.result;
    clearTimeout(timer);
    return result;
  }

  /**
   * Kills as soon as the predicate holds: a file that appears, a line in a trace (`gitTrace`). It is asked about every
   * millisecond, and must be quick.
   */
  async killWhen(predicate: () => boolean, victims: Victims = "group"): Promise<CliResult> {
    const timer = setInterval(() => {
      if (predicate()) this.#signal(victims);
    }, 1);
    const result = await this.result;
    clearInterval(timer);
    return result;
  }

  #signal(victims: Victims): void {
    const { pid } = this.#child;
    if (pid === undefined || (this.#ended && victims === "process")) return;
    this.#orphans ||= victims === "process";
    try {
      process.kill(victims === "group" ? -pid : pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error; // it is gone already
    }
  }
}

function cliResult(
  args: readonly string[],
  status: number | null,
  signal: NodeJS.Signals | null,
  stdout: string,
  stderr: string,
): CliResult {
  const json = <T>(): T => {
    try {
      return JSON.parse(stdout) as T;
    } catch {
      throw new Error(`morello ${args.join(" ")}: exit ${status ?? signal}, no JSON\n${stdout}\n${stderr}`);
    }
  };
  return { status, signal, stdout, stderr, json };
}
