// The ways back: a new version that is not fit is removed before anybody could reach it; a switch is taken back by leading
// the ports to the old container again, and leaving the new one alone like any that people may work in.
import { LABELS } from "../../../image/upgrade/start-arguments.ts";
import { newOne } from "./forward.ts";
import { about, type Upgrading } from "./upgrading.ts";

/** Removes the new one. The old one was not touched, and the ports have not moved. */
export async function rollBack(upgrading: Upgrading): Promise<Upgrading> {
  const { journal, containers } = upgrading;
  const found = await newOne(upgrading);
  if (found !== null && found.labels[LABELS.upgrade] === journal.id) await containers.remove(found.name);
  return about(upgrading, { at: journal.why === null ? "aborted" : "rolled-back" });
}

/** The journal turned around: what was new is left alone until nobody works in it, then removed. */
export function turnAround(upgrading: Upgrading): Upgrading {
  const { from, to, ports } = upgrading.journal;
  const turned = ports.flatMap((port) =>
    port.to === null ? [] : [{ ...port, from: port.to, to: port.from, own: null, aside: port.aside }],
  );
  return about(upgrading, { at: "switch", aborting: true, from: to, to: from, ports: turned });
}
