// How a landed commit compares with the pick of its source that the hermetic engine computes.
import { z } from "zod";
import { CommitSummary, ObjectId, QuotedPath } from "./basic.ts";

/**
 * `exact`: the computed pick, tree for tree; `resolved`: differs inside conflict regions alone; `adapted`: anything
 * else that has a source; `native`: no source.
 */
export const LandedClass = z.enum(["exact", "resolved", "adapted", "native"]);
export type LandedClass = z.infer<typeof LandedClass>;

/** How the source of a landed commit was found. */
export const SourceEvidence = z.enum(["recorded", "claimed", "pull", "equivalent"]);
export type SourceEvidence = z.infer<typeof SourceEvidence>;

/**
 * Where a source commit is reached from: a branch that policy trusts (main and the lines, by default), another branch
 * or tag of this repository, the ledger alone, or nothing: an object that merely exists.
 */
export const Reach = z.enum(["trusted", "unmerged", "recorded", "unreachable", "missing"]);
export type Reach = z.infer<typeof Reach>;

/** A run of lines of a landed commit that neither the computed pick nor the source holds. */
export const AddedHunk = z.strictObject({
  path: QuotedPath,
  /** 1-based first line in the landed file; 0 for a hunk that only takes lines away. */
  line: z.int().min(0),
  removed: z.array(z.string()),
  added: z.array(z.string()),
});
export type AddedHunk = z.infer<typeof AddedHunk>;

export const ClassedCommit = CommitSummary.extend({
  class: LandedClass,
  source: CommitSummary.extend({ evidence: SourceEvidence, reach: Reach }).nullable(),
  /** Further sources of a squash, after `source`, oldest first. */
  moreSources: z.array(ObjectId),
  /** What the commit has of its source as it stands there; the message where it begins with the source's. */
  kept: z.strictObject({ author: z.boolean(), date: z.boolean(), message: z.boolean() }).nullable(),
  /** Commits that it takes back, by its own words. */
  reverts: z.array(ObjectId),
  /** The message names a source that the contents do not bear out. */
  lies: z.boolean(),
  /** Paths in conflict when the pick is computed. */
  conflicted: z.array(QuotedPath),
  /** What the landed commit holds beyond the computed pick; for `resolved`, inside the regions. */
  beyond: z.array(AddedHunk),
  /** Text for reviewers, as `git range-diff` shows it; empty for `exact` and `native`. */
  rangeDiff: z.string(),
  /** Parents, for a merge commit: it is `exact` where it equals the merge that git computes. */
  merge: z.boolean(),
});
export type ClassedCommit = z.infer<typeof ClassedCommit>;
