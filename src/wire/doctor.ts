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
  /** The surest one, which may explain the others. */
  cause: DoctorFinding.nullable(),
  /** In order of certainty. */
  also: z.array(DoctorFinding),
  notices: z.array(z.string()),
  facts: HostFacts,
});
export type DoctorOutcome = z.infer<typeof DoctorOutcome>;
