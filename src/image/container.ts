// One container that is started, asked and always removed: also when this process is killed.
import { spawn } from "node:child_process";
import { AppError } from "../error.ts";
import type { Environment } from "../git/environment.ts";
import { redact, run } from "../git/run.ts";
import type { Runner } from "./host.ts";

export interface ContainerDeps {
  readonly engine: Runner;
  readonly env: Environment;
  readonly cwd: string;
  readonly signal?: AbortSignal;
}

export interface ExecRequest {
  readonly command: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Milliseconds; the command is left alone afterwards, and ends with the container. */
  readonly timeout: number;
}

export interface ExecAnswer {
  /** Null: it took longer than it may. 126 and 127: it cannot be run, or is not there. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ANY = Array.from({ length: 256 }, (_, status) => status);

/**
 * Starts a container with that command line (engine first, `--detach`, `--name` among it), and hands its name to `use`.
 * Throws `engine-failed` with the engine's words.
 */
export async function withContainer<T>(
  deps: ContainerDeps,
  name: string,
  argv: readonly string[],
  use: () => Promise<T>,
): Promise<T> {
  const remove = removal(deps, name);
  try {
    const [, ...args] = argv;
    const started = await run(deps, args, { program: deps.engine, ok: ANY });
    if (started.status !== 0) throw startFailure(deps.engine, argv, started.stderr);
    return await use();
  } finally {
    await remove();
  }
}

/**
 * A shell of its own session waits for the end of its input, which comes when it is told so and when this process ends,
 * however it ends; then it removes the container. A container that is not there is fine.
 */
function removal({ engine, env, cwd }: ContainerDeps, name: string): () => Promise<void> {
  const force = engine === "podman" ? "rm --force --time 0 --volumes" : "rm --force --volumes";
  // Where this process was killed, an engine that was just asked to start may have gone on.
  const script = `read -r told; ${engine} ${force} "$1"; [ "$told" = done ] || { sleep 3; ${engine} ${force} "$1"; }; :`;
  const child = spawn("sh", ["-c", script, "sh", name], {
    cwd,
    env,
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("close", () => resolve());
  });
  child.stdin.on("error", () => undefined);
  child.unref();
  return () => {
    child.ref();
    child.stdin.end("done\n");
    return ended;
  };
}

function startFailure(engine: Runner, argv: readonly string[], stderr: string): AppError {
  const why = stderr.trim().split("\n").at(-1) ?? "";
  return new AppError("engine-failed", `${engine} did not start the container${why === "" ? "" : `: ${why}`}`, {
    data: { argv: argv.map(redact), stderr: stderr.trim() },
    ...(/address already in use|port is already allocated/.test(stderr)
      ? { hint: "choose another port: -p PORT" }
      : {}),
  });
}

export async function execIn(deps: ContainerDeps, name: string, request: ExecRequest): Promise<ExecAnswer> {
  const { command, variables = {}, input, timeout } = request;
  const limit = AbortSignal.timeout(timeout);
  const signal = deps.signal === undefined ? limit : AbortSignal.any([deps.signal, limit]);
  const env = Object.entries(variables).flatMap(([key, value]) => ["--env", `${key}=${value}`]);
  try {
    const args = ["exec", ...(input === undefined ? [] : ["--interactive"]), ...env, name, ...command];
    const done = await run(deps, args, {
      program: deps.engine,
      ok: ANY,
      signal,
      ...(input === undefined ? {} : { input }),
    });
    return { status: done.status, stdout: done.stdout.toString("utf8"), stderr: done.stderr };
  } catch (failure) {
    if (limit.aborted && deps.signal?.aborted !== true) return { status: null, stdout: "", stderr: "" };
    throw failure;
  }
}

/** Null while it runs; else its exit status, -1 where it cannot be told. */
export async function endOf(deps: ContainerDeps, name: string): Promise<number | null> {
  const asked = await run(deps, ["container", "inspect", "--format", "{{.State.Running}} {{.State.ExitCode}}", name], {
    program: deps.engine,
    ok: ANY,
  });
  const [running, status = "-1"] = asked.stdout.toString("utf8").trim().split(" ");
  return asked.status === 0 && running === "true" ? null : Number(status);
}

/** The last lines that it wrote, oldest first. */
export async function lastLines(deps: ContainerDeps, name: string, count: number): Promise<string[]> {
  const asked = await run(deps, ["logs", "--tail", String(count), name], { program: deps.engine, ok: ANY });
  const said = `${asked.stdout.toString("utf8")}${asked.status === 0 ? asked.stderr : ""}`;
  return said
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(-count);
}
