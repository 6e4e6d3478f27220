// `morello image run`: plans the engine's command line for this host, shows it, or runs it.
import { resolve } from "node:path";
import { JUPYTER_PORT, SSH_PORT } from "../../environment/workbench.ts";
import { AppError } from "../../error.ts";
import type { ContainerDeps } from "../../image/container.ts";
import { hostFacts, type Host, type Runner } from "../../image/host.ts";
import { localImage, pullImage, type LocalImage } from "../../image/local-image.ts";
import {
  containerUser,
  gpuWay,
  isWorkbench,
  labAddress,
  runCommand,
  shellWords,
  sshConfig,
  torchrun,
  type RunSpec,
} from "../../image/run-command.ts";
import { containerNames, freePort, listContainers, startContainer, waitForLab } from "../../image/running.ts";
import { callerKeys, type CallerKeys } from "../../image/ssh-keys.ts";
import { tokenPlace, writeToken } from "../../image/token-file.ts";
import { parseReference } from "../../oci/reference.ts";
import type { ImageRunListOutcome, ImageRunOutcome } from "../../wire/image/run.ts";
import type { ContainerFace } from "./container-face.ts";
import { namedImage } from "./named-image.ts";
import { behindDoor, openDoor } from "./upgrading/open-door.ts";

export interface ImageRunInput {
  /** A line, a release's tag, or an image. */
  readonly what: string;
  /** Instead of the services. */
  readonly command: readonly string[];
  readonly torchrun: boolean;
  readonly variant: string | null;
  readonly name: string | null;
  readonly engine: Runner | null;
  readonly gpus: RunSpec["gpus"];
  /** Ports of the host; null: the usual one, or the next that is free. */
  readonly port: number | null;
  readonly sshPort: number | null;
  readonly bind: string;
  readonly ssh: boolean;
  /** Files of public keys; with one, SSH is asked for. */
  readonly keys: readonly string[];
  /** Null: the working directory. */
  readonly workspace: string | null;
  /** Bytes; null: half of the host's memory, as Linux has it for itself. */
  readonly shmSize: number | null;
  readonly ipc: RunSpec["ipc"];
  readonly network: string | null;
  readonly volumes: readonly string[];
  readonly env: readonly string[];
  readonly mode: "print" | "foreground" | "detached";
  /** With `detached`: its ports are a door's, so that an upgrade can move them. */
  readonly door: boolean;
  /** Somebody sits at a terminal. */
  readonly terminal: boolean;
  /** Told before a container in the foreground takes the terminal. */
  readonly onStart?: (outcome: ImageRunOutcome) => void;
  readonly onPull?: (image: string) => void;
}

/** Throws `image-reference`, `image-spec`, `unknown-key`, `engine-missing`, `engine-failed`, `usage`. */
export async function imageRun(face: ContainerFace, input: ImageRunInput): Promise<ImageRunOutcome> {
  const named = await namedImage(face, input.what, input.variant);
  const host = await hostFacts({ env: face.environment, cwd: face.cwd, root: "/", user: face.user }, input.engine);
  const deps: ContainerDeps = { engine: host.engine.name, env: face.environment, cwd: face.cwd };
  const image = await knownImage(deps, named.reference, input);
  const wantsSsh = input.ssh || input.keys.length > 0;
  const keys = wantsSsh ? await callerKeys(input.keys, { env: face.environment, cwd: face.cwd }) : null;
  const notes: string[] = [];
  const name = await freeName(deps, input.name, named.title);
  const workspace = resolve(face.cwd, input.workspace ?? ".");
  const spec = await specOf(input, { named, name, image, host, keys, notes, workspace });
  if (gpuWay(spec, host) === "unreachable") notes.push(unreachable(host));
  const token = spec.ports.jupyter === null ? null : tokenPlace(name, face.environment);
  const mode = input.mode === "detached" ? "detached" : input.terminal ? "interactive" : "piped";
  const behind = input.door && mode === "detached" ? await behindDoor(spec) : null;
  const argv = runCommand(behind?.spec ?? spec, host, { mode, tokenFile: token });
  const outcome: ImageRunOutcome = {
    kind: "image-run",
    name,
    image: named.asked,
    argv,
    shell: `${token === null ? "" : `${tokenCommand(token)}\n`}${shellWords(argv)}`,
    jupyter:
      spec.ports.jupyter === null || token === null
        ? null
        : { url: `${labAddress(spec.bind, spec.ports.jupyter)}/lab`, tokenFile: token },
    ssh: spec.ports.ssh === null ? null : sshOf(spec, spec.ports.ssh, host, keys),
    notes,
    state: "planned",
    exitStatus: null,
  };
  if (input.mode === "print") return outcome;
  if (token !== null) writeToken(token, face.random());
  input.onStart?.({ ...outcome, state: "started" });
  if (input.mode === "foreground") {
    return { ...outcome, state: "ended", exitStatus: await startContainer(deps, argv, "inherit") };
  }
  await startContainer(deps, argv, "quiet");
  if (behind !== null) await openDoor(face, host.engine.name, behind, face.user);
  if (spec.ports.jupyter !== null) await waitForLab(deps, name, labAddress(spec.bind, spec.ports.jupyter), face.clock);
  return { ...outcome, state: "started" };
}

/** Where only the command line is shown, nothing is pulled: it is taken for a workbench. */
async function knownImage(deps: ContainerDeps, reference: string, input: ImageRunInput): Promise<LocalImage> {
  const known = await localImage(deps, reference);
  if (known !== null) return { ...known, id: reference };
  if (input.mode === "print") {
    const entrypoint = ["/usr/local/bin/morello-start"];
    return { id: reference, digests: [], exposed: [SSH_PORT, JUPYTER_PORT], entrypoint, user: "", labels: {} };
  }
  input.onPull?.(reference);
  const parsed = parseReference(reference);
  const local = await pullImage(deps, parsed, reference);
  const found = await localImage(deps, local);
  if (found !== null) return { ...found, id: local };
  throw new AppError("engine-failed", `${deps.engine} has no image ${reference} though it has just got it`);
}

interface Planning {
  readonly named: { readonly reference: string; readonly asked: string };
  readonly name: string;
  readonly image: LocalImage;
  readonly host: Host;
  readonly keys: CallerKeys | null;
  readonly workspace: string;
  /** Added to. */
  readonly notes: string[];
}

async function specOf(input: ImageRunInput, planning: Planning): Promise<RunSpec> {
  const { named, name, image, host, keys, notes, workspace } = planning;
  const workbench = isWorkbench(image);
  const command = input.torchrun ? torchrun(input.command, input, host) : input.command;
  const wantsLab = workbench && command.length === 0 && image.exposed.includes(JUPYTER_PORT);
  if (keys !== null && !(workbench && image.exposed.includes(SSH_PORT))) {
    throw new AppError("usage", `${named.asked} has no SSH server`, {
      hint: "image: {services: {ssh: true}} in morello.yaml, and release the line again",
    });
  }
  const port = async (wanted: number | null, usual: number, what: string): Promise<number> => {
    const free = await freePort(wanted, usual, input.bind);
    if (wanted === null && free !== usual) notes.push(`port ${usual} is taken, so ${what} is on ${free}`);
    return free;
  };
  return {
    name,
    image: image.id,
    asked: named.asked,
    command,
    workspace,
    bind: input.bind,
    ports: {
      jupyter: wantsLab ? await port(input.port, JUPYTER_PORT, "JupyterLab") : null,
      ssh: keys === null ? null : await port(input.sshPort, 2222, "SSH"),
    },
    more: [],
    gpus: input.gpus,
    shmSize: input.ipc === "host" ? null : (input.shmSize ?? Math.floor(host.memory / 2)),
    ipc: input.ipc,
    network: input.network,
    volumes: input.volumes,
    env: input.env,
    authorizedKeys: keys?.publicKeys ?? [],
    keepHostKeys: true,
    workbench,
    imageUser: image.user,
  };
}

/** A name that was given is taken or refused; ours is numbered. */
async function freeName(deps: ContainerDeps, wanted: string | null, title: string): Promise<string> {
  const taken = await containerNames(deps);
  if (wanted !== null) {
    if (!taken.has(wanted)) return wanted;
    throw new AppError("engine-failed", `There is a container ${wanted} already`, {
      hint: `${deps.engine} start ${wanted}, or ${deps.engine} rm ${wanted}`,
    });
  }
  for (let number = 1; ; number++) {
    const name = number === 1 ? title : `${title}-${number}`;
    if (!taken.has(name)) return name;
  }
}

function sshOf(spec: RunSpec, port: number, host: Host, keys: CallerKeys | null): NonNullable<ImageRunOutcome["ssh"]> {
  const user = containerUser(host);
  const config = sshConfig({ name: spec.name, bind: spec.bind, port, user, identity: keys?.identity ?? null });
  return { port, user, config };
}

function unreachable({ engine, gpu }: Host): string {
  const what = `this host has ${gpu.count} GPU${gpu.count === 1 ? "" : "s"}, and ${engine.name} cannot be told of them`;
  return engine.name === "podman"
    ? `${what}: nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml`
    : `${what}: nvidia-ctk runtime configure --runtime=docker && systemctl restart docker`;
}

/** The token is made where it is kept: no process ever has it as an argument. */
function tokenCommand(file: string): string {
  const quoted = shellWords([file]);
  return `(umask 077 && mkdir -p ${shellWords([resolve(file, "..")])} && od -An -N24 -tx1 /dev/urandom | tr -d ' \\n' >${quoted})`;
}

/** Containers that were started so, by name. */
export async function imageRunList(face: ContainerFace, engine: Runner | null): Promise<ImageRunListOutcome> {
  const host = await hostFacts({ env: face.environment, cwd: face.cwd, root: "/", user: face.user }, engine);
  const deps: ContainerDeps = { engine: host.engine.name, env: face.environment, cwd: face.cwd };
  const containers = await listContainers(deps);
  return { kind: "image-run-list", engine: host.engine.name, containers };
}
