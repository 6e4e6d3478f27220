// What a container was started with -> the command line that starts the next version alike. Nothing is run here.
import { posix } from "node:path";
import { HEALTH_COMMAND } from "../../environment/workbench.ts";
import type { Engine } from "../engine.ts";
import { LABELS as RUN_LABELS } from "../run-command.ts";
import type { Container, Image, Mount } from "./container.ts";

/** Labels that only upgrades set, beside those of `image run`. */
export const LABELS = {
  ...RUN_LABELS,
  /** The upgrade that started it. */
  upgrade: "morello.upgrade",
  /** On the container that listens on the workbench's ports. */
  door: "morello.door",
} as const;

/** Ports of the container -> ports of the loopback address, where the door finds them. */
export interface InnerPort {
  readonly inside: number;
  /** Null: any that is free. */
  readonly port: number | null;
}

export interface Next {
  readonly name: string;
  /** By digest, or an ID: what a tag names may move. */
  readonly image: string;
  readonly ports: readonly InnerPort[];
  readonly labels: Readonly<Record<string, string>>;
  /** Laid over the old one's: the token's file, the host keys. */
  readonly mounts: readonly Mount[];
  /** Laid over what the old one was given. */
  readonly env: readonly string[];
}

export interface StartCommand {
  readonly args: readonly string[];
  /** For the engine's own process: values that no list of processes is to show. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What the old container was given goes on: mounts, variables, GPUs, limits, user, labels; what its image said itself
 * is left to the new image. Published on the loopback address alone.
 */
export function startCommand(engine: Engine, old: Container, image: Image, next: Next): StartCommand {
  const names = new Set(next.env.map((entry) => entry.slice(0, entry.indexOf("="))));
  const kept = old.env.filter((entry) => !image.env.includes(entry) && !isEngines(entry));
  const given = [...kept.filter((entry) => !names.has(entry.slice(0, entry.indexOf("=")))), ...next.env];
  const hidden = given.filter((entry) => !OPEN.test(entry));
  const mounts = [...old.mounts.filter(({ at }) => !next.mounts.some((one) => one.at === at)), ...next.mounts];
  const labels = { ...labelsOf(old, image), ...next.labels };
  const args = [
    "run",
    "--detach",
    "--name",
    next.name,
    ...Object.entries(labels).flatMap(([key, value]) => ["--label", `${key}=${value}`]),
    ...next.ports.flatMap(({ inside, port }) => ["--publish", `127.0.0.1:${port === null ? "" : port}:${inside}`]),
    ...mounts.flatMap((mount) => ["--volume", `${mount.source}:${mount.at}${mount.writable ? "" : ":ro"}`]),
    ...given.filter((entry) => OPEN.test(entry)).flatMap((entry) => ["--env", entry]),
    ...hidden.flatMap((entry) => ["--env", entry.slice(0, entry.indexOf("="))]),
    ...old.gpus,
    ...(isSharedMemoryOwn(old) ? ["--shm-size", String(old.shmSize)] : []),
    ...(old.ipc === "host" ? ["--ipc", "host"] : []),
    ...old.ulimits.flatMap((limit) => ["--ulimit", limit]),
    ...old.capabilities.flatMap((capability) => ["--cap-add", capability]),
    ...old.security.flatMap((option) => ["--security-opt", option]),
    ...(old.user !== "" && old.user !== image.user ? ["--user", old.user] : []),
    // Podman runs no health check that the image names in Docker's way; docker does so by itself.
    ...(engine === "podman" && old.health !== null
      ? ["--health-cmd", HEALTH_COMMAND, "--health-interval", "30s", "--health-start-period", "60s"]
      : []),
    ...(old.hasInit ? ["--init"] : []),
    ...(["", "no"].includes(old.restart) ? [] : ["--restart", old.restart]),
    ...networkOf(engine, old),
    ...(old.tty ? ["--tty"] : []),
    next.image,
  ];
  const env = Object.fromEntries(hidden.map((entry) => [entry.slice(0, entry.indexOf("=")), after(entry)]));
  return { args, env };
}

/** Variables that would change the engine itself if it got them: they are given on its command line. */
const OPEN =
  /^(?:PATH|HOME|USER|TMPDIR|LANG|LC_\w+|LD_\w+|XDG_\w+|DOCKER_\w+|CONTAINERS?_\w+|BUILDAH_\w+|GO\w+|\w*_proxy|\w*_PROXY)=/;

function after(entry: string): string {
  return entry.slice(entry.indexOf("=") + 1);
}

/** What engines set in every container. */
function isEngines(entry: string): boolean {
  return /^(?:container|HOSTNAME|TERM)=/.test(entry) || entry === "HOME=/root";
}

function labelsOf(old: Container, image: Image): Record<string, string> {
  const own = Object.entries(old.labels).filter(([key, value]) => image.labels[key] !== value);
  return Object.fromEntries(own.filter(([key]) => !key.startsWith("io.podman.") && !key.startsWith("com.docker.")));
}

/** 64 MB, or 62.5 MB as podman says, is what every container gets. */
function isSharedMemoryOwn({ shmSize, ipc }: Container): boolean {
  return ipc !== "host" && shmSize !== 0 && shmSize !== 67_108_864 && shmSize !== 65_536_000;
}

/** The engine's own way unless the old one had another network: with the host's, nothing could be published. */
function networkOf(engine: Engine, { network }: Container): string[] {
  const usual = ["", "default", "bridge", "podman", "host", "private", "slirp4netns", "pasta"];
  if (usual.includes(network)) return engine === "podman" && network === "slirp4netns" ? ["--network", network] : [];
  return /^(?:container|ns|none)/.test(network) ? [] : ["--network", network];
}

/** The door: a container of the same image that needs python3 and its own directory, on the host's network. */
export function doorCommand(
  engine: Engine,
  door: { readonly workbench: string; readonly name: string; readonly image: string; readonly directory: string },
  user: { readonly uid: number; readonly gid: number },
): string[] {
  // What it writes must be the user's: podman without rights maps root to the user, docker maps nobody.
  const who = engine === "podman" ? "0:0" : `${user.uid}:${user.gid}`;
  const mount = `${door.directory}:/door:z`; // z: labelled for SELinux, where there is one
  const alone = "--read-only --cap-drop all --security-opt no-new-privileges --no-healthcheck".split(" ");
  return [
    "run",
    "--detach",
    "--name",
    door.name,
    "--label",
    `${LABELS.door}=${door.workbench}`,
    "--network",
    "host",
    "--restart",
    "unless-stopped",
    "--user",
    who,
    ...alone,
    "--volume",
    mount,
    "--entrypoint",
    "python3",
    door.image,
    "-I", // of Python's own modules alone: nothing of the image's environment
    "-S",
    "/door/door.py",
  ];
}

/** Files that a person wrote in a container, of what `diff` tells: neither mounted, nor temporary, nor its start's. */
export function writtenFiles(diff: string, mounts: readonly Mount[], startUp: readonly string[]): string[] {
  const paths = changedPaths(diff);
  const known = new Set(startUp);
  return paths.filter((path, at) => {
    const isDirectory = paths[at + 1]?.startsWith(`${path}/`) === true;
    const isMount = mounts.some(
      ({ at: mount }) => mount === path || mount.startsWith(`${path}/`) || path.startsWith(`${mount}/`),
    );
    return !isDirectory && !isMount && !known.has(path) && !TEMPORARY.test(path) && !TEMPORARY.test(`${path}/`);
  });
}

/** Sorted, so that what is in a directory follows it. Deletions are nothing that could be lost. */
export function changedPaths(diff: string): string[] {
  const paths = diff.split("\n").flatMap((line) => /^[AC] (\/.+)$/.exec(line)?.[1] ?? []);
  return [...new Set(paths.map((path) => posix.normalize(path)))].toSorted((a, b) => (`${a}/` < `${b}/` ? -1 : 1));
}

const TEMPORARY =
  /^\/(?:tmp|run|proc|sys|dev|var\/(?:tmp|run|log|cache|lock|spool))\/|\/(?:\.cache|__pycache__|\.ipynb_checkpoints|\.local\/share\/jupyter\/runtime|\.ipython\/profile_default)\/|\/\.(?:bash|python|lesshst|wget)[^/]*history\/?$|^\/etc\/(?:hostname|hosts|resolv\.conf|mtab|environment|morello)(?:\/|$)/;
