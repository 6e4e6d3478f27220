// What `morello image lock` says.
import { z } from "zod";

const At = { variant: z.string(), platform: z.string() };

/** A package, base or Python that differs from the lock before; null: it was not there, or is there no more. */
export const LockChange = z.strictObject({
  what: z.enum(["base", "python", "deb", "wheel"]),
  name: z.string(),
  before: z.string().nullable(),
  after: z.string().nullable(),
});
export type LockChange = z.infer<typeof LockChange>;

export const LockedSummary = z.strictObject({
  ...At,
  base: z.string(),
  /** Digest of the platform's manifest; null for scratch. */
  digest: z.string().nullable(),
  python: z.string().nullable(),
  /** Row of the compatibility table. */
  compat: z.string().nullable(),
  debs: z.int(),
  wheels: z.int(),
  /** Bytes of the .debs. */
  debBytes: z.int(),
  changes: z.array(LockChange),
  notes: z.array(z.string()),
});
export type LockedSummary = z.infer<typeof LockedSummary>;

/** A line of what is asked for that stands in morello.yaml or in morello.lock alone. */
export const LockDifference = z.strictObject({
  ...At,
  what: z.string(),
  only: z.enum(["morello.yaml", "morello.lock"]),
});
export type LockDifference = z.infer<typeof LockDifference>;

export const MissingPackage = z.strictObject({
  ...At,
  kind: z.enum(["base", "deb", "wheel"]),
  name: z.string(),
  version: z.string(),
  /** What is there instead, newest first. */
  available: z.array(z.string()),
});
export type MissingPackage = z.infer<typeof MissingPackage>;

export const ImageLockOutcome = z.discriminatedUnion("kind", [
  /** morello.lock was written, or holds what it should already (`isWritten` false). */
  z.strictObject({
    kind: z.literal("locked"),
    isWritten: z.boolean(),
    /** Unix seconds. */
    epoch: z.int(),
    environments: z.array(LockedSummary),
  }),
  /** With --check: morello.lock is what morello.yaml asks for. `online`: and all of it is still there. */
  z.strictObject({ kind: z.literal("holds"), online: z.boolean(), environments: z.int(), packages: z.int() }),
  z.strictObject({ kind: z.literal("stale"), differences: z.array(LockDifference) }),
  z.strictObject({ kind: z.literal("vanished"), missing: z.array(MissingPackage) }),
  /** Nobody ever published what a variant asks for. */
  z.strictObject({
    kind: z.literal("impossible"),
    variant: z.string(),
    reason: z.string(),
    rows: z.array(z.string()),
    sources: z.array(z.string()),
    offers: z.array(z.strictObject({ row: z.string(), lines: z.array(z.string()) })),
  }),
]);
export type ImageLockOutcome = z.infer<typeof ImageLockOutcome>;
