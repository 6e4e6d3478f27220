// What `morello doctor` says: why CUDA is missing, one cause first, with what was looked at.
import { z } from "zod";
import { HostFacts } from "../doctor/facts.ts";

export const DoctorFinding = z.strictObject({
  /** A rule's name, stable: `driver-too-old`. */
  rule: z.string(),
  title: z.string(),
  /** One sentence, with the values found and those wanted. */
  because: z.string(),
  /** Can be pasted where `at` says. */
  command: z.string(),
  /** `host`: only the container's host can help or tell more; `engine`: where containers are started. */
  at: z.enum(["here", "host", "engine"]),
  /** Who says so. */
  source: z.string(),
});
export type DoctorFinding = z.infer<typeof DoctorFinding>;

export const DoctorOutcome = z.strictObject({
  kind: z.literal("doctor"),
  /** No cause was found. */
  ok: z.boolean(),
  /** The surest one. */
  cause: DoctorFinding.nullable(),
  /** In order of certainty; the cause may explain some of them. */
  also: z.array(DoctorFinding),
  notices: z.array(z.string()),
  facts: HostFacts,
});
export type DoctorOutcome = z.infer<typeof DoctorOutcome>;

/** One image of a release: its tag, and whether it would find CUDA here. */
export const DoctorVariant = z.strictObject({
  tag: z.string(),
  torch: z.string().nullable(),
  cuda: z.string().nullable(),
  runs: z.boolean(),
  cause: DoctorFinding.nullable(),
});
export type DoctorVariant = z.infer<typeof DoctorVariant>;

/** Whether an image would find CUDA on this host, told from its configuration alone. */
export const DoctorImageOutcome = z.strictObject({
  kind: z.literal("doctor-image"),
  /** As it was asked for. */
  image: z.string(),
  /** Of this platform's manifest; null where the image is not for this platform. */
  digest: z.string().nullable(),
  /** Bytes of its layers, compressed: what a pull may cost. */
  size: z.int().min(0),
  torch: z.string().nullable(),
  cuda: z.string().nullable(),
  /** It uses no GPU, as far as it says. */
  cpuOnly: z.boolean(),
  ok: z.boolean(),
  cause: DoctorFinding.nullable(),
  /** The release's other images, in order of tag. */
  variants: z.array(DoctorVariant),
  /** Of the variants that run here, the one with the newest CUDA. */
  instead: z.string().nullable(),
  /** Pulls `instead`. */
  pull: z.string().nullable(),
  notices: z.array(z.string()),
  facts: HostFacts,
});
export type DoctorImageOutcome = z.infer<typeof DoctorImageOutcome>;
