// What `morello approve` and `morello waive` say.
import { z } from "zod";
import { CommitSummary, ObjectId, QuotedPath } from "./basic.ts";
import { LandedClass } from "./class.ts";
import { DiffStat } from "./plan.ts";
import { Approval, Digest } from "./record.ts";

/** What a signature will cover, with what a reviewer wants to see beside it. */
export const ApprovalPreview = z.strictObject({
  line: z.string(),
  approval: Approval,
  sources: z.array(CommitSummary),
  /** The result of picking them: `exact` wherever the engine made it. */
  class: LandedClass,
  result: ObjectId,
  stat: DiffStat,
  paths: z.array(QuotedPath),
  /** git's diff from the base to the result. */
  diff: z.string(),
});
export type ApprovalPreview = z.infer<typeof ApprovalPreview>;

export const ApproveOutcome = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("approved"),
    /** The key's fingerprint. */
    key: z.string(),
    approvals: z.array(ApprovalPreview.omit({ diff: true }).extend({ record: Digest })),
    /** The remote that the ledger was pushed to. */
    pushed: z.string().nullable(),
  }),
  /** Nothing waits for an approval. */
  z.strictObject({ kind: z.literal("nothing"), line: z.string(), why: z.string() }),
  z.strictObject({ kind: z.literal("declined") }),
]);
export type ApproveOutcome = z.infer<typeof ApproveOutcome>;

export const WaiveOutcome = z.strictObject({
  kind: z.literal("waived"),
  line: z.string(),
  rule: z.string(),
  commit: ObjectId.nullable(),
  reason: z.string(),
  by: z.string(),
  /** Unix seconds. */
  until: z.int(),
  record: Digest,
});
export type WaiveOutcome = z.infer<typeof WaiveOutcome>;
