// What `morello check` says.
import { z } from "zod";
import { ObjectId, QuotedPath } from "./basic.ts";
import { ClassedCommit } from "./class.ts";

export const Severity = z.enum(["error", "warning", "off"]);
export type Severity = z.infer<typeof Severity>;

/** A place where a rule is not met. */
export const Violation = z.strictObject({
  rule: z.string(),
  severity: z.enum(["error", "warning"]),
  /** Null for a violation of the line, the ledger or a message file. */
  commit: ObjectId.nullable(),
  subject: z.string(),
  message: z.string(),
  /** A command that can be pasted, or one sentence. */
  hint: z.string(),
  paths: z.array(z.strictObject({ path: QuotedPath, line: z.int().min(0) })),
  /** Who let it pass, why and until when; null if nobody did. A waived violation refuses nothing. */
  waiver: z.strictObject({ by: z.string(), reason: z.string(), until: z.int(), key: z.string() }).nullable(),
});
export type Violation = z.infer<typeof Violation>;

export const CheckedLine = z.strictObject({
  line: z.string(),
  /** Exclusive; null: from the line's root. */
  from: ObjectId.nullable(),
  to: ObjectId,
  /** Oldest first. */
  commits: z.array(ClassedCommit),
  /** Of the line first, then commit by commit. */
  violations: z.array(Violation),
  /** What did not count, a sentence each. */
  notices: z.array(z.string()),
});
export type CheckedLine = z.infer<typeof CheckedLine>;

export const CheckOutcome = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("checked"),
    lines: z.array(CheckedLine),
    /** No violation of severity `error` that is not waived. */
    ok: z.boolean(),
  }),
  /** One message, before there is a commit. */
  z.strictObject({
    kind: z.literal("message"),
    violations: z.array(Violation),
    notices: z.array(z.string()),
    ok: z.boolean(),
  }),
  /** What the index holds: conflict markers alone. */
  z.strictObject({ kind: z.literal("staged"), violations: z.array(Violation), ok: z.boolean() }),
]);
export type CheckOutcome = z.infer<typeof CheckOutcome>;
