// An image's checks, made in a container of its own: with a token and a key of this run alone, reached over the loopback
// address, and always removed.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { probedPorts, type ProbeManifest } from "../../../environment/probe-manifest.ts";
import { JUPYTER_PORT, SSH_PORT } from "../../../environment/workbench.ts";
import { run } from "../../../git/run.ts";
import { lastLines, withContainer, type ContainerDeps } from "../../../image/container.ts";
import { anyFreePort, type Host } from "../../../image/host.ts";
import type { LocalImage } from "../../../image/local-image.ts";
import { runChecks, type CheckResult } from "../../../image/probe/run-checks.ts";
import { containerUser, gpusGiven, isWorkbench, runCommand, type RunSpec } from "../../../image/run-command.ts";
import type { ImageVerifyOutcome } from "../../../wire/image/verify.ts";
import type { ContainerFace } from "../container-face.ts";

export interface Probing {
  readonly manifest: ProbeManifest;
  /** The text of a file beside the manifest. */
  readonly script: (name: string) => string;
  readonly host: Host;
  readonly deps: ContainerDeps;
  readonly image: LocalImage;
}

export interface ProbingInput {
  /** As people name the image. */
  readonly image: string;
  readonly gpus: RunSpec["gpus"];
  readonly network: string | null;
  /** Memory of GPUs may be taken. */
  readonly compute: boolean;
  /** With the number of checks that there are. */
  readonly onResult?: (result: CheckResult, total: number) => void;
}

const BIND = "127.0.0.1";
const LOG_LINES = 20;

/** Throws `engine-failed` where there is no container to ask. */
export async function probeImage(
  face: ContainerFace,
  input: ProbingInput,
  { manifest, script, host, deps, image }: Probing,
): Promise<NonNullable<ImageVerifyOutcome["probes"]>> {
  const secrets = mkdtempSync(join(tmpdir(), "morello-verify-"));
  try {
    const token = face.random();
    const tokenFile = join(secrets, "jupyter-token");
    writeFileSync(tokenFile, token, { mode: 0o600 });
    const hasSsh = image.exposed.includes(SSH_PORT);
    const key = hasSsh ? await sshKey(deps, join(secrets, "key")) : null;
    const ports = await portsFor([...probedPorts(manifest), ...(hasSsh ? [SSH_PORT] : [])]);
    const name = `morello-verify-${face.random().slice(0, 12)}`;
    const spec = specOf(input, { name, manifest, image, ports, publicKey: key?.publicKey ?? null });
    const gpus = gpusGiven(spec, host);
    const reached = (port: number): number => ports.get(port) ?? port;
    const target = {
      ...deps,
      name,
      reach: (port: number) => ({ host: BIND, port: reached(port) }),
      exposed: image.exposed,
      token,
      sshKey: key?.privateKey ?? null,
      variables: {
        PROBE_GPUS: String(gpus),
        PROBE_SSH_PORT: String(input.network === "host" ? reached(SSH_PORT) : SSH_PORT),
        PROBE_SSH_USER: containerUser(host),
      },
      script,
    };
    const argv = runCommand(spec, host, { mode: "detached", tokenFile: spec.workbench ? tokenFile : null });
    return await withContainer(deps, name, argv, async () => {
      const results = await runChecks(manifest.checks, target, {
        allocate: input.compute || gpus === 0,
        clock: face.clock,
        onResult: (result) => input.onResult?.(result, manifest.checks.length),
      });
      const log = results.some(({ state }) => state === "failed") ? await lastLines(deps, name, LOG_LINES) : [];
      return { manifest: manifest.name, engine: host.engine.name, results, log };
    });
  } finally {
    rmSync(secrets, { recursive: true, force: true });
  }
}

/** Port of the container -> port of this host. */
async function portsFor(inside: readonly number[]): Promise<Map<number, number>> {
  const ports = new Map<number, number>();
  for (const port of inside) {
    let free = await anyFreePort(BIND);
    while ([...ports.values()].includes(free)) free = await anyFreePort(BIND);
    ports.set(port, free);
  }
  return ports;
}

interface Parts {
  readonly name: string;
  readonly manifest: ProbeManifest;
  readonly image: LocalImage;
  readonly ports: ReadonlyMap<number, number>;
  readonly publicKey: string | null;
}

function specOf({ image: asked, gpus, network }: ProbingInput, parts: Parts): RunSpec {
  const { name, manifest, image, ports, publicKey } = parts;
  const services = [JUPYTER_PORT, SSH_PORT];
  const published = (port: number): number | null => (image.exposed.includes(port) ? (ports.get(port) ?? null) : null);
  return {
    name,
    image: image.id,
    asked,
    command: manifest.command ?? [],
    workspace: null,
    bind: BIND,
    ports: { jupyter: published(JUPYTER_PORT), ssh: published(SSH_PORT) },
    more: [...ports].filter(([inside]) => !services.includes(inside)).map(([inside, port]) => ({ inside, port })),
    gpus,
    shmSize: null,
    ipc: "private",
    network,
    volumes: manifest.volumes.map(({ mountPath }) => mountPath),
    env: manifest.env.map((variable) => `${variable.name}=${variable.value}`),
    authorizedKeys: publicKey === null ? [] : [publicKey],
    keepHostKeys: false,
    workbench: isWorkbench(image),
    imageUser: image.user,
  };
}

/** A key of this run alone. */
async function sshKey(deps: ContainerDeps, path: string): Promise<{ publicKey: string; privateKey: string }> {
  await run(deps, ["-q", "-t", "ed25519", "-N", "", "-C", "morello-verify", "-f", path], { program: "ssh-keygen" });
  return { publicKey: readFileSync(`${path}.pub`, "utf8").trim(), privateKey: readFileSync(path, "utf8") };
}
