// What each verb says when it is done. The CLI renders these, `--json` prints them as they are.
import { z } from "zod";
import { CommitSummary, ObjectId, QuotedPath } from "./basic.ts";
import { Line } from "./line.ts";
import { Violation } from "./check.ts";
import { ConflictKind, Plan, PlannedPick } from "./plan.ts";
import { VerifyResult } from "./verify.ts";

export const PlanOutcome = z.strictObject({
  kind: z.literal("plan"),
  plan: Plan,
  /** The file it was written to with `--out`. */
  written: z.string().nullable(),
  /** With `--verify`: line by line, what is clean and has a verify command. */
  verify: z.array(VerifyResult),
});
export type PlanOutcome = z.infer<typeof PlanOutcome>;

/** What happened to one line's branch. */
export const LineResult = z.strictObject({
  line: z.string(),
  refname: z.string(),
  kind: z.enum([
    "moved",
    /** Nothing was to be done: already there, or redundant. */
    "unchanged",
    /** A conflict, a refusal, or a verify command that did not pass. */
    "stopped",
    /** Clean, and not moved because another line stopped. */
    "held-back",
  ]),
  from: ObjectId.nullable(),
  to: ObjectId.nullable(),
  picks: z.array(PlannedPick.extend({ landed: ObjectId.nullable() })),
  /** What the line's verify command said of what the line would hold; null without one, or if it was not asked. */
  verify: VerifyResult.nullable(),
  /** Where what landed, or would have, does not meet policy. */
  violations: z.array(Violation),
  /** Work trees that followed the branch. */
  worktrees: z.array(z.string()),
  /** A command that goes on from here. */
  next: z.string().nullable(),
});
export type LineResult = z.infer<typeof LineResult>;

/** What was written to the ledger, and in whose name. */
export const RecordingReport = z.strictObject({
  /** Fingerprint of the key; null: the records are unsigned. */
  key: z.string().nullable(),
  /** It is the first key here: the root that everything is checked against from now on. */
  firstUse: z.boolean(),
  /** Why the records will not be taken for proof, with what to do; null if nothing stands in the way. */
  warning: z.string().nullable(),
});
export type RecordingReport = z.infer<typeof RecordingReport>;

export const PushReport = z.strictObject({
  /** As git prints it, without credentials. */
  remote: z.string(),
  refs: z.array(
    z.strictObject({ line: z.string(), refname: z.string(), to: ObjectId, compareUrl: z.string().nullable() }),
  ),
});
export type PushReport = z.infer<typeof PushReport>;

export const ApplyOutcome = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("applied"),
    plan: Plan,
    /** Names the run for `morello undo`; null if nothing moved. */
    transaction: z.string().nullable(),
    signed: z.boolean(),
    /** Null: nothing was recorded. */
    recorded: RecordingReport.nullable(),
    lines: z.array(LineResult),
    push: PushReport.nullable(),
  }),
  /** At least one line stopped. Without `--keep-going` nothing moved. */
  z.strictObject({
    kind: z.literal("stopped"),
    plan: Plan,
    transaction: z.string().nullable(),
    signed: z.boolean(),
    /** Null: nothing was recorded. */
    recorded: RecordingReport.nullable(),
    lines: z.array(LineResult),
    push: PushReport.nullable(),
  }),
  /** A ref is not where the plan saw it. Nothing moved. */
  z.strictObject({
    kind: z.literal("stale"),
    plan: Plan,
    moved: z.array(
      z.strictObject({
        line: z.string(),
        refname: z.string(),
        expected: ObjectId.nullable(),
        found: ObjectId.nullable(),
      }),
    ),
  }),
  /** The same request gives another result here (another version of git, say). Nothing moved. */
  z.strictObject({
    kind: z.literal("unconfirmed"),
    plan: Plan,
    differences: z.array(
      z.strictObject({ line: z.string(), source: ObjectId, planned: z.string(), found: z.string() }),
    ),
  }),
  z.strictObject({ kind: z.literal("declined"), plan: Plan }),
]);
export type ApplyOutcome = z.infer<typeof ApplyOutcome>;

export const Resolution = z.strictObject({
  line: z.string(),
  /** The work tree in which the conflict is laid out. */
  worktree: z.string(),
  onto: ObjectId,
  source: CommitSummary,
  /** Position of the commit in its series, from 1. */
  step: z.int(),
  steps: z.int(),
  paths: z.array(z.strictObject({ path: QuotedPath, kind: ConflictKind })),
});
export type Resolution = z.infer<typeof Resolution>;

export const ResolveOutcome = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("laid-out"), resolution: Resolution, resumed: z.boolean() }),
  /** Nothing conflicts any more: picking goes on without a person. */
  z.strictObject({ kind: z.literal("no-conflict"), line: z.string() }),
]);
export type ResolveOutcome = z.infer<typeof ResolveOutcome>;

/** Of `continue` and `skip`. */
export const ContinueOutcome = z.discriminatedUnion("kind", [
  /** The series went on and met the next conflict. */
  z.strictObject({ kind: z.literal("laid-out"), landed: z.array(ObjectId), resolution: Resolution }),
  z.strictObject({
    kind: z.literal("advanced"),
    line: z.string(),
    refname: z.string(),
    from: ObjectId.nullable(),
    to: ObjectId,
    landed: z.array(ObjectId),
    transaction: z.string().nullable(),
  }),
]);
export type ContinueOutcome = z.infer<typeof ContinueOutcome>;

export const AbortOutcome = z.strictObject({ kind: z.literal("aborted"), line: z.string() });
export type AbortOutcome = z.infer<typeof AbortOutcome>;

export const UndoOutcome = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("undone"),
    transaction: z.string(),
    refs: z.array(z.strictObject({ refname: z.string(), from: ObjectId, to: ObjectId.nullable() })),
  }),
  /** It was pushed, so history stays: what the reverting commits would be, or are with `--yes`. */
  z.strictObject({
    kind: z.literal("revert"),
    transaction: z.string(),
    applied: z.boolean(),
    lines: z.array(
      z.strictObject({
        line: z.string(),
        refname: z.string(),
        reverts: z.array(ObjectId),
        outcome: z.enum(["clean", "conflict"]),
        commit: ObjectId.nullable(),
        paths: z.array(QuotedPath),
      }),
    ),
  }),
]);
export type UndoOutcome = z.infer<typeof UndoOutcome>;

export const InitOutcome = z.strictObject({
  kind: z.literal("init"),
  main: z.string().nullable(),
  lines: z.array(Line),
  /** The configuration that says what was detected. */
  text: z.string(),
  /** Where it was written; null without `--write`. */
  written: z.string().nullable(),
  /** There is a configuration already, here or on the main branch. */
  existing: z.string().nullable(),
  /** Branches that the ledgers kept so far in local refs became. */
  published: z.array(z.string()),
});
export type InitOutcome = z.infer<typeof InitOutcome>;
