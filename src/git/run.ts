// Runs one git process to its end. The only place that spawns; every failure is phrased here.
import { spawn, type ChildProcess } from "node:child_process";
import { AppError, type ErrorCode } from "../error.ts";
import type { Environment } from "./environment.ts";

export interface GitContext {
  readonly cwd: string;
  readonly env: Environment;
}

export interface RunOptions {
  readonly input?: Uint8Array | string;
  /** Exit statuses that the caller understands; others throw `git-failed`. Default: only 0. */
  readonly ok?: readonly number[];
  /** Adds to or replaces variables of the context. */
  readonly env?: Environment;
  readonly cwd?: string;
  readonly signal?: AbortSignal;
  /** Lets git write to the terminal and read from it (editors, credential prompts). */
  readonly inherit?: boolean;
  /** Another program than git, that git itself would run: `ssh-keygen`, `gpg`, an editor. */
  readonly program?: string;
}

export interface RunResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Takes user names, passwords and tokens out of URLs, and bearer tokens out of header settings. */
export function redact(text: string): string {
  return text
    .replace(/([a-z][a-z0-9+.-]*:\/\/)[^/\s]*@/gi, "$1***@") // a password may hold an @
    .replace(/(authorization:\s*(?:basic|bearer|token)\s+)\S+/gi, "$1***")
    .replace(/([?&](?:private_|access_|job_)?token=)[^&\s'"]+/gi, "$1***");
}

/** Runs git with those arguments. Throws `AppError` with git's own words; never leaks credentials. */
export async function run(context: GitContext, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  const program = options.program ?? "git";
  const child = start(context, args, options);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin?.on("error", () => undefined); // EPIPE: the exit status says more
  child.stdin?.end(options.input ?? "");
  const status = await new Promise<number>((resolve, reject) => {
    child.once("error", (cause) => reject(spawnFailure(program, cause)));
    child.once("close", (code, signal) => resolve(code ?? (signal === null ? 255 : 128)));
  });
  const result = { status, stdout: Buffer.concat(stdout), stderr: redact(Buffer.concat(stderr).toString("utf8")) };
  if (!(options.ok ?? [0]).includes(status)) throw runFailure(program, args, result);
  return result;
}

/** Starts a process whose streams the caller drives: a conversation or a long answer. */
export function start(context: GitContext, args: readonly string[], options: RunOptions = {}): ChildProcess {
  return spawn(options.program ?? "git", args, {
    cwd: options.cwd ?? context.cwd,
    env: { ...context.env, ...options.env },
    stdio: options.inherit === true ? "inherit" : ["pipe", "pipe", "pipe"],
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** stdout as text, without the final newline. */
export async function text(context: GitContext, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return (await run(context, args, options)).stdout.toString("utf8").replace(/\n$/, "");
}

export function spawnFailure(program: string, cause: Error): AppError {
  if ("code" in cause && cause.code === "ENOENT" && program === "git") {
    return new AppError("git-missing", "Cannot run git: it is not on the PATH", {
      cause,
      hint: "install git 2.38 or newer",
    });
  }
  return new AppError("git-failed", `Cannot run ${program}`, { cause });
}

/** Causes that git reports only in words, each with what to do. */
const KNOWN_FAILURES: readonly { readonly words: RegExp; readonly code: ErrorCode; readonly hint: string }[] = [
  {
    words: /No space left on device|Disk quota exceeded|File too large/i,
    code: "disk-full",
    hint: "free some space and run the same command again: nothing was moved",
  },
  {
    words: /detected dubious ownership/i,
    code: "unsafe-repository",
    hint: "git config --global --add safe.directory <that directory>",
  },
  {
    words: /Read-only file system|insufficient permission for adding an object|Permission denied/i,
    code: "repository-read-only",
    hint: "check who owns the git directory; `morello plan` needs no write access",
  },
  {
    words: /not a git repository/i,
    code: "not-a-repository",
    hint: "change into a repository, or name one: morello -C DIR …",
  },
];

export function runFailure(program: string, args: readonly string[], result: RunResult): AppError {
  const verb = args.find((arg, index) => !arg.startsWith("-") && args[index - 1] !== "-c") ?? "";
  const known = KNOWN_FAILURES.find(({ words }) => words.test(result.stderr));
  const lines = result.stderr.trim().split("\n");
  const said = lines.find((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? "";
  const message = `${program} ${verb} failed (status ${result.status})${said === "" ? "" : `: ${said.replace(/^(fatal|error): /, "")}`}`;
  return new AppError(known?.code ?? "git-failed", message, {
    data: { argv: [program, ...args].map(redact), status: result.status, stderr: result.stderr.trim() },
    ...(known === undefined ? {} : { hint: known.hint }),
  });
}
