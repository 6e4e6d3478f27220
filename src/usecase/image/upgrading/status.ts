// What there is of a workbench: its containers, which of them its ports lead to, who works in which.
import { JUPYTER_PORT } from "../../../environment/workbench.ts";
import { readDoor, doorName } from "../../../image/upgrade/door.ts";
import type { Containers } from "../../../image/upgrade/containers.ts";
import { isOpen, type Journal } from "../../../image/upgrade/journal.ts";
import type { Place } from "../../../image/upgrade/place.ts";
import { LABELS } from "../../../image/upgrade/start-arguments.ts";
import { versionOf } from "../../../image/upgrade/target.ts";
import type { UpgradeOutcome } from "../../../wire/image/upgrade.ts";
import { usesIn, wirePorts } from "./upgrading.ts";

type Status = Extract<UpgradeOutcome, { kind: "status" }>;
type Role = Status["containers"][number]["role"];

export async function statusOf(
  containers: Containers,
  place: Place,
  current: string,
  journal: Journal | null,
): Promise<Status> {
  const labelled = await containers.labelled(LABELS.workbench, place.name);
  const names = new Set([current, place.name, ...labelled, doorName(place)]);
  if (journal !== null && isOpen(journal)) {
    for (const side of [journal.from, journal.to]) if (side.container !== "") names.add(side.container);
  }
  const told: Status["containers"] = [];
  for (const name of names) {
    const found = await containers.inspect(name);
    if (found === null) continue;
    const role = roleOf(name, place, current, journal);
    const jupyter = found.ports.find(({ inside }) => inside === JUPYTER_PORT)?.port ?? null;
    const image = found.labels[LABELS.image] ?? found.image;
    told.push({
      container: name,
      version: versionOf(image, found.labels),
      image,
      role,
      running: found.running,
      uses: role === "door" ? [] : await usesIn(containers, found, jupyter, journal?.startUp?.processes ?? []),
    });
  }
  return {
    kind: "status",
    name: place.name,
    engine: containers.engine === "docker" ? "docker" : "podman",
    upgrade:
      journal === null
        ? null
        : {
            name: journal.name,
            engine: journal.engine,
            from: journal.from,
            to: journal.to,
            ports: readDoor(place)?.container === journal.to.container ? wirePorts(journal.ports) : [],
            step: journal.at,
            startedAt: journal.startedAt,
            why: journal.why,
          },
    containers: told,
  };
}

function roleOf(name: string, place: Place, current: string, journal: Journal | null): Role {
  if (name === doorName(place)) return "door";
  if (journal !== null && isOpen(journal)) {
    const hasSwitched = readDoor(place)?.container === journal.to.container;
    if (name === journal.from.container) return hasSwitched ? "old" : "current";
    if (name === journal.to.container) return hasSwitched ? "current" : "new";
  }
  return name === current ? "current" : "left-over";
}
