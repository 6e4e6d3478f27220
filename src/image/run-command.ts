// What shall run + what the host has -> the engine's command line. Pure: reads nothing, starts nothing.
import {
  HEALTH_COMMAND,
  HOST_KEYS,
  JUPYTER_PORT,
  SSH_PORT,
  START,
  TOKEN_FILE,
  WORKSPACE,
} from "../environment/workbench.ts";

/** Labels that containers are found by; the first names the workbench. */
export const LABELS = { workbench: "morello.workbench", image: "morello.image" } as const;

/** What shall run. No secrets. */
export interface RunSpec {
  /** The container's name. */
  readonly name: string;
  /** As the engine pulls it: by digest where it is known. */
  readonly image: string;
  /** As people name it: `registry.example/app:v2.7.1`. */
  readonly asked: string;
  /** What runs instead of the services; empty: the services. */
  readonly command: readonly string[];
  /** Directory of the host; null: none is mounted. */
  readonly workspace: string | null;
  /** Address of the host that ports are published on. */
  readonly bind: string;
  /** Ports of the host; null: the service is not started, or not reached from outside. */
  readonly ports: { readonly jupyter: number | null; readonly ssh: number | null };
  /** Other ports: of the container, and of the host. */
  readonly more: readonly { readonly inside: number; readonly port: number }[];
  /** `none`, `all`, or the indexes or UUIDs of GPUs. */
  readonly gpus: "none" | "all" | readonly string[];
  /** Of /dev/shm, bytes; not with `ipc`. */
  readonly shmSize: number | null;
  /** `host`: shared memory of the host. */
  readonly ipc: "host" | "private";
  /** Null: the engine's own. `host`: no port is published, since all are the host's. */
  readonly network: string | null;
  /** `HOST:CONTAINER[:OPTIONS]`, besides the workspace. */
  readonly volumes: readonly string[];
  /** `NAME=VALUE`, or `NAME` for the value that the engine's own environment has. */
  readonly env: readonly string[];
  /** Public keys that may log in, one an entry. */
  readonly authorizedKeys: readonly string[];
  /** Host keys stay in a volume of that name. */
  readonly keepHostKeys: boolean;
  /** The image has morello-start: user, secrets and health are its. */
  readonly workbench: boolean;
  /** Whom the image runs as by itself; empty: root. */
  readonly imageUser: string;
}

/** What of the host decides how it is said. */
export interface HostFacts {
  readonly engine: {
    readonly name: "podman" | "docker";
    /** Numbers of its version, `[28, 2, 2]`. */
    readonly version: readonly number[];
    /** root in a container is the caller on the host. */
    readonly rootless: boolean;
    /** It can start health checks: docker does so itself, podman through systemd. */
    readonly healthchecks: boolean;
  };
  readonly gpu: {
    /** Of NVIDIA's on the host. */
    readonly count: number;
    /** There is a CDI description of them. */
    readonly cdi: boolean;
    /** The hook or runtime of NVIDIA's container toolkit is there. */
    readonly toolkit: boolean;
  };
  readonly uid: number;
  readonly gid: number;
  /** Labels of files are enforced. */
  readonly selinux: boolean;
  /** Whether limits above the caller's own may be set; else what the caller's hard limits are, -1 for none. */
  readonly limits: { readonly mayRaise: boolean; readonly memlock: number; readonly stack: number };
}

export interface RunOptions {
  /** How it stands to the terminal. */
  readonly mode: "interactive" | "piped" | "detached";
  /** A file of the host, readable by the caller alone; null: morello-start makes a token. */
  readonly tokenFile: string | null;
}

/** How the host's GPUs are named to the engine. `unreachable`: there are some, and the engine cannot be told of them. */
export type GpuWay = "none" | "gpus" | "cdi" | "unreachable";

/** Docker takes CDI names by itself since this version. */
const DOCKER_CDI = [28, 2];

export function gpuWay(spec: Pick<RunSpec, "gpus">, { engine, gpu }: Pick<HostFacts, "engine" | "gpu">): GpuWay {
  if (spec.gpus === "none" || (spec.gpus === "all" && gpu.count === 0)) return "none";
  if (engine.name === "docker") {
    if (gpu.toolkit) return "gpus";
    return gpu.cdi && isAtLeast(engine.version, DOCKER_CDI) ? "cdi" : "unreachable";
  }
  return gpu.cdi ? "cdi" : "unreachable";
}

function isAtLeast(version: readonly number[], wanted: readonly number[]): boolean {
  for (const [at, number] of wanted.entries()) {
    const have = version[at] ?? 0;
    if (have !== number) return have > number;
  }
  return true;
}

/** The whole command line, the engine first. */
export function runCommand(spec: RunSpec, host: HostFacts, { mode, tokenFile }: RunOptions): string[] {
  const { engine } = host;
  return [
    engine.name,
    "run",
    ...{ interactive: ["--interactive", "--tty", "--rm"], piped: ["--interactive", "--rm"], detached: ["--detach"] }[
      mode
    ],
    "--name",
    spec.name,
    // What an upgrade, and `image run --list`, find it by.
    "--label",
    `${LABELS.workbench}=${spec.name}`,
    "--label",
    `${LABELS.image}=${spec.asked}`,
    ...gpuArguments(spec, host),
    ...networkArguments(spec),
    ...memoryArguments(spec),
    ...limitArguments(host),
    ...userArguments(spec, host),
    ...mountArguments(spec, host, tokenFile),
    ...variableArguments(spec),
    ...(spec.workbench ? healthArguments(host) : ["--init"]), // morello-start reaps by itself
    spec.image,
    ...spec.command,
  ];
}

function gpuArguments(spec: RunSpec, host: HostFacts): string[] {
  const { gpus } = spec;
  switch (gpuWay(spec, host)) {
    case "none":
    case "unreachable":
      return [];
    case "gpus": // docker reads the value as CSV: quotes keep a list together
      return [
        "--gpus",
        typeof gpus === "string" ? gpus : gpus.length === 1 ? `device=${gpus[0]}` : quotedDevices(gpus),
      ];
    case "cdi":
      return (typeof gpus === "string" ? [gpus] : gpus).flatMap((device) => ["--device", `nvidia.com/gpu=${device}`]);
  }
}

function quotedDevices(devices: readonly string[]): string {
  return `"device=${devices.join(",")}"`;
}

function networkArguments({ network, ports, more, bind }: RunSpec): string[] {
  if (network === "host") return ["--network", "host"];
  const publish = (host: number | null, inside: number): string[] =>
    host === null ? [] : ["--publish", `${bind.includes(":") ? `[${bind}]` : bind}:${host}:${inside}`];
  return [
    ...(network === null ? [] : ["--network", network]),
    ...publish(ports.jupyter, JUPYTER_PORT),
    ...publish(ports.ssh, SSH_PORT),
    ...more.flatMap(({ inside, port }) => publish(port, inside)),
  ];
}

/** Engines refuse or pass over a size where the host's shared memory is used. */
function memoryArguments({ ipc, shmSize }: RunSpec): string[] {
  if (ipc === "host") return ["--ipc", "host"];
  return shmSize === null ? [] : ["--shm-size", String(shmSize)];
}

/** NVIDIA's containers ask for these: pinned memory without limit, 64 MiB of stack. */
const STACK = 64 * 1024 * 1024;

function limitArguments({ limits, engine }: HostFacts): string[] {
  const limit = (name: string, value: number): string[] => ["--ulimit", `${name}=${value}:${value}`];
  if (limits.mayRaise) return [...limit("memlock", -1), ...limit("stack", STACK)];
  // root without the right to raise limits, as in a container: podman would raise others as soon as it is given any.
  if (!engine.rootless) return [];
  const stack = limits.stack === -1 ? STACK : Math.min(STACK, limits.stack);
  return [...limit("memlock", limits.memlock), ...limit("stack", stack)];
}

/**
 * What is written in the workspace shall be the caller's. Where root of the container is the caller, root it stays;
 * where the image names a user, the caller takes that user's place.
 */
function userArguments({ workbench, imageUser }: RunSpec, { engine, uid, gid }: HostFacts): string[] {
  if (uid === 0 && !isRoot(imageUser)) return [];
  if (engine.rootless && !isRoot(imageUser)) return engine.name === "podman" ? ["--userns", "keep-id"] : [];
  if (!isRoot(imageUser)) return ["--user", `${uid}:${gid}`];
  const mapped = engine.rootless || uid === 0;
  if (!workbench) return mapped ? [] : ["--user", `${uid}:${gid}`];
  if (mapped) return ["--env", "MORELLO_UID=0"];
  return ["--env", `MORELLO_UID=${uid}`, "--env", `MORELLO_GID=${gid}`];
}

function isRoot(user: string): boolean {
  return ["", "root", "0"].includes(user.split(":")[0] ?? "");
}

/** Who logs in over SSH, and whom JupyterLab runs as. */
export function containerUser({ engine, uid }: Pick<HostFacts, "engine" | "uid">): "root" | "morello" {
  return engine.rootless || uid === 0 ? "root" : "morello";
}

function mountArguments(spec: RunSpec, { selinux }: HostFacts, tokenFile: string | null): string[] {
  const label = selinux ? ",z" : "";
  const mounts = [
    ...(spec.workspace === null ? [] : [`${spec.workspace}:${WORKSPACE}${selinux ? ":z" : ""}`]),
    ...(tokenFile === null ? [] : [`${tokenFile}:${TOKEN_FILE}:ro${label}`]),
    // Made at the first start: whoever logged in once finds the same host again, also after an upgrade.
    ...(spec.ports.ssh === null || !spec.keepHostKeys ? [] : [`${hostKeyVolume(spec.name)}:${HOST_KEYS}`]),
    ...spec.volumes,
  ];
  return [
    ...mounts.flatMap((mount) => ["--volume", mount]),
    ...(spec.workspace === null || spec.workbench ? [] : ["--workdir", WORKSPACE]),
  ];
}

/** The volume that holds the host keys of containers of that name. */
function hostKeyVolume(name: string): string {
  return `${name}-host-keys`;
}

function variableArguments(spec: RunSpec): string[] {
  const { ports, bind, network, workbench, authorizedKeys, env } = spec;
  const services = workbench
    ? [
        ...(spec.command.length > 0 || ports.jupyter !== null ? [] : ["JUPYTER=0"]),
        ...(ports.jupyter === null || spec.command.length > 0
          ? []
          : [`MORELLO_URL=${labAddress(bind, ports.jupyter)}`]),
        ...(ports.ssh === null ? [] : ["SSH=1", `AUTHORIZED_KEYS=${authorizedKeys.join("\n")}`]),
        ...(network !== "host" || ports.jupyter === null ? [] : [`JUPYTER_PORT=${ports.jupyter}`]),
        ...(network !== "host" || ports.ssh === null ? [] : [`SSH_PORT=${ports.ssh}`]),
      ]
    : [];
  return [...services, ...env].flatMap((variable) => ["--env", variable]);
}

/** `http://127.0.0.1:8889`: how the published port is reached from the host itself. */
export function labAddress(bind: string, port: number): string {
  const host = bind === "0.0.0.0" ? "127.0.0.1" : bind === "::" ? "::1" : bind;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function healthArguments({ engine }: HostFacts): string[] {
  if (!engine.healthchecks) return [];
  return ["--health-cmd", HEALTH_COMMAND, "--health-interval", "30s", "--health-start-period", "60s"];
}

/** Whether morello-start is what it runs. */
export function isWorkbench({ entrypoint }: { readonly entrypoint: readonly string[] }): boolean {
  return entrypoint.includes(START);
}

/** A command line as people paste it into a shell. */
export function shellWords(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+:,./=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(" ");
}

/** The block that goes into ~/.ssh/config: `ssh NAME`, and every editor that works over SSH, knows it then. */
export function sshConfig(host: {
  readonly name: string;
  readonly bind: string;
  readonly port: number;
  readonly user: string;
  /** The private key's file; null where an agent alone has it. */
  readonly identity: string | null;
}): string {
  const address = host.bind === "0.0.0.0" ? "127.0.0.1" : host.bind === "::" ? "::1" : host.bind;
  return [
    `Host ${host.name}`,
    `  HostName ${address}`,
    `  Port ${host.port}`,
    `  User ${host.user}`,
    ...(host.identity === null
      ? []
      : [`  IdentityFile ${/\s/.test(host.identity) ? `"${host.identity}"` : host.identity}`, "  IdentitiesOnly yes"]),
    // The same port may be another container's tomorrow: known by name, trusted at the first login.
    `  HostKeyAlias ${host.name}`,
    "  StrictHostKeyChecking accept-new",
    "",
  ].join("\n");
}

/** How many GPUs the container gets. */
export function gpusGiven(spec: Pick<RunSpec, "gpus">, host: Pick<HostFacts, "engine" | "gpu">): number {
  const way = gpuWay(spec, host);
  if (way === "none" || way === "unreachable") return 0;
  return typeof spec.gpus === "string" ? host.gpu.count : spec.gpus.length;
}

/** Runs a script on as many processes as there are GPUs; on one where there are none. */
export function torchrun(script: readonly string[], spec: Pick<RunSpec, "gpus">, host: HostFacts): string[] {
  return ["torchrun", "--standalone", `--nproc-per-node=${Math.max(gpusGiven(spec, host), 1)}`, ...script];
}
