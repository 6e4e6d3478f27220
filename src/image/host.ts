// What this host has for containers: engine, GPUs, limits, free ports. Looks, and changes nothing.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { totalmem } from "node:os";
import { delimiter, join } from "node:path";
import { AppError } from "../error.ts";
import type { Environment } from "../git/environment.ts";
import { run } from "../git/run.ts";
import { gpuWay, type HostFacts } from "./run-command.ts";

export type Runner = "podman" | "docker";

const RUNNERS: readonly Runner[] = ["podman", "docker"];

export interface Host extends HostFacts {
  /** Bytes. */
  readonly memory: number;
}

export interface HostDeps {
  readonly env: Environment;
  readonly cwd: string;
  /** Of the file system that is looked at: `/`. */
  readonly root: string;
  /** Of the caller. */
  readonly user: { readonly uid: number; readonly gid: number };
}

/**
 * `wanted` null: the first of podman and docker on the PATH that can be told of the host's GPUs, else the first.
 * Throws `engine-missing`, `engine-failed`.
 */
export async function hostFacts(deps: HostDeps, wanted: Runner | null): Promise<Host> {
  const here = RUNNERS.filter((name) => onPath(name, deps.env));
  const names = wanted === null ? here : here.filter((name) => name === wanted);
  if (names.length === 0) {
    throw new AppError(
      "engine-missing",
      wanted === null
        ? "Nothing here runs containers: neither podman nor docker is on the PATH"
        : `${wanted} is not on the PATH`,
      { hint: wanted === null || here[0] === undefined ? "apt-get install podman" : `--engine ${here[0]}` },
    );
  }
  const gpu = gpuFacts(deps);
  const failures: unknown[] = [];
  const found: Host[] = [];
  for (const name of names) {
    try {
      found.push(await factsOf(name, gpu, deps));
    } catch (failure) {
      failures.push(failure);
    }
  }
  const reaching = found.find((host) => gpuWay({ gpus: "all" }, host) !== "unreachable");
  const chosen = reaching ?? found[0];
  if (chosen === undefined) throw failures[0];
  return chosen;
}

async function factsOf(name: Runner, gpu: HostFacts["gpu"], deps: HostDeps): Promise<Host> {
  const { user, root, env, cwd } = deps;
  const common = {
    ...user,
    selinux: readText(join(root, "sys/fs/selinux/enforce")).trim() === "1",
    memory: totalmem(),
  };
  if (name === "podman") {
    const said = await run({ cwd, env }, ["--version"], { program: name });
    return {
      ...common,
      engine: {
        name,
        version: versionOf(said.stdout.toString("utf8")),
        rootless: user.uid !== 0,
        healthchecks: existsSync(join(root, "run/systemd/system")),
      },
      gpu,
      limits: ownLimits(root),
    };
  }
  const asked = await run({ cwd, env }, ["info", "--format", "{{json .}}"], { program: name, ok: [0, 1] });
  const info = readInfo(asked.stdout.toString("utf8"));
  if (info === null || asked.status !== 0) {
    const why = asked.stderr.trim().split("\n").at(-1) ?? "";
    throw new AppError("engine-failed", `docker does not answer${why === "" ? "" : `: ${why}`}`, {
      hint: "systemctl start docker, or add yourself to its group: usermod -aG docker $USER",
      data: { stderr: asked.stderr },
    });
  }
  const rootless = (info.SecurityOptions ?? []).some((option) => option.includes("name=rootless"));
  return {
    ...common,
    engine: { name, version: versionOf(info.ServerVersion ?? ""), rootless, healthchecks: true },
    gpu: { ...gpu, toolkit: gpu.toolkit || info.Runtimes?.["nvidia"] !== undefined },
    // The daemon sets them, not we.
    limits: { ...ownLimits(root), mayRaise: !rootless },
  };
}

interface DockerInfo {
  readonly ServerVersion?: string;
  readonly SecurityOptions?: readonly string[];
  readonly Runtimes?: Readonly<Record<string, unknown>>;
}

function readInfo(text: string): DockerInfo | null {
  try {
    const info = JSON.parse(text) as DockerInfo;
    return info.ServerVersion === undefined || info.ServerVersion === "" ? null : info;
  } catch {
    return null;
  }
}

/** `podman version 4.3.1` -> `[4, 3, 1]` */
function versionOf(text: string): number[] {
  return (/\d+(?:\.\d+)*/.exec(text)?.[0] ?? "0").split(".").map(Number);
}

function onPath(program: string, env: Environment): boolean {
  const directories = (env["PATH"] ?? "").split(delimiter).filter((directory) => directory !== "");
  return directories.some((directory) => existsSync(join(directory, program)));
}

const CDI_DIRECTORIES = ["etc/cdi", "var/run/cdi", "run/cdi"];
const TOOLKIT = ["nvidia-container-runtime-hook", "nvidia-container-runtime"];

function gpuFacts({ root, env }: HostDeps): HostFacts["gpu"] {
  const devices = list(join(root, "dev")).filter((name) => /^nvidia\d+$/.test(name));
  const known = list(join(root, "proc/driver/nvidia/gpus"));
  const windows = existsSync(join(root, "dev/dxg")) ? 1 : 0; // WSL: one device for all
  return {
    count: Math.max(devices.length, known.length, windows),
    cdi: CDI_DIRECTORIES.some((directory) =>
      list(join(root, directory)).some(
        (name) => /\.(?:ya?ml|json)$/.test(name) && readText(join(root, directory, name)).includes("nvidia.com/gpu"),
      ),
    ),
    toolkit: TOOLKIT.some((program) => existsSync(join(root, "usr/bin", program)) || onPath(program, env)),
  };
}

/** CAP_SYS_RESOURCE. Source: linux/capability.h */
const SYS_RESOURCE = 24n;

/** Of this process: what podman, which is a child of ours, can ask for. */
function ownLimits(root: string): HostFacts["limits"] {
  const limits = readText(join(root, "proc/self/limits"));
  const hard = (name: string): number => {
    const value = new RegExp(`^${name}\\s+\\S+\\s+(\\S+)`, "m").exec(limits)?.[1] ?? "unlimited";
    return value === "unlimited" ? -1 : Number(value);
  };
  const effective = /^CapEff:\s*([0-9a-f]+)/m.exec(readText(join(root, "proc/self/status")))?.[1] ?? "0";
  return {
    mayRaise: ((BigInt(`0x${effective}`) >> SYS_RESOURCE) & 1n) === 1n,
    memlock: hard("Max locked memory"),
    stack: hard("Max stack size"),
  };
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Whether nothing listens there, and we might. */
export async function isPortFree(port: number, bind: string): Promise<boolean> {
  return (await listen(port, bind)) !== null;
}

/** A port of the system's choice that was free this moment. */
export async function anyFreePort(bind: string): Promise<number> {
  const port = await listen(0, bind);
  if (port === null) throw new AppError("engine-failed", `No port of ${bind} can be listened on`, { hint: "ip addr" });
  return port;
}

function listen(port: number, bind: string): Promise<number | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(null));
    server.listen({ port, host: bind, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : port));
    });
  });
}
