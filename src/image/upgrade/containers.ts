// Containers by podman or docker: asks and commands, one process each. What fails is phrased here, in the engine's words.
import { AppError } from "../../error.ts";
import type { Environment } from "../../git/environment.ts";
import { redact, run, type RunResult } from "../../git/run.ts";
import type { Engine } from "../engine.ts";
import { HEALTH_COMMAND } from "../../environment/workbench.ts";
import { readContainer, readImage, type Container, type Image } from "./container.ts";
import { parseTable, tableArguments } from "./process-table.ts";
import type { Process } from "./drain.ts";

export interface Containers {
  readonly engine: Engine;
  /** By name or ID; null: there is none. */
  inspect(name: string): Promise<Container | null>;
  /** Names of all that carry the label, running or not, sorted. */
  labelled(key: string, value: string): Promise<string[]>;
  image(name: string): Promise<Image | null>;
  pull(reference: string): Promise<void>;
  /** Runs an engine's command that starts a container. Throws `engine-failed`. */
  start(args: readonly string[], env?: Environment): Promise<void>;
  /** Starts one that has stopped. */
  restart(name: string): Promise<void>;
  /** Asks it to end, waits so many seconds at most, then ends it. None is fine. */
  stop(name: string, seconds: number): Promise<void>;
  /** Ends it at once, if it runs. None is fine. */
  remove(name: string): Promise<void>;
  /** Null: it does not run. */
  processes(name: string): Promise<Process[] | null>;
  /** Runs a command in it; a command that is not there gives 126 or 127. */
  inside(name: string, command: readonly string[]): Promise<RunResult>;
  /** What the image's own health check says; true without one. */
  isHealthy(container: Container): Promise<boolean>;
  /** The last lines, oldest first. */
  log(name: string, lines: number): Promise<string[]>;
  /** What differs from its image: lines such as `A /root/notes`. */
  diff(name: string): Promise<string>;
  /** Copies a directory of it to one that is not there yet; false: it has none. */
  copyOut(name: string, path: string, to: string): Promise<boolean>;
}

const ANY = Array.from({ length: 256 }, (_, status) => status);

export function openContainers(
  engine: Engine,
  deps: { readonly env: Environment; readonly cwd: string; readonly signal?: AbortSignal },
): Containers {
  const ask = (args: readonly string[], env: Environment = {}): Promise<RunResult> =>
    run({ cwd: deps.cwd, env: { ...deps.env, ...env } }, args, {
      program: engine,
      ok: ANY,
      ...(deps.signal === undefined ? {} : { signal: deps.signal }),
    });
  const demand = async (args: readonly string[], env: Environment = {}): Promise<string> => {
    const done = await ask(args, env);
    if (done.status === 0) return done.stdout.toString("utf8");
    throw engineFailure(engine, args, done);
  };
  /** What may be gone already. */
  const unless = async (gone: RegExp, args: readonly string[]): Promise<void> => {
    const done = await ask(args);
    if (done.status !== 0 && !gone.test(done.stderr)) throw engineFailure(engine, args, done);
  };
  const found = async (args: readonly string[]): Promise<string | null> => {
    const done = await ask(args);
    if (done.status === 0) return done.stdout.toString("utf8");
    if (ABSENT.test(done.stderr)) return null;
    throw engineFailure(engine, args, done);
  };
  return {
    engine,
    async inspect(name) {
      const text = await found(["container", "inspect", name]);
      return text === null ? null : readContainer(engine, text);
    },
    async labelled(key, value) {
      const text = await demand(["ps", "--all", "--filter", `label=${key}=${value}`, "--format", "{{.Names}}"]);
      return text
        .split("\n")
        .filter((line) => line !== "")
        .toSorted();
    },
    async image(name) {
      const text = await found(["image", "inspect", name]);
      return text === null ? null : readImage(engine, text);
    },
    pull: async (reference) => void (await demand(["pull", "--quiet", reference])),
    start: async (args, env) => void (await demand(args, env)),
    restart: async (name) => void (await demand(["start", name])),
    stop: (name, seconds) => unless(ABSENT, ["stop", "--time", String(seconds), name]),
    remove: (name) => unless(ABSENT, ["rm", "--force", ...(engine === "podman" ? ["--time", "0"] : []), name]),
    async processes(name) {
      const args = tableArguments(engine, name);
      const done = await ask(args);
      if (done.status === 0) return parseTable(done.stdout.toString("utf8"));
      if (STOPPED.test(done.stderr) || ABSENT.test(done.stderr)) return null;
      throw engineFailure(engine, args, done);
    },
    inside: (name, command) => ask(["exec", name, ...command]),
    async isHealthy({ name, health }) {
      if (health !== null && engine === "docker") return health === "healthy";
      // Podman's own clock for health checks is systemd, if there is one: it is asked to check now.
      if (health !== null) return (await ask(["healthcheck", "run", name])).status === 0;
      const { status, stderr } = await ask(["exec", name, HEALTH_COMMAND]);
      return status === 0 || isMissing(status, stderr);
    },
    async log(name, lines) {
      const done = await ask(["logs", "--tail", String(lines), name]);
      const said = `${done.stdout.toString("utf8")}${done.status === 0 ? done.stderr : ""}`;
      return said
        .split("\n")
        .filter((line) => line !== "")
        .slice(-lines);
    },
    diff: (name) => demand(["diff", name]),
    async copyOut(name, path, to) {
      const done = await ask(["cp", `${name}:${path}`, to]);
      return done.status === 0;
    },
  };
}

const ABSENT = /no such (?:container|object|image)|no container with|image not known|does not exist/i;
const STOPPED = /not running|top can only be used on running|is not running|container state improper/i;

/** Whether the command is not in the container at all: engines say so with several statuses. */
export function isMissing(status: number, stderr: string): boolean {
  return status === 127 || /executable file .*not found|no such file or directory/i.test(stderr);
}

/** Whether the engine refused a start because that port is somebody's. */
export function isPortTaken(error: unknown): boolean {
  return error instanceof AppError && /address already in use|port is already allocated/i.test(said(error));
}

/** Whether the engine refused a start because that name is a container's: perhaps an earlier run's, that ended late. */
export function isNameTaken(error: unknown): boolean {
  return error instanceof AppError && /name .* (?:is )?already in use/i.test(said(error));
}

function said({ data }: AppError): string {
  return typeof data["stderr"] === "string" ? data["stderr"] : "";
}

function engineFailure(engine: Engine, args: readonly string[], { status, stderr }: RunResult): AppError {
  const lines = stderr.trim().split("\n");
  const words = (lines.findLast((line) => /^error/i.test(line)) ?? lines.at(-1) ?? "").replace(/^Error: /, "");
  const isFull = /no space left on device|disk quota exceeded/i.test(stderr);
  return new AppError(
    isFull ? "disk-full" : "engine-failed",
    `${engine} ${args[0]} failed (status ${status})${words === "" ? "" : `: ${words}`}`,
    {
      data: { argv: [engine, ...args].map(redact), status, stderr: stderr.trim() },
      hint: "run the same command again once that is mended: it goes on where it stopped",
    },
  );
}
