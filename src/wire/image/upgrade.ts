// What `morello image upgrade` says.
import { z } from "zod";

/** One of the two containers. */
export const UpgradeSide = z.strictObject({
  container: z.string(),
  /** What the image calls itself: `v2.7.1`. */
  version: z.string(),
  /** As it was asked for. */
  image: z.string(),
  /** By digest, or its ID; null before it is pulled. */
  pinned: z.string().nullable(),
});
export type UpgradeSide = z.infer<typeof UpgradeSide>;

const At = z.strictObject({
  /** An address of the host; `0.0.0.0` for all. */
  bind: z.string(),
  port: z.int(),
});

/** A port of the workbench, and where it leads. */
export const UpgradePort = z.strictObject({
  service: z.enum(["jupyter", "ssh", "other"]),
  /** In the containers. */
  inside: z.int(),
  /** Where the workbench is reached from now on. */
  reached: z.array(At),
  /** Where the old one is reached as long as it is there; null: at its own port. */
  aside: At.nullable(),
  /** The old one's own port, which could not move; it leads to the new one once the old one is gone. */
  own: At.nullable(),
});
export type UpgradePort = z.infer<typeof UpgradePort>;

/** One reason to leave a container alone. */
export const UpgradeUse = z.strictObject({
  kind: z.enum(["kernel", "ssh", "tmux", "screen", "torchrun", "terminal", "process"]),
  what: z.string(),
  /** As the engine numbers it; null for a kernel that only Jupyter tells of. */
  pid: z.int().nullable(),
});
export type UpgradeUse = z.infer<typeof UpgradeUse>;

export const UpgradeStep = z.enum([
  "pull",
  "start",
  "healthy",
  "switch",
  "drain",
  "remove",
  "roll-back",
  "done",
  "rolled-back",
  "aborted",
]);
export type UpgradeStep = z.infer<typeof UpgradeStep>;

/** What becomes of the old container once nobody works in it. */
export const UpgradeRest = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("removed") }),
  /** It was stopped, and holds files that nothing else holds. */
  z.strictObject({ kind: z.literal("kept"), files: z.array(z.string()) }),
]);
export type UpgradeRest = z.infer<typeof UpgradeRest>;

const sides = {
  name: z.string(),
  engine: z.enum(["podman", "docker"]),
  from: UpgradeSide,
  to: UpgradeSide,
  ports: z.array(UpgradePort),
};

export const UpgradeOutcome = z.discriminatedUnion("kind", [
  /** Nothing was done: what would be, as commands of the engine. */
  z.strictObject({ kind: z.literal("planned"), ...sides, commands: z.array(z.array(z.string())) }),
  /** It runs the newest already. */
  z.strictObject({ kind: z.literal("current"), name: z.string(), side: UpgradeSide }),
  /** The ports lead to the new one, and the old one is gone, or stopped. */
  z.strictObject({ kind: z.literal("upgraded"), ...sides, old: UpgradeRest }),
  /** The ports lead to the new one; the old one is left alone as long as it is in use. */
  z.strictObject({ kind: z.literal("draining"), ...sides, uses: z.array(UpgradeUse) }),
  /** The new one was not fit: it was removed; old one and ports are as they were. */
  z.strictObject({ kind: z.literal("rolled-back"), ...sides, why: z.string(), log: z.array(z.string()) }),
  /** The ports lead to the old one again. `uses`: people work in the new one, so that it was left alone. */
  z.strictObject({
    kind: z.literal("aborted"),
    ...sides,
    /** The one that the ports lead to. */
    side: UpgradeSide,
    /** The other one, which is left alone as long as it is in use. */
    other: z.string(),
    uses: z.array(UpgradeUse),
  }),
  z.strictObject({
    kind: z.literal("status"),
    name: z.string(),
    engine: z.enum(["podman", "docker"]),
    /** The upgrade that is under way, or the last one; null: there was none. */
    upgrade: z.strictObject({ ...sides, step: UpgradeStep, startedAt: z.int(), why: z.string().nullable() }).nullable(),
    containers: z.array(
      z.strictObject({
        container: z.string(),
        version: z.string(),
        image: z.string(),
        role: z.enum(["current", "new", "old", "door", "left-over"]),
        running: z.boolean(),
        uses: z.array(UpgradeUse),
      }),
    ),
  }),
]);
export type UpgradeOutcome = z.infer<typeof UpgradeOutcome>;
