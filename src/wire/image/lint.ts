// What `morello image lint` and `morello image containerfile` say.
import { z } from "zod";

export const LintFinding = z.strictObject({
  rule: z.string(),
  severity: z.enum(["error", "warning"]),
  /** From 1. */
  line: z.int(),
  message: z.string(),
  hint: z.string(),
});
export type LintFinding = z.infer<typeof LintFinding>;

export const ImageLintOutcome = z.strictObject({
  /** `errors`: one finding at least is an error. */
  kind: z.enum(["clean", "warnings", "errors"]),
  files: z.array(
    z.strictObject({
      /** As it was named; of the written ones, the variant and platform that it is for. */
      file: z.string(),
      findings: z.array(LintFinding),
    }),
  ),
});
export type ImageLintOutcome = z.infer<typeof ImageLintOutcome>;

export const ImageContainerfileOutcome = z.strictObject({
  kind: z.literal("written"),
  variant: z.string(),
  platform: z.string(),
  text: z.string(),
});
export type ImageContainerfileOutcome = z.infer<typeof ImageContainerfileOutcome>;
