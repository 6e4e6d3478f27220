// What `morello image verify` says: what proves the image, and what it answers when it runs.
import { z } from "zod";

export const VerdictState = z.enum(["passed", "failed", "skipped"]);

/** One thing that was proved without running the image. */
export const ImageVerdict = z.strictObject({
  /** `digest`, `attestation provenance`, `base`. */
  name: z.string(),
  state: VerdictState,
  says: z.string(),
});
export type ImageVerdict = z.infer<typeof ImageVerdict>;

export const ProbeResult = z.strictObject({
  name: z.string(),
  state: VerdictState,
  says: z.string(),
  /** The check of the manifest that it belongs to. */
  check: z.string(),
  attempts: z.int().min(0),
  milliseconds: z.int().min(0),
});
export type ProbeResult = z.infer<typeof ProbeResult>;

export const ImageVerifyOutcome = z.strictObject({
  kind: z.literal("image-verify"),
  /** Nothing failed. What was skipped says why. */
  ok: z.boolean(),
  image: z.string(),
  /** Of its manifest; null: nobody could tell. */
  digest: z.string().nullable(),
  proofs: z.array(ImageVerdict),
  /** Null: nothing was run. */
  probes: z
    .strictObject({
      manifest: z.string(),
      engine: z.string(),
      results: z.array(ProbeResult),
      /** The last lines that the container wrote, oldest first, where something failed. */
      log: z.array(z.string()),
    })
    .nullable(),
});
export type ImageVerifyOutcome = z.infer<typeof ImageVerifyOutcome>;
