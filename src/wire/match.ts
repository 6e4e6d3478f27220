// How a commit of a line compares with a source commit: what shows that they are the same fix, and how sure that is.
import { z } from "zod";
import { ObjectId } from "./basic.ts";

export const Band = z.enum(["same", "ask", "different"]);
export type Band = z.infer<typeof Band>;

/** One thing that speaks for a match. */
export const MatchEvidence = z.discriminatedUnion("kind", [
  /** The line reaches the source commit itself. */
  z.strictObject({ kind: z.literal("ancestor") }),
  /** A person has said so. */
  z.strictObject({ kind: z.literal("judged"), reason: z.string(), by: z.string() }),
  /** The message says so, and the contents do not disagree. `chain`: the picks between, nearest first. */
  z.strictObject({ kind: z.literal("picked-from"), named: z.string(), chain: z.array(ObjectId) }),
  z.strictObject({ kind: z.literal("patch-id") }),
  /** The patch ID is equal, and white space in the changed lines is not. */
  z.strictObject({ kind: z.literal("white-space") }),
  z.strictObject({ kind: z.literal("patch-id-without-context") }),
  /** Picking the source onto the commit's parent gives exactly the commit's tree. */
  z.strictObject({ kind: z.literal("re-pick") }),
  /** Changed lines in common, weighted by rarity: the share of both patches, of the source's, of the commit's. */
  z.strictObject({ kind: z.literal("lines"), share: z.number(), ofSource: z.number(), ofCommit: z.number() }),
  z.strictObject({ kind: z.literal("subject"), similarity: z.number() }),
  z.strictObject({ kind: z.literal("message"), similarity: z.number() }),
  z.strictObject({ kind: z.literal("author") }),
  /** The author's date is the same to the second. */
  z.strictObject({ kind: z.literal("date") }),
  z.strictObject({ kind: z.literal("pull-request"), number: z.int() }),
]);
export type MatchEvidence = z.infer<typeof MatchEvidence>;

/** Where a message and the contents do not agree. */
export const Disagreement = z.discriminatedUnion("kind", [
  /** It says that it was picked from the source, and does something else. */
  z.strictObject({ kind: z.literal("picked-from-unlike"), named: z.string() }),
  /** It says that it was picked from another commit than the one that it is like. */
  z.strictObject({ kind: z.literal("picked-from-another"), named: z.string() }),
  /** It says that it was picked from a commit that is not here. */
  z.strictObject({ kind: z.literal("picked-from-missing"), named: z.string() }),
  /** A person has said that it is not the same. */
  z.strictObject({ kind: z.literal("judged"), reason: z.string(), by: z.string() }),
]);
export type Disagreement = z.infer<typeof Disagreement>;

export const Match = z.strictObject({
  commit: ObjectId,
  band: Band,
  /** The probability that it is the same fix. */
  score: z.number().min(0).max(1),
  /** Strongest first. */
  evidence: z.array(MatchEvidence),
  disagreements: z.array(Disagreement),
  /** Further commits of the line that carry other parts of the source commit. */
  parts: z.array(ObjectId),
  /** Further source commits that this commit carries too. */
  others: z.array(ObjectId),
});
export type Match = z.infer<typeof Match>;
