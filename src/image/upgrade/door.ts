// The door of a workbench: the container that listens on its ports and passes connections on. What it is told is one file,
// replaced whole: all ports move at once, and connections that stand stay where they are.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { AppError } from "../../error.ts";
import { workbenchDirectory } from "../workbench.ts";
import { isNameTaken, type Containers } from "./containers.ts";
import { readText, writeWhole, type Place } from "./place.ts";
import { doorCommand, LABELS } from "./start-arguments.ts";

const Listen = z.object({
  bind: z.string(),
  port: z.int(),
  to: z.object({ host: z.string(), port: z.int() }),
});
export type Listen = z.infer<typeof Listen>;

const DoorFile = z.object({
  /** Counted up with every change. */
  generation: z.int(),
  /** The container that the workbench's ports lead to. */
  container: z.string(),
  listen: z.array(Listen),
});
export type DoorFile = z.infer<typeof DoorFile>;

const Serving = z.object({
  generation: z.int().nullable(),
  refused: z.array(z.object({ bind: z.string(), port: z.int(), why: z.string() })),
});

export type Refused = z.infer<typeof Serving>["refused"][number];

export function doorName({ name }: Place): string {
  return `${name}-door`;
}

/** Null: nothing was ever switched. Throws `state-invalid`. */
export function readDoor(place: Place): DoorFile | null {
  const path = join(place.door, "door.json");
  const text = readText(path);
  if (text === null) return null;
  try {
    return DoorFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new AppError("state-invalid", `Cannot read ${path}, which says where the ports of ${place.name} lead`, {
      cause,
      hint: `mv '${path}' '${path}.damaged'`,
    });
  }
}

/**
 * Makes the door lead where it is told, starts it if it does not run, and gives the ports that it could not have yet.
 * Connections that stand are not touched. `image` must hold python3; nothing is started where nothing is listened to.
 */
export async function setDoor(
  containers: Containers,
  place: Place,
  asked: Omit<DoorFile, "generation"> & { readonly image: string; readonly user: { uid: number; gid: number } },
): Promise<Refused[]> {
  const { container, listen } = asked;
  const before = readDoor(place);
  const isSame = before !== null && before.container === container && sameListen(before.listen, listen);
  const generation = isSame ? before.generation : (before?.generation ?? 0) + 1;
  mkdirSync(place.door, { recursive: true, mode: 0o755 });
  if (!isSame)
    writeWhole(join(place.door, "door.json"), JSON.stringify({ generation, container, listen }), { mode: 0o644 });
  if (listen.length === 0) return [];
  await startDoor(containers, place, asked);
  return waitFor(containers, place, generation);
}

function sameListen(a: readonly Listen[], b: readonly Listen[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** A door that runs is left as it is, whatever program it was started with: starting it anew would cut connections. */
async function startDoor(
  containers: Containers,
  place: Place,
  { image, user }: { readonly image: string; readonly user: { uid: number; gid: number } },
): Promise<void> {
  const name = doorName(place);
  const found = await containers.inspect(name);
  if (found !== null && found.labels[LABELS.door] !== place.name) {
    throw new AppError("image-refused", `The container ${name} is not the door of ${place.name}`, {
      hint: `${containers.engine} rename ${name} OTHER`,
    });
  }
  if (found?.running === true) return;
  if (found !== null) await containers.remove(name);
  rmSync(join(place.door, "serving.json"), { force: true }); // told by the one before
  writeWhole(join(place.door, "door.py"), readFileSync(join(workbenchDirectory(), "door.py"), "utf8"), { mode: 0o644 });
  const command = doorCommand(containers.engine, { workbench: place.name, name, image, directory: place.door }, user);
  try {
    await containers.start(command);
  } catch (error) {
    if (!isNameTaken(error)) throw error; // an earlier run's engine has just started it
  }
}

/** Milliseconds between two looks, and how often. */
const PACE = 50;
const LOOKS = 400;

async function waitFor(containers: Containers, place: Place, generation: number): Promise<Refused[]> {
  for (let look = 0; look < LOOKS; look++) {
    const serving = readServing(place);
    if (serving?.generation === generation) return serving.refused;
    await sleep(PACE);
  }
  const log = await containers.log(doorName(place), 5);
  throw new AppError("engine-failed", `The door of ${place.name} does not follow: ${log.at(-1) ?? "it says nothing"}`, {
    hint: `${containers.engine} logs ${doorName(place)}`,
    data: { log },
  });
}

function readServing(place: Place): z.infer<typeof Serving> | null {
  try {
    return Serving.parse(JSON.parse(readFileSync(join(place.door, "serving.json"), "utf8")));
  } catch {
    return null; // it is being started
  }
}
