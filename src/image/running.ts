// Containers that stay: starting one for a person, waiting for its lab, finding those that were started before.
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "../error.ts";
import { redact, run, spawnFailure } from "../git/run.ts";
import { endOf, lastLines, type ContainerDeps } from "./container.ts";
import { isPortFree } from "./host.ts";
import { LABELS } from "./run-command.ts";

const ANY = Array.from({ length: 256 }, (_, status) => status);

/**
 * Gives the exit status of `inherit`, which hands over the terminal; `quiet` is of a command line with `--detach`.
 * Throws `engine-failed` where the engine itself did.
 */
export async function startContainer(
  { engine, env, cwd }: ContainerDeps,
  argv: readonly string[],
  how: "inherit" | "quiet",
): Promise<number> {
  const [, ...args] = argv;
  if (how === "quiet") {
    const done = await run({ env, cwd }, args, { program: engine, ok: ANY });
    if (done.status === 0) return 0;
    const why = done.stderr.trim().split("\n").at(-1) ?? "";
    throw new AppError("engine-failed", `${engine} did not start the container${why === "" ? "" : `: ${why}`}`, {
      data: { argv: argv.map(redact), stderr: done.stderr },
    });
  }
  const child = spawn(engine, args, { env, cwd, stdio: "inherit" });
  return new Promise((resolve, reject) => {
    child.once("error", (cause) => reject(spawnFailure(engine, cause)));
    child.once("close", (status, signal) => resolve(status ?? (signal === null ? 255 : 130)));
  });
}

/** The one that was asked for, or the next free one after the usual. Throws `engine-failed` where it is taken. */
export async function freePort(wanted: number | null, usual: number, bind: string): Promise<number> {
  if (wanted !== null) {
    if (await isPortFree(wanted, bind)) return wanted;
    throw new AppError("engine-failed", `Port ${wanted} of ${bind} is taken`, {
      hint: `ss -ltnp 'sport = :${wanted}'`,
    });
  }
  for (let port = usual; port < usual + TRIES; port++) if (await isPortFree(port, bind)) return port;
  throw new AppError("engine-failed", `Ports ${usual} to ${usual + TRIES - 1} of ${bind} are taken`, {
    hint: "choose one with -p PORT",
  });
}

const TRIES = 100;
/** Milliseconds. */
const PATIENCE = 120_000;
const PERIOD = 250;

/** Throws `engine-failed`, with the container's last words, where it ends or does not answer in two minutes. */
export async function waitForLab(
  deps: ContainerDeps,
  name: string,
  address: string,
  clock: () => number,
): Promise<void> {
  const began = clock();
  for (;;) {
    if (await answers(`${address}/api`)) return;
    const ended = await endOf(deps, name);
    const late = clock() - began > PATIENCE;
    if (ended === null && !late) {
      await sleep(PERIOD, undefined, deps.signal === undefined ? {} : { signal: deps.signal });
      continue;
    }
    const log = await lastLines(deps, name, 10);
    throw new AppError(
      "engine-failed",
      ended === null
        ? `${name} runs, and JupyterLab does not answer after ${PATIENCE / 1000} seconds`
        : `${name} has ended with status ${ended}`,
      { hint: `${deps.engine} logs ${name}`, data: { log }, cause: new Error(log.join("\n")) },
    );
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(5_000) })).ok;
  } catch {
    return false;
  }
}

/** Of all containers, running or not. Throws `engine-failed`. */
export async function containerNames(deps: ContainerDeps): Promise<Set<string>> {
  const names = await asked(deps, ["ps", "--all", "--format", "{{.Names}}"]);
  return new Set(names.split("\n").filter((name) => name !== ""));
}

export interface Listed {
  readonly name: string;
  readonly image: string;
  readonly state: string;
  readonly ports: string[];
}

const Inspected = z.array(
  z.object({
    Name: z.string(),
    State: z.object({ Status: z.string() }),
    Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }),
    NetworkSettings: z.object({
      Ports: z
        .record(z.string(), z.array(z.object({ HostIp: z.string().optional(), HostPort: z.string() })).nullable())
        .nullish(),
    }),
  }),
);

/** Those that `morello image run` started, by name. Throws `engine-failed`. */
export async function listContainers(deps: ContainerDeps): Promise<Listed[]> {
  const ids = (await asked(deps, ["ps", "--all", "--quiet", "--filter", `label=${LABELS.workbench}`])).trim();
  if (ids === "") return [];
  const inspected: unknown = JSON.parse(await asked(deps, ["container", "inspect", ...ids.split("\n")]));
  return Inspected.parse(inspected)
    .map(({ Name, State, Config, NetworkSettings }) => ({
      name: Name.replace(/^\//, ""), // as docker has it
      image: Config.Labels?.[LABELS.image] ?? "",
      state: State.Status,
      ports: Object.entries(NetworkSettings.Ports ?? {}).flatMap(([inside, hosts]) =>
        (hosts ?? []).map(({ HostIp = "", HostPort }) => `${HostIp}:${HostPort}->${inside}`),
      ),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

async function asked(deps: ContainerDeps, args: readonly string[]): Promise<string> {
  const done = await run(deps, args, { program: deps.engine, ok: ANY });
  if (done.status === 0) return done.stdout.toString("utf8");
  const why = done.stderr.trim().split("\n").at(-1) ?? "";
  throw new AppError("engine-failed", `${deps.engine} does not list its containers${why === "" ? "" : `: ${why}`}`);
}
