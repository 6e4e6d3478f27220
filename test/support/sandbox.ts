// A temporary directory with an environment of its own, gone when its test is.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, onTestFinished } from "vitest";
import { clearedEnvironment, type Environment } from "./environment.ts";
import { finished, type Finished } from "./process.ts";
import { temporaryDirectory } from "./temporary.ts";

export interface GitOptions {
  readonly input?: string | Uint8Array;
  /** Default: the root of the sandbox. */
  readonly cwd?: string;
  /** Laid over the sandbox's; `undefined` takes a variable away. */
  readonly env?: Environment;
  /** Exit statuses that are no failure. Default: 0 alone. */
  readonly ok?: readonly number[];
}

export class Sandbox {
  readonly root: string;
  readonly env: Environment;
  readonly #beforeRemoval: (() => void | Promise<void>)[] = [];

  /** Nobody removes it: prefer `makeSandbox`, `fileSandbox` or `withSandbox`. */
  constructor() {
    this.root = mkdtempSync(join(temporaryDirectory(), "morello-test-"));
    this.env = clearedEnvironment(this.root);
    for (const name of ["home", "tmp"]) mkdirSync(this.path(name));
  }

  path(...parts: string[]): string {
    return join(this.root, ...parts);
  }

  /** Writes a file, and the directories above it, and gives its full path. */
  write(path: string, content: string | Uint8Array, mode = 0o644): string {
    const full = this.path(path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content, { mode });
    return full;
  }

  /** Runs git and gives all it said; throws, with its stderr, on an exit status that is not in `ok`. */
  async gitRun(args: readonly string[], options: GitOptions = {}): Promise<Finished> {
    const cwd = options.cwd ?? this.root;
    const env = { ...this.env, GIT_OPTIONAL_LOCKS: "0", ...options.env }; // a test that looks leaves no trace
    const input = options.input === undefined ? {} : { input: options.input };
    const done = await finished("git", args, { cwd, env, ...input });
    if (done.status === null || !(options.ok ?? [0]).includes(done.status)) {
      throw new Error(`git ${args.join(" ")}: exit ${done.status ?? done.signal} in ${cwd}\n${done.stderr.toString()}`);
    }
    return done;
  }

  /** What git wrote to stdout, as UTF-8 without the last newline. For bytes: `gitRun`. */
  async git(args: readonly string[], options: GitOptions = {}): Promise<string> {
    const { stdout } = await this.gitRun(args, options);
    return stdout.toString("utf8").replace(/\n$/, "");
  }

  beforeRemoval(action: () => void | Promise<void>): void {
    this.#beforeRemoval.push(action);
  }

  async remove(): Promise<void> {
    for (const action of this.#beforeRemoval.splice(0).reverse()) await action();
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** A sandbox for the test that runs now. */
export function makeSandbox(): Sandbox {
  const sandbox = new Sandbox();
  onTestFinished(() => sandbox.remove());
  return sandbox;
}

/** A sandbox for all tests of a file or `describe`: call it where those are declared. */
export function fileSandbox(): Sandbox {
  const sandbox = new Sandbox();
  afterAll(() => sandbox.remove());
  return sandbox;
}

/** A sandbox for one function, outside of tests or many times within one. */
export async function withSandbox<T>(use: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = new Sandbox();
  try {
    return await use(sandbox);
  } finally {
    await sandbox.remove();
  }
}
