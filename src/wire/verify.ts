// What a line's verify command said about a tree.
import { z } from "zod";
import { ObjectId } from "./basic.ts";

export const VerifyResult = z.strictObject({
  line: z.string(),
  /** What was checked out. */
  tree: ObjectId,
  command: z.string(),
  kind: z.enum([
    /** It ended with status 0, now or when this tree was last looked at. */
    "passed",
    "failed",
    "timed-out",
    /** `--no-verify`. */
    "skipped",
    /** A person was asked, and said no. */
    "not-allowed",
    /** Nothing is known of the tree; `reason` says why. */
    "could-not-run",
  ]),
  /** The exit status; as in a shell, 128 and its number for a signal. Null where nothing ended by itself. */
  status: z.int().min(0).nullable(),
  reason: z.string().nullable(),
  /** How long it ran, in milliseconds; what it took then, of a result that is known from before. */
  ms: z.int().min(0),
  /** Known from before, and not run again. */
  cached: z.boolean(),
  /** The image it ran in; null on the machine itself. */
  image: z.string().nullable(),
  /** The file that holds all it wrote, or the end of it; null if there is none. */
  output: z.string().nullable(),
  /** The last lines it wrote, decoded for people. Empty unless it ran and did not pass. */
  tail: z.array(z.string()),
  /** Paths of the checkout that are not as in a clone: empty submodules, files that a filter such as Git LFS would fill. */
  leftOut: z.strictObject({ submodules: z.int().min(0), filtered: z.int().min(0) }),
});
export type VerifyResult = z.infer<typeof VerifyResult>;

export const VerifyOutcome = z.strictObject({
  kind: z.literal("verified"),
  results: z.array(VerifyResult),
});
export type VerifyOutcome = z.infer<typeof VerifyOutcome>;

/** Whether a line may move after this. What a person chose to skip does not hold it. */
export function isFit({ kind }: Pick<VerifyResult, "kind">): boolean {
  return kind === "passed" || kind === "skipped";
}
