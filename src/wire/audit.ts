// What `morello audit` says: what happened to recorded fixes since they landed.
import { z } from "zod";
import { CommitSummary, ObjectId } from "./basic.ts";
import { FollowUp } from "./find.ts";

export const AuditedFix = z.strictObject({
  source: CommitSummary,
  landed: ObjectId,
  /** The commit on main that takes the source back. */
  revertedBy: CommitSummary.nullable(),
  /** Later commits of main that speak of the source, and that the line lacks; newest first. */
  followUps: z.array(FollowUp),
});

export const AuditedLine = z.strictObject({
  line: z.string(),
  /** Landed records that no `reverted` record takes back. */
  recorded: z.int().min(0),
  /** Only fixes of which there is something to say. */
  fixes: z.array(AuditedFix),
  /** Commits on the line that came after the last record and have none; oldest first. */
  unrecorded: z.array(CommitSummary),
  /** The tip remembered, where the line no longer reaches it. */
  backwards: z.strictObject({ from: ObjectId, to: ObjectId }).nullable(),
  /** Tags whose objects are not those that were released. */
  movedTags: z.array(z.strictObject({ tag: z.string(), released: ObjectId, found: ObjectId.nullable() })),
});
export type AuditedLine = z.infer<typeof AuditedLine>;

export const AuditOutcome = z.strictObject({
  kind: z.literal("audit"),
  lines: z.array(AuditedLine),
  /** Lines without a ledger. */
  without: z.array(z.string()),
  /** Nothing needs a person. */
  ok: z.boolean(),
});
export type AuditOutcome = z.infer<typeof AuditOutcome>;
