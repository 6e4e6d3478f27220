// A workbench with a door from its start: its container listens where only this host reaches it, and the door has the ports
// that people know. An upgrade can move them at once then.
import { freePort } from "../../../image/upgrade/answers.ts";
import { setDoor, type Listen } from "../../../image/upgrade/door.ts";
import { placeOf } from "../../../image/upgrade/place.ts";
import { labAddress, type RunSpec } from "../../../image/run-command.ts";
import type { Deps } from "../../workspace.ts";
import { openEngine, type ContainerEngine } from "./begin.ts";

export interface Behind {
  /** What is started: the same on free ports of the loopback address. */
  readonly spec: RunSpec;
  readonly listen: readonly Listen[];
}

/** Chooses where the container listens. What morello-start tells people is the door's address all the same. */
export async function behindDoor(spec: RunSpec): Promise<Behind> {
  const taken = new Set<number>();
  const listen: Listen[] = [];
  const behind = async (port: number | null): Promise<number | null> => {
    if (port === null) return null;
    const inner = await freePort("127.0.0.1", 0, taken);
    taken.add(inner);
    listen.push({ bind: spec.bind, port, to: { host: "127.0.0.1", port: inner } });
    return inner;
  };
  const ports = { jupyter: await behind(spec.ports.jupyter), ssh: await behind(spec.ports.ssh) };
  const { jupyter } = spec.ports;
  const address = jupyter === null ? [] : [`MORELLO_URL=${labAddress(spec.bind, jupyter)}`];
  return { spec: { ...spec, bind: "127.0.0.1", ports, env: [...spec.env, ...address] }, listen };
}

/** Once the container runs. Throws `engine-failed`, as where its image holds no python3. */
export async function openDoor(
  deps: Deps,
  engine: ContainerEngine,
  { spec, listen }: Behind,
  user: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const place = placeOf(spec.name, deps.environment);
  await setDoor(openEngine(deps, engine), place, {
    container: spec.name,
    listen: [...listen],
    image: spec.image,
    user,
  });
}
