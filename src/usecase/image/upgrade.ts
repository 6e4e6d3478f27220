// `morello image upgrade`: the new version beside the old one, the ports moved when it is healthy, the old container left
// alone as long as anybody works in it. Every step is written down before it is done, so that the same command goes on
// after a kill. No process in the old container is ever ended while it is somebody's.
import { AppError, unreachable } from "../../error.ts";
import type { Container } from "../../image/upgrade/container.ts";
import type { Containers } from "../../image/upgrade/containers.ts";
import { isOpen, readJournal, removeJournal, type Journal } from "../../image/upgrade/journal.ts";
import { placeOf, withWorkbench, type Place } from "../../image/upgrade/place.ts";
import { doorCommand, LABELS } from "../../image/upgrade/start-arguments.ts";
import { doorName, readDoor } from "../../image/upgrade/door.ts";
import type { UpgradeOutcome, UpgradeUse } from "../../wire/image/upgrade.ts";
import type { Deps } from "../workspace.ts";
import { rollBack, turnAround } from "./upgrading/back.ts";
import { findWorkbench, openEngine, planUpgrade, type ContainerEngine } from "./upgrading/begin.ts";
import { commandOf, healthy, pull, start, switchPorts } from "./upgrading/forward.ts";
import { drain, remove } from "./upgrading/leave.ts";
import { statusOf } from "./upgrading/status.ts";
import { about, wirePorts, type UpgradeOptions, type Upgrading } from "./upgrading/upgrading.ts";

export type { UpgradeEvent, UpgradeOptions } from "./upgrading/upgrading.ts";

export interface UpgradeInput extends UpgradeOptions {
  readonly name: string;
  /** A version or an image; null: the newest of the same line. */
  readonly to: string | null;
  /** Null: the one that knows the workbench. */
  readonly engine: ContainerEngine | null;
  readonly mode: "upgrade" | "plan" | "abort" | "status";
}

const NAME = /^[A-Za-z0-9][\w.-]*$/;

/** Throws what engines and disks fail with; the journal then says where to go on. */
export async function upgradeImage(deps: Deps, input: UpgradeInput): Promise<UpgradeOutcome> {
  const { name, mode } = input;
  if (!NAME.test(name)) {
    throw new AppError("usage", `${JSON.stringify(name)} is no container's name`, { hint: "podman ps --all" });
  }
  const place = placeOf(name, deps.environment);
  if (mode === "status") return readStatus(deps, place, input.engine);
  if (mode === "plan") return planned(deps, place, input);
  return withWorkbench(place, async () => {
    const { journal, damaged } = readJournal(place);
    const open = journal !== null && isOpen(journal) ? journal : null;
    if (open === null) {
      if (mode === "abort") {
        throw new AppError("nothing-to-do", `No upgrade of ${name} is under way`, {
          hint: `morello image upgrade ${name} --status`,
        });
      }
      const { containers, current } = await findWorkbench(deps, place, input.engine);
      await removeLate(containers, journal, current);
      const fresh = await planUpgrade(deps, place, { containers, current }, input.to);
      return run(about({ deps, options: input, place, containers, journal: fresh }, {}));
    }
    const containers = openEngine(deps, open.engine);
    const resumed: Upgrading = { deps, options: input, place, containers, journal: open };
    if (mode === "abort") return run(await abort(resumed));
    refuseOther(open, input.to);
    input.onEvent({ kind: "resumed", step: open.at, damaged });
    return run(resumed);
  });
}

/** Another version is asked for than the one that is under way. */
function refuseOther({ name, to }: Journal, wanted: string | null): void {
  if (wanted === null || wanted === to.image || to.image.endsWith(`:${wanted}`) || wanted === to.version) return;
  throw new AppError("image-refused", `${name} is being upgraded to ${to.image}, and ${wanted} is asked for`, {
    hint: `morello image upgrade ${name} --abort`,
  });
}

/** A start of an upgrade that was rolled back, by an engine that outlived its command. */
async function removeLate(containers: Containers, last: Journal | null, current: Container): Promise<void> {
  if (last === null || (last.at !== "rolled-back" && last.at !== "aborted") || last.aborting) return;
  if (last.to.container === "" || last.to.container === current.name) return;
  const found = await containers.inspect(last.to.container);
  if (found?.labels[LABELS.upgrade] === last.id) await containers.remove(found.name);
}

/** Before the switch the new one goes; after it the ports go back, and the new one is left alone like any other. */
async function abort(upgrading: Upgrading): Promise<Upgrading> {
  const { journal, place } = upgrading;
  if (journal.aborting) return upgrading;
  const hasSwitched = readDoor(place)?.container === journal.to.container && journal.to.container !== "";
  if (!hasSwitched) return about(upgrading, { at: "roll-back", why: null });
  if ((await upgrading.containers.inspect(journal.from.container)) === null) {
    throw new AppError(
      "nothing-to-do",
      `The old container ${journal.from.container} is gone, so nothing leads back to it`,
      {
        hint: `morello image upgrade ${journal.name} --to ${journal.from.image}`,
      },
    );
  }
  const turned = turnAround(upgrading);
  return { ...turned, options: { ...turned.options, wait: false } };
}

/** From the step that the journal says to the end. */
async function run(begun: Upgrading): Promise<UpgradeOutcome> {
  let upgrading = begun;
  for (;;) {
    const { journal } = upgrading;
    switch (journal.at) {
      case "pull": {
        const pulled = await pull(upgrading);
        if (pulled === null) {
          removeJournal(upgrading.place);
          return { kind: "current", name: journal.name, side: journal.from };
        }
        upgrading = pulled;
        break;
      }
      case "start":
        upgrading = await start(upgrading);
        break;
      case "healthy":
        upgrading = await healthy(upgrading);
        break;
      case "switch":
        upgrading = await switchPorts(upgrading);
        break;
      case "drain": {
        const drained = await drain(upgrading);
        upgrading = drained.upgrading;
        if (drained.uses.length === 0) break;
        const uses = [...drained.uses];
        if (journal.aborting) return aborted(upgrading.journal, uses);
        return { kind: "draining", ...sides(upgrading.journal), uses };
      }
      case "remove": {
        const removed = await remove(upgrading);
        upgrading = removed.upgrading;
        if (removed.rest === "in-use") break;
        if (journal.aborting) return aborted(upgrading.journal, []);
        return { kind: "upgraded", ...sides(upgrading.journal), old: removed.rest };
      }
      case "roll-back":
        upgrading = await rollBack(upgrading);
        break;
      case "rolled-back":
        return { kind: "rolled-back", ...sides(journal), why: journal.why ?? "", log: [...journal.log] };
      case "aborted":
        return aborted(journal, []);
      case "done":
        return { kind: "upgraded", ...sides(journal), old: { kind: "removed" } };
      default:
        return unreachable(journal.at);
    }
  }
}

/** A journal that was turned around leads to what was old; before the switch the ports never left it. */
function aborted(journal: Journal, uses: UpgradeUse[]): UpgradeOutcome {
  const [side, other] = journal.aborting ? [journal.to, journal.from] : [journal.from, journal.to];
  return { kind: "aborted", ...sides(journal), side, other: other.container, uses };
}

function sides({ name, engine, from, to, ports }: Journal): {
  name: string;
  engine: Journal["engine"];
  from: Journal["from"];
  to: Journal["to"];
  ports: ReturnType<typeof wirePorts>;
} {
  return { name, engine, from, to, ports: wirePorts(ports) };
}

async function readStatus(deps: Deps, place: Place, engine: ContainerEngine | null): Promise<UpgradeOutcome> {
  const { journal } = readJournal(place);
  const { containers, current } = await findWorkbench(deps, place, journal?.engine ?? engine);
  return statusOf(containers, place, current.name, journal);
}

/** Nothing is pulled, started or written. */
async function planned(deps: Deps, place: Place, input: UpgradeInput): Promise<UpgradeOutcome> {
  const { containers, current } = await findWorkbench(deps, place, input.engine);
  const journal = await planUpgrade(deps, place, { containers, current }, input.to);
  const container = `${journal.name}-${journal.to.version}`;
  const shown = { ...journal, to: { ...journal.to, container } };
  const { args } = await commandOf({ deps, options: input, place, containers, journal: shown }, false);
  const { engine } = containers;
  const door = { workbench: place.name, name: doorName(place), image: journal.to.image, directory: place.door };
  const hasDoor = (await containers.inspect(doorName(place)))?.running === true || journal.ports.length === 0;
  return {
    kind: "planned",
    ...sides(shown),
    commands: [
      [engine, "pull", journal.to.image],
      [engine, ...args],
      ...(hasDoor ? [] : [[engine, ...doorCommand(engine, door, input.user)]]),
      [engine, "stop", "--time", "30", journal.from.container],
      [engine, "rm", journal.from.container],
    ],
  };
}
