// The workbench as it stands, and which version comes next -> a journal that has moved nothing yet.
import { JUPYTER_PORT, SSH_PORT } from "../../../environment/workbench.ts";
import { AppError, isAppError } from "../../../error.ts";
import { freePort } from "../../../image/upgrade/answers.ts";
import type { Container, Image, PublishedPort } from "../../../image/upgrade/container.ts";
import { openContainers, type Containers } from "../../../image/upgrade/containers.ts";
import { readDoor, type DoorFile } from "../../../image/upgrade/door.ts";
import { newJournal, type Journal, type JournalPort } from "../../../image/upgrade/journal.ts";
import type { Place } from "../../../image/upgrade/place.ts";
import { LABELS } from "../../../image/upgrade/start-arguments.ts";
import { nextImage, versionOf } from "../../../image/upgrade/target.ts";
import type { Deps } from "../../workspace.ts";

export type ContainerEngine = "podman" | "docker";

/** The engine that knows the workbench, and the container that its ports lead to. Throws `nothing-to-do`. */
export async function findWorkbench(
  deps: Deps,
  place: Place,
  engine: ContainerEngine | null,
): Promise<{ containers: Containers; current: Container }> {
  const missing: unknown[] = [];
  for (const candidate of engine === null ? (["podman", "docker"] as const) : [engine]) {
    const containers = openEngine(deps, candidate);
    try {
      const current = await findCurrent(containers, place);
      if (current !== null) return { containers, current };
    } catch (error) {
      if (engine !== null || !(isAppError(error, "git-failed") || isAppError(error, "engine-failed"))) throw error;
      missing.push(error); // not installed, or its daemon does not run: the other one may know it
    }
  }
  if (missing.length === 2) {
    throw new AppError("engine-missing", "Neither podman nor docker answers", {
      cause: missing[0],
      hint: "podman ps, or docker ps: one of them must work",
    });
  }
  throw new AppError("nothing-to-do", `There is no workbench ${place.name}: no container has that name`, {
    hint: `${engine ?? "podman"} ps --all`,
  });
}

export function openEngine(deps: Deps, engine: ContainerEngine): Containers {
  return openContainers(engine, {
    env: deps.environment,
    cwd: deps.cwd,
    ...(deps.signal === undefined ? {} : { signal: deps.signal }),
  });
}

async function findCurrent(containers: Containers, place: Place): Promise<Container | null> {
  const led = readDoor(place)?.container;
  const known = led === undefined ? null : await containers.inspect(led);
  if (known !== null) return known;
  const named = await containers.inspect(place.name);
  if (named !== null) return named;
  const labelled = await containers.labelled(LABELS.workbench, place.name);
  if (labelled.length > 1) {
    throw new AppError("image-refused", `Several containers are ${place.name}: ${labelled.join(", ")}`, {
      hint: `${containers.engine} rm the one that is not wanted`,
    });
  }
  return labelled[0] === undefined ? null : containers.inspect(labelled[0]);
}

/** Throws `usage`, `image-refused`. */
export async function planUpgrade(
  deps: Deps,
  place: Place,
  { containers, current }: { readonly containers: Containers; readonly current: Container },
  wanted: string | null,
): Promise<Journal> {
  const image = await containers.image(current.imageId);
  if (image !== null) refuseOwnCommand(place, current, image);
  const asked = current.labels[LABELS.image] ?? current.image;
  const version = versionOf(asked, image?.labels ?? current.labels);
  const next = nextImage(asked, version, wanted, place.name);
  return newJournal({
    id: `${deps.now}-${current.id.slice(0, 12)}`,
    name: place.name,
    engine: containers.engine === "docker" ? "docker" : "podman",
    startedAt: deps.now,
    from: { container: current.name, version, image: asked, pinned: image?.digests[0] ?? current.imageId },
    to: { container: "", version: versionOf(next, {}), image: next, pinned: null },
    ports: await planPorts(current, readDoor(place)),
  });
}

/** The same command in a second container would run the same job twice. */
function refuseOwnCommand(place: Place, current: Container, image: Image): void {
  const same = (a: readonly string[], b: readonly string[]): boolean => a.join("\0") === b.join("\0");
  if (same(current.command, image.command) && same(current.entrypoint, image.entrypoint)) return;
  const words = [...current.command].join(" ");
  throw new AppError(
    "image-refused",
    `${place.name} runs a command of its own (${words}), which a second container would run a second time`,
    { hint: "wait until it has ended, then start the new version: morello image run IMAGE" },
  );
}

/** With a door its ports stay. Without, the old one has its ports until it is gone, and the door gets the next free ones. */
async function planPorts(current: Container, door: DoorFile | null): Promise<JournalPort[]> {
  const taken = new Set<number>();
  const ports: JournalPort[] = [];
  for (const published of current.ports) {
    const { inside, bind, port } = published;
    const led = door?.container === current.name ? door.listen.filter(({ to }) => to.port === port) : [];
    const reached = led.map((one) => ({ bind: one.bind, port: one.port }));
    const near = reached[0] ?? { bind, port };
    const free = { bind: near.bind, port: await freePort(near.bind, near.port + 1, taken) };
    taken.add(free.port);
    ports.push({
      inside,
      service: serviceOf(published),
      reached: reached.length > 0 ? reached : [free],
      aside: reached.length > 0 ? free : null,
      own: reached.length > 0 ? null : { bind, port },
      from: port,
      to: null,
    });
  }
  return ports;
}

function serviceOf({ inside }: PublishedPort): JournalPort["service"] {
  if (inside === SSH_PORT || inside === 2222) return "ssh";
  return inside === JUPYTER_PORT ? "jupyter" : "other";
}
