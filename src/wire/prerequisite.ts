// What a pick needs: commits of the source branch that, picked first and in order, make it clean, and what proves it.
import { z } from "zod";
import { CommitSummary, ObjectId, QuotedPath } from "./basic.ts";

/** Why a commit was tried. That it is needed is proved by picking, not by this. */
export const PrerequisiteEvidence = z.discriminatedUnion("kind", [
  /** It brought lines that the pick of `neededBy` changes or stands beside, and that the line lacks. */
  z.strictObject({ kind: z.literal("lines"), path: QuotedPath, lines: z.int(), neededBy: ObjectId }),
  /** It took away lines that the line still has there. */
  z.strictObject({ kind: z.literal("removed"), path: QuotedPath, lines: z.int(), neededBy: ObjectId }),
  /** It added, deleted or changed a file that is not compared line by line. */
  z.strictObject({
    kind: z.literal("path"),
    path: QuotedPath,
    how: z.enum(["added", "deleted", "changed"]),
    neededBy: ObjectId,
  }),
  /** The author asks for it: `Cc: stable # 6.1.x: 1a2b3c4d`. */
  z.strictObject({ kind: z.literal("trailer"), neededBy: ObjectId }),
  /** It stands right before it in a series of the same author, and touches a conflicted path. */
  z.strictObject({ kind: z.literal("series"), neededBy: ObjectId }),
]);
export type PrerequisiteEvidence = z.infer<typeof PrerequisiteEvidence>;

export const Prerequisite = CommitSummary.extend({
  /** The commit whose patch is carried: this one, or its pick on a newer line where this one conflicts. */
  from: ObjectId,
  evidence: z.array(PrerequisiteEvidence),
});
export type Prerequisite = z.infer<typeof Prerequisite>;

/** Where a search ended before it had tried everything. */
export const PrerequisiteLimit = z.strictObject({
  reason: z.enum(["merges", "commits", "time"]),
  /** Proposals that were not tried. */
  untried: z.array(ObjectId),
});
export type PrerequisiteLimit = z.infer<typeof PrerequisiteLimit>;

export const Prerequisites = z.discriminatedUnion("kind", [
  /** The pick is clean or redundant as it is. */
  z.strictObject({ kind: z.literal("none-needed"), tree: ObjectId, merges: z.int() }),
  /** `picks`, in this order, and then the source: all clean, giving `tree`; without any one of them, not. */
  z.strictObject({ kind: z.literal("proven"), picks: z.array(Prerequisite), tree: ObjectId, merges: z.int() }),
  /**
   * A chain that itself conflicts. Once the picks in `breaks` are resolved in favour of their own side, every other pick
   * and the source are clean; whether that resolution is right is for a person to say.
   */
  z.strictObject({
    kind: z.literal("broken"),
    picks: z.array(Prerequisite),
    breaks: z.array(z.strictObject({ commit: ObjectId, paths: z.array(QuotedPath) })),
    /** Why the search for a whole chain ended; null if it tried everything. */
    limit: PrerequisiteLimit.nullable(),
    merges: z.int(),
  }),
  /** No set was found that makes the pick clean: it wants an edit, or the search was cut short. */
  z.strictObject({ kind: z.literal("unknown"), limit: PrerequisiteLimit.nullable(), merges: z.int() }),
  /** An object that the pick needs is missing from the repository. */
  z.strictObject({ kind: z.literal("missing"), detail: z.string(), merges: z.int() }),
]);
export type Prerequisites = z.infer<typeof Prerequisites>;
