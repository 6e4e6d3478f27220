// Runs one program to its end and keeps every byte it wrote. The only place of the test support that spawns and waits.
import { spawn } from "node:child_process";
import type { Environment } from "./environment.ts";

export interface Finished {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: Environment;
  readonly input?: string | Uint8Array;
  /** Whom it runs as; only root may give it to another. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** Rejects only if the program cannot be started; what its exit status means is the caller's to say. */
export function finished(program: string, args: readonly string[], options: ProgramOptions): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const { cwd, env, user } = options;
    const child = spawn(program, args, { cwd, env: definedOnly(env), stdio: "pipe", ...user });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.stdin.on("error", () => undefined); // it may end without reading its input
    child.once("error", reject);
    child.once("close", (status, signal) => {
      resolve({ status, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
    });
    child.stdin.end(options.input);
  });
}

/** `spawn` would pass `undefined` on as the text "undefined". */
export function definedOnly(env: Environment): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined));
}
