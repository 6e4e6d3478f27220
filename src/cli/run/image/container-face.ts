// What a session brings to verbs that start containers: the caller, a clock that rises, digits that nobody guesses.
import { randomBytes } from "node:crypto";
import type { ContainerFace } from "../../../usecase/image/container-face.ts";
import type { Session } from "../../session.ts";

export function containerFace({ deps }: Session): ContainerFace {
  return {
    ...deps,
    clock: () => performance.now(),
    random: () => randomBytes(24).toString("hex"),
    user: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
  };
}
