// The steps after the switch: the old container is left alone until nobody works in it, however long that takes. Then its
// last ports are closed, it is looked at once more, asked to end, and removed, unless it holds files that nothing else does.
import { setTimeout as sleep } from "node:timers/promises";
import type { Container } from "../../../image/upgrade/container.ts";
import type { Use } from "../../../image/upgrade/drain.ts";
import { setDoor, type Listen, type Refused } from "../../../image/upgrade/door.ts";
import { writtenFiles } from "../../../image/upgrade/start-arguments.ts";
import type { UpgradeRest } from "../../../wire/image/upgrade.ts";
import { asides, listens, owns } from "./forward.ts";
import { about, usesIn, type Upgrading } from "./upgrading.ts";

/** Milliseconds between two looks; they grow, since training takes days. */
const FIRST_PACE = 500;
const LAST_PACE = 15_000;

/** Comes back when nobody works in the old one, or with what holds it where nobody is to wait. */
export async function drain(upgrading: Upgrading): Promise<{ upgrading: Upgrading; uses: readonly Use[] }> {
  const { options, journal, deps, containers } = upgrading;
  const { container } = journal.to;
  if ((await containers.inspect(container))?.running === false) await containers.restart(container); // the machine was started anew
  await lead(upgrading, asides(journal)); // a door that does not run is started
  const began = options.clock();
  let pace = FIRST_PACE;
  let hasWarned = false;
  let said = "";
  for (let free = 0; ;) {
    const uses = await oldUses(upgrading);
    free = uses.length === 0 ? free + 1 : 0;
    if (free === 2) return { upgrading: about(upgrading, { at: "remove" }), uses: [] }; // a shell between two commands is not idle
    if (free === 0) {
      const words = uses.map(({ what }) => what).join("\n");
      if (words !== said) options.onEvent({ kind: "waiting", container: journal.from.container, uses });
      said = words;
      if (!options.wait) return { upgrading, uses };
      const seconds = options.clock() - began;
      if (!hasWarned && options.drainTimeout !== null && seconds >= options.drainTimeout) {
        hasWarned = true;
        options.onEvent({ kind: "overdue", container: journal.from.container, uses, seconds: options.drainTimeout });
      }
    }
    await sleep(free === 0 ? pace : FIRST_PACE, undefined, deps.signal === undefined ? {} : { signal: deps.signal });
    pace = Math.min(pace * 1.3, LAST_PACE);
  }
}

async function oldUses({ containers, journal }: Upgrading): Promise<Use[]> {
  const old = await containers.inspect(journal.from.container);
  const jupyter = journal.ports.find(({ service }) => service === "jupyter")?.from ?? null;
  return usesIn(containers, old, jupyter, journal.startUp?.processes ?? []);
}

/** Seconds that what runs in it has to end by itself. */
const PATIENCE = 30;

/** `in-use`: somebody came at the last moment, and the old one is open again. */
export async function remove(upgrading: Upgrading): Promise<{ upgrading: Upgrading; rest: UpgradeRest | "in-use" }> {
  const { containers, journal, options } = upgrading;
  const old = await containers.inspect(journal.from.container);
  if (old !== null) {
    await lead(upgrading, []); // nobody comes in any more …
    if ((await oldUses(upgrading)).length > 0) {
      await lead(upgrading, asides(journal)); // … but somebody had
      return { upgrading: about(upgrading, { at: "drain" }), rest: "in-use" };
    }
    options.onEvent({ kind: "stopping", container: old.name });
    await containers.stop(old.name, PATIENCE);
  }
  const files = old === null ? [] : await filesOf(upgrading, old);
  if (old !== null && files.length === 0) await containers.remove(old.name);
  const refused = await lead(upgrading, owns(journal));
  if (refused.length > 0) options.onEvent({ kind: "refused", ports: refused.map(({ port }) => port) });
  if (files.length > 0) options.onEvent({ kind: "kept", container: journal.from.container, files });
  else options.onEvent({ kind: "removed", container: journal.from.container });
  const rest: UpgradeRest = files.length > 0 ? { kind: "kept", files } : { kind: "removed" };
  const ports = journal.ports.map((port) => ({
    ...port,
    reached: port.own === null ? port.reached : [port.own, ...port.reached],
    own: null,
    aside: null,
  }));
  return { upgrading: about(upgrading, { at: journal.aborting ? "aborted" : "done", ports }), rest };
}

async function filesOf({ containers, journal }: Upgrading, old: Container): Promise<string[]> {
  if ((await containers.inspect(old.name)) === null) return []; // started with --rm
  return writtenFiles(await containers.diff(old.name), old.mounts, journal.startUp?.paths ?? []);
}

/** The ports of the workbench, and others. */
async function lead({ containers, journal, place, options }: Upgrading, others: readonly Listen[]): Promise<Refused[]> {
  const { to } = journal;
  return setDoor(containers, place, {
    container: to.container,
    listen: [...listens(journal), ...others],
    image: to.pinned ?? to.image,
    user: options.user,
  });
}
