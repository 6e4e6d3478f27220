// What `morello guard` says: of its hook, and of a push.
import { z } from "zod";
import { ObjectId } from "./basic.ts";

/** A part of a push that the guard does not let through. */
export const Refusal = z.strictObject({
  /** Of the guard (`line-rewound`, `tag-moved` …) or of policy. */
  rule: z.string(),
  /** Full name of the ref that was pushed. */
  refname: z.string(),
  /** The commit it is about; null if it is about the ref. */
  commit: ObjectId.nullable(),
  subject: z.string(),
  message: z.string(),
  /** A command that can be pasted, or one sentence. */
  hint: z.string(),
});
export type Refusal = z.infer<typeof Refusal>;

export const GuardOutcome = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("guard-installed"),
    repository: z.string(),
    hook: z.string(),
    /** A hook that was there before; it runs after the guard has let a push through. */
    chained: z.string().nullable(),
    auditOnly: z.boolean(),
    /** The guard was there already, and was renewed. */
    renewed: z.boolean(),
    /** Release lines that it guards, as things stand. */
    lines: z.array(z.string()),
    main: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal("guard-removed"),
    repository: z.string(),
    hook: z.string(),
    /** The hook from before is back in its place. */
    restored: z.boolean(),
  }),
  z.strictObject({
    kind: z.literal("received"),
    /** False refuses the push: all of it, since git asks once for all refs. */
    accepted: z.boolean(),
    /** Refusals are shown, and let through. */
    auditOnly: z.boolean(),
    refusals: z.array(Refusal),
    /** What a pusher should know, and what refuses nothing. */
    notes: z.array(z.string()),
  }),
]);
export type GuardOutcome = z.infer<typeof GuardOutcome>;
export type GuardOutcomeOf<Kind extends GuardOutcome["kind"]> = Extract<GuardOutcome, { kind: Kind }>;
