// What `morello check --merge BRANCH --into TARGET` says: what a merge of the whole branch would do to fixes that the
// target has by picks.
import { z } from "zod";
import { CommitSummary, ObjectId, QuotedPath } from "./basic.ts";
import { Band } from "./match.ts";

const End = z.strictObject({ name: z.string(), tip: ObjectId });

/** A commit of the branch that the target does not reach. */
export const MergedCommit = CommitSummary.extend({
  /** The commit of the target that carries it already, and how sure that is; null if none does. */
  already: CommitSummary.extend({ band: Band }).nullable(),
});
export type MergedCommit = z.infer<typeof MergedCommit>;

/** Lines that the merge has and the target would not have, were the picked commits left out of the branch. */
export const DoubledHunk = z.strictObject({
  path: QuotedPath,
  /** 1-based first line in the merged file; 0 for a hunk that only takes lines away. */
  line: z.int().min(0),
  removed: z.array(z.string()),
  added: z.array(z.string()),
  /** Commits of the branch that the target has already and that change such lines; empty if it is something else. */
  commits: z.array(ObjectId),
});
export type DoubledHunk = z.infer<typeof DoubledHunk>;

export const MergeCheckOutcome = z.strictObject({
  kind: z.literal("merge"),
  branch: End,
  into: End,
  /** Oldest first, without merges. */
  commits: z.array(MergedCommit),
  result: z.discriminatedUnion("kind", [
    /** The target has all of it already. */
    z.strictObject({ kind: z.literal("nothing") }),
    z.strictObject({ kind: z.literal("clean"), tree: ObjectId }),
    z.strictObject({
      kind: z.literal("conflict"),
      paths: z.array(z.strictObject({ path: QuotedPath, commits: z.array(ObjectId) })),
    }),
  ]),
  /**
   * What it was proved by: the tree is the one that the branch without the picked commits gives (`same`), it is another
   * (`differs`), or there is nothing to compare with, since those commits alone conflict (`unknown`), or no commit is
   * there already (`none`).
   */
  proof: z.enum(["same", "differs", "unknown", "none"]),
  /** Where the trees differ. */
  doubled: z.array(DoubledHunk),
  /** The merge is clean, and applies nothing twice. */
  ok: z.boolean(),
});
export type MergeCheckOutcome = z.infer<typeof MergeCheckOutcome>;
