// The steps up to the switch: the new version is pulled, started beside the old one, and must be healthy before the ports
// lead to it. Until then nobody could notice, and the old container is only asked what it was started with.
import { existsSync, mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { HOST_KEYS, TOKEN_FILE } from "../../../environment/workbench.ts";
import { AppError, isAppError } from "../../../error.ts";
import { freePort, isSshThere, jupyterStatus } from "../../../image/upgrade/answers.ts";
import type { Container, Image, Mount } from "../../../image/upgrade/container.ts";
import { isNameTaken, isPortTaken } from "../../../image/upgrade/containers.ts";
import { computeComplaint, cudaView } from "../../../image/upgrade/cuda.ts";
import { setDoor, type Listen } from "../../../image/upgrade/door.ts";
import type { Journal, JournalPort } from "../../../image/upgrade/journal.ts";
import { writeWhole } from "../../../image/upgrade/place.ts";
import { changedPaths, LABELS, startCommand } from "../../../image/upgrade/start-arguments.ts";
import { versionOf } from "../../../image/upgrade/target.ts";
import { about, tokenOf, wirePorts, type Upgrading } from "./upgrading.ts";

/** Null: it is what runs already. */
export async function pull(upgrading: Upgrading): Promise<Upgrading | null> {
  const { containers, journal, options } = upgrading;
  const { image: reference } = journal.to;
  options.onEvent({ kind: "pulling", image: reference });
  const isLocal = reference.startsWith("localhost/") && (await containers.image(reference)) !== null;
  if (!isLocal) await pullPatiently(upgrading, reference); // `localhost/` is podman's name for what was built here
  const image = await containers.image(reference);
  if (image === null)
    throw new AppError("image-missing", `${containers.engine} has no image ${reference} after its pull`);
  const old = await oldOne(upgrading);
  if (old.imageId === image.id) return null;
  const version = versionOf(reference, image.labels);
  const repository = reference.replace(/@.*$/, "").replace(/:[\w][\w.-]*$/, "");
  const pinned = image.digests.find((digest) => digest.startsWith(`${repository}@`)) ?? image.id;
  const container = await freeName(upgrading, `${journal.name}-${version.replace(/[^\w.-]+/g, "-")}`);
  options.onEvent({ kind: "pulled", version, pinned });
  return about(upgrading, { at: "start", to: { container, version, image: reference, pinned } });
}

/** Milliseconds before each further try: what was pulled stays, and some gigabytes take more than one connection. */
const PAUSES = [1000, 4000];
/** Words that no further try would change. */
const FINAL =
  /manifest unknown|not found|unauthorized|denied|invalid reference|no such host|connection refused|no space left/i;

async function pullPatiently({ containers }: Upgrading, reference: string): Promise<void> {
  for (const pause of [...PAUSES, null]) {
    try {
      return await containers.pull(reference);
    } catch (error) {
      if (pause === null || !isAppError(error, "engine-failed") || FINAL.test(error.message)) throw error;
      await sleep(pause);
    }
  }
}

/** The name may be an earlier upgrade's whose container was kept. */
async function freeName({ containers, journal }: Upgrading, wanted: string): Promise<string> {
  for (let count = 1; ; count++) {
    const name = count === 1 ? wanted : `${wanted}-${count}`;
    const found = await containers.inspect(name);
    if (found === null || found.labels[LABELS.upgrade] === journal.id) return name;
  }
}

/** How often a start is tried with other ports, when somebody takes one at the same moment. */
const TRIES = 5;

/** Starts it, unless an earlier run has. A start that the engine refuses is a new version that is not fit. */
export async function start(upgrading: Upgrading): Promise<Upgrading> {
  for (let attempt = 1; ; attempt++) {
    const found = await newOne(upgrading);
    if (found?.running === true) return begun(upgrading, found);
    if (found !== null) await upgrading.containers.remove(found.name); // made and never started, or ended before it was asked
    const ports = await innerPorts(upgrading.journal.ports);
    upgrading = about(upgrading, { ports });
    const { args, env } = await commandOf(upgrading);
    try {
      await upgrading.containers.start(args, env);
    } catch (error) {
      if (isNameTaken(error)) continue; // an earlier run's engine was not dead, and has just made it
      if (isPortTaken(error) && attempt < TRIES) continue;
      if (!isAppError(error, "engine-failed")) throw error;
      return unfit(upgrading, error.message);
    }
  }
}

function begun(upgrading: Upgrading, found: Container): Upgrading {
  upgrading.options.onEvent({ kind: "started", container: found.name });
  const ports = upgrading.journal.ports.map((port) => ({
    ...port,
    to: found.ports.find(({ inside }) => inside === port.inside)?.port ?? port.to,
  }));
  return about(upgrading, { at: "healthy", ports });
}

async function innerPorts(ports: readonly JournalPort[]): Promise<JournalPort[]> {
  const taken = new Set<number>();
  const chosen: JournalPort[] = [];
  for (const port of ports) {
    const to = await freePort("127.0.0.1", 0, taken);
    taken.add(to);
    chosen.push({ ...port, to });
  }
  return chosen;
}

/** The command that starts the new version as the old one was started; `handOver`: its token and host keys are written. */
export async function commandOf(upgrading: Upgrading, handOver = true): Promise<ReturnType<typeof startCommand>> {
  const { containers, journal } = upgrading;
  const old = await oldOne(upgrading);
  const image: Image | null = await containers.image(old.imageId);
  const isRoot = ["", "root", "0", "0:0"].includes(old.user);
  return startCommand(containers.engine, old, image ?? NO_IMAGE, {
    name: journal.to.container,
    image: journal.to.pinned ?? journal.to.image,
    ports: journal.ports.map(({ inside, to }) => ({ inside, port: to })),
    labels: {
      [LABELS.workbench]: journal.name,
      [LABELS.image]: journal.to.image,
      [LABELS.upgrade]: journal.id,
    },
    mounts: handOver ? [...(isRoot ? await tokenMount(upgrading, old) : []), ...(await hostKeys(upgrading, old))] : [],
    env: [],
  });
}

const NO_IMAGE: Image = { id: "", digests: [], labels: {}, env: [], command: [], entrypoint: [], user: "" };

/** A token that the old one made for itself goes on, as a file that root alone can read. */
async function tokenMount({ containers, place }: Upgrading, old: Container): Promise<Mount[]> {
  const isGiven = old.env.some((entry) => /^JUPYTER_(?:TOKEN|PASSWORD)\w*=./.test(entry));
  const isMounted = old.mounts.some(
    ({ at }) => TOKEN_FILE.startsWith(`${at}/`) || at.startsWith("/run/secrets/jupyter"),
  );
  if (isGiven || isMounted) return [];
  const token = await tokenOf(containers, old);
  if (token === null) return [];
  writeWhole(place.token, `${token}\n`);
  return [{ kind: "bind", source: place.token, at: TOKEN_FILE, writable: false }];
}

/** The host keys go on: `ssh` would warn of a new machine otherwise, and rightly refuse. */
async function hostKeys({ containers, place, journal }: Upgrading, old: Container): Promise<Mount[]> {
  if (!journal.ports.some(({ service }) => service === "ssh")) return [];
  if (old.mounts.some(({ at }) => at === HOST_KEYS)) return [];
  if (!existsSync(place.hostKeys)) {
    mkdirSync(place.directory, { recursive: true, mode: 0o700 });
    if (!(await containers.copyOut(old.name, HOST_KEYS, place.hostKeys))) return [];
  }
  return [{ kind: "bind", source: place.hostKeys, at: HOST_KEYS, writable: true }];
}

/** Milliseconds between two looks. */
const PACE = 200;

/** Waits until every service answers; then the ports may move. Nothing that is asked computes on a GPU. */
export async function healthy(upgrading: Upgrading): Promise<Upgrading> {
  const { containers, options } = upgrading;
  const end = options.clock() + options.readyTimeout;
  for (let restarted = false; ;) {
    const found = await newOne(upgrading);
    if (found === null) return about(upgrading, { at: "start" }); // somebody took it away: nothing is lost with it
    if (!found.running) {
      if (restarted) return unfit(upgrading, `it ended with status ${found.exitCode}`);
      restarted = true; // the machine may have gone down with it: one that is not fit ends again
      await containers.restart(found.name);
      continue;
    }
    const missing = await silentService(upgrading, found);
    if (missing === null) break;
    if (options.clock() >= end) return unfit(upgrading, `${missing} after ${options.readyTimeout} s`);
    await sleep(PACE, undefined, upgrading.deps.signal === undefined ? {} : { signal: upgrading.deps.signal });
  }
  const complaint = await complaintOf(upgrading);
  if (complaint !== null) return unfit(upgrading, complaint);
  const { container } = upgrading.journal.to;
  const processes = (await containers.processes(container)) ?? [];
  const paths = changedPaths(await containers.diff(container));
  options.onEvent({ kind: "healthy", container });
  const startUp = { processes: [...new Set(processes.map(({ args }) => args))], paths };
  return about(upgrading, { at: "switch", startUp });
}

async function silentService({ containers, journal }: Upgrading, found: Container): Promise<string | null> {
  for (const { service, to, inside } of journal.ports) {
    if (to === null) continue;
    if (service === "jupyter") {
      const status = await jupyterStatus(to, await tokenOf(containers, found));
      if (status === null) return "Jupyter did not answer";
      if (status >= 500) return `Jupyter answered ${status}`;
    }
    if (service === "ssh" && !(await isSshThere(to))) return `SSH did not answer on port ${inside}`;
  }
  return (await containers.isHealthy(found)) ? null : "its health check did not pass";
}

/** CUDA must be there where the old one had it. */
async function complaintOf(upgrading: Upgrading): Promise<string | null> {
  const { containers, journal, options } = upgrading;
  const now = await cudaView(containers, journal.to.container);
  if (now.kind === "missing") {
    const old = await oldOne(upgrading);
    const before = old.running ? await cudaView(containers, old.name) : null;
    if (before?.kind === "there" || (before?.kind !== "missing" && old.gpus.length > 0)) return now.why;
  }
  return options.probeGpu ? computeComplaint(containers, journal.to.container) : null;
}

const LOG_LINES = 20;

async function unfit(upgrading: Upgrading, why: string): Promise<Upgrading> {
  const { container } = upgrading.journal.to;
  const log =
    (await upgrading.containers.inspect(container)) === null
      ? []
      : await upgrading.containers.log(container, LOG_LINES);
  upgrading.options.onEvent({ kind: "unhealthy", container, why });
  return about(upgrading, { at: "roll-back", why, log });
}

/** All ports at once, for new connections alone. */
export async function switchPorts(upgrading: Upgrading): Promise<Upgrading> {
  const { containers, journal, place, options } = upgrading;
  const { to } = journal;
  if ((await newOne(upgrading))?.running !== true) {
    if (!journal.aborting) return about(upgrading, { at: "healthy" }); // it ended since, or the machine did
    await containers.restart(to.container);
  }
  await setDoor(containers, place, {
    container: to.container,
    listen: [...listens(journal), ...asides(journal)],
    image: to.pinned ?? to.image,
    user: options.user,
  });
  options.onEvent({
    kind: "switched",
    ports: wirePorts(journal.ports),
    from: journal.from.container,
    to: to.container,
  });
  return about(upgrading, { at: "drain" });
}

/** Where the workbench is reached. */
export function listens({ ports }: Journal): Listen[] {
  return ports.flatMap(({ reached, to }) => (to === null ? [] : reached.map((at) => listen(at, to))));
}

/** Where the old one is reached meanwhile. */
export function asides({ ports }: Journal): Listen[] {
  return ports.flatMap(({ aside, from }) => (aside === null ? [] : [listen(aside, from)]));
}

/** The old one's own ports, for when it is gone. */
export function owns({ ports }: Journal): Listen[] {
  return ports.flatMap(({ own, to }) => (own === null || to === null ? [] : [listen(own, to)]));
}

function listen({ bind, port }: { readonly bind: string; readonly port: number }, to: number): Listen {
  return { bind, port, to: { host: "127.0.0.1", port: to } };
}

/** Throws `nothing-to-do` where the old one is not there any more. */
async function oldOne({ containers, journal }: Upgrading): Promise<Container> {
  const found = await containers.inspect(journal.from.container);
  if (found !== null) return found;
  throw new AppError("nothing-to-do", `The container ${journal.from.container} is not there any more`, {
    hint: `morello image upgrade ${journal.name} --abort`,
  });
}

/** The new one, if it is this upgrade's. Throws `image-refused` for somebody else's container of that name. */
export async function newOne({ containers, journal }: Upgrading): Promise<Container | null> {
  if (journal.to.container === "") return null;
  const found = await containers.inspect(journal.to.container);
  if (found === null || found.labels[LABELS.upgrade] === journal.id || journal.aborting) return found;
  throw new AppError("image-refused", `The container ${found.name} is not of this upgrade`, {
    hint: `${containers.engine} rename ${found.name} OTHER`,
  });
}
