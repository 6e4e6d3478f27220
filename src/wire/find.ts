// Where a fix stands: on every release line, and on main, with what people should know before they pick it.
import { z } from "zod";
import { CommitSummary, ObjectId, QuotedPath } from "./basic.ts";
import { Match } from "./match.ts";

export const StandingKind = z.enum([
  /** This repository's own runs put it there. */
  "recorded",
  /** As the same commit, or as the same patch. */
  "equivalent",
  /** The same fix in another form, or one that a person should look at: see `match.band`. */
  "corresponding",
  /** It was there, and was taken out again. */
  "reverted",
  "absent",
  /** What it repairs came in after the line branched off. */
  "not affected",
]);
export type StandingKind = z.infer<typeof StandingKind>;

/** Why a line does not need a fix. */
export const NotAffected = z.strictObject({
  /** `trailer`: the fix names them in `Fixes:`; `blame`: they wrote the lines that it changes. */
  by: z.enum(["trailer", "blame"]),
  /** The commits that brought what the fix repairs; the line has none of them. Most lines first. */
  introduced: z.array(CommitSummary),
  paths: z.array(QuotedPath),
});
export type NotAffected = z.infer<typeof NotAffected>;

export const LineStanding = z.strictObject({
  line: z.string(),
  /** The commit that was looked at. */
  tip: ObjectId,
  standing: StandingKind,
  /** The commits of the line that carry the fix, oldest first; several where it was split. */
  commits: z.array(CommitSummary.extend({ tag: z.string().nullable() })),
  /** How that is known; null for ancestors, records, and where nothing was found. */
  match: Match.nullable(),
  /** Of `reverted`: the commit that took it out; null where no message says which. */
  revertedBy: CommitSummary.nullable(),
  notAffected: NotAffected.nullable(),
});
export type LineStanding = z.infer<typeof LineStanding>;

export const FollowUp = z.strictObject({
  commit: CommitSummary,
  /** What it says of the fix. */
  how: z.enum(["reverts", "reapplies", "fixes", "follows up", "same issue"]),
  /** Lines that have the fix and lack this. */
  missingOn: z.array(z.string()),
});
export type FollowUp = z.infer<typeof FollowUp>;

export const FoundFix = z.strictObject({
  source: CommitSummary,
  main: z.strictObject({
    /** Null without a main branch. */
    name: z.string().nullable(),
    /** Main reaches it, or an equivalent of it. */
    has: z.boolean(),
    /** The commit on main that takes it back, where none puts it back again. */
    revertedBy: CommitSummary.nullable(),
  }),
  /** Newest line first. */
  lines: z.array(LineStanding),
  /** Newest first. */
  followUps: z.array(FollowUp),
});
export type FoundFix = z.infer<typeof FoundFix>;

export const FindOutcome = z.strictObject({
  kind: z.literal("find"),
  /** What was written down on this call, of the one fix and these commits. */
  judged: z.array(z.strictObject({ commit: ObjectId, said: z.enum(["same", "different", "forgotten"]) })),
  fixes: z.array(FoundFix),
  /** Commits whose patches could not be read, so that they were compared by their messages alone. */
  unreadable: z.array(ObjectId),
});
export type FindOutcome = z.infer<typeof FindOutcome>;

/** What main has that lines may want. */
export const WantedOutcome = z.strictObject({
  kind: z.literal("wanted"),
  main: z.string(),
  /** The tag or revision that was named, or the newest merge base of a line with main. */
  since: z.string(),
  lines: z.array(z.string()),
  fixes: z.array(
    z.strictObject({
      source: CommitSummary,
      /** What makes it a fix: its subject's type, or a trailer. */
      because: z.string(),
      revertedBy: CommitSummary.nullable(),
      /** In the order of `lines`. */
      standings: z.array(LineStanding),
    }),
  ),
  /** Fixes that were left out, oldest first, because there were more than asked for. */
  more: z.int().min(0),
  unreadable: z.array(ObjectId),
});
export type WantedOutcome = z.infer<typeof WantedOutcome>;
