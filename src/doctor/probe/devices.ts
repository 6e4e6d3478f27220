// Device nodes, and whether they may be used: by their permissions, and by the rules of the container's cgroup.
import { open, stat } from "node:fs/promises";
import { constants, type Stats } from "node:fs";
import { join } from "node:path";
import type { HostFacts } from "../facts.ts";
import { names, text, type Roots } from "./roots.ts";

export interface User {
  readonly uid: number;
  readonly gid: number;
  /** Other groups. */
  readonly groups: readonly number[];
}

/** Owner of what a user namespace does not map. */
const NOBODY = 65_534;

export async function deviceFacts(
  roots: Roots,
  user: User,
  own: boolean,
): Promise<Pick<HostFacts, "devices" | "control" | "deviceRules">> {
  const nodes = (await names(roots.dev)).filter((name) => /^nvidia(?:ctl|\d+|-uvm)$|^dxg$/.test(name));
  const devices = await Promise.all(
    nodes.map(async (name) => {
      const { mode, uid, gid } = await stat(join(roots.dev, name));
      return { name, mode: mode & 0o777, uid, gid, usable: allows({ mode, uid, gid }, user, 0o6) };
    }),
  );
  const rules = await text(roots.sys, "fs/cgroup/devices/devices.list");
  return {
    devices,
    control: own ? await tryControl(join(roots.dev, "nvidiactl")) : "not tried",
    deviceRules: rules?.trim().split("\n") ?? null,
  };
}

/** `wanted`: 4 to read, 2 to write, or both. root may do all, but to what its user namespace does not map. */
export function allows(file: Pick<Stats, "mode" | "uid" | "gid">, user: User, wanted: number): boolean {
  if (user.uid === 0 && file.uid !== NOBODY) return true;
  const shift = file.uid === user.uid ? 6 : file.gid === user.gid || user.groups.includes(file.gid) ? 3 : 0;
  return ((file.mode >> shift) & wanted) === wanted;
}

/** Opening the control node wakes no GPU, and is what every program does first. */
async function tryControl(path: string): Promise<HostFacts["control"]> {
  try {
    await (await open(path, constants.O_RDWR)).close();
    return "opens";
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT") return "absent";
    if (code === "EPERM") return "forbidden";
    return code === "EACCES" ? "denied" : "not tried";
  }
}
