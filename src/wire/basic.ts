// Shapes shared by every outcome. Wire values are JSON as it stands: the CLI prints them, the server returns them.
import { z } from "zod";

/** A full object ID, SHA-1 or SHA-256, lower case. */
export const ObjectId = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);
export type ObjectId = z.infer<typeof ObjectId>;

/**
 * A path as git prints it with `core.quotePath=false`: as it is where it is UTF-8 without quotes,
 * backslashes or control characters, else C-quoted between double quotes.
 */
export const QuotedPath = z.string().min(1);
export type QuotedPath = z.infer<typeof QuotedPath>;

/** Name, email and git's raw date (`<unix seconds> <±hhmm>`), as they stand in a commit. */
export const Identity = z.strictObject({
  name: z.string(),
  email: z.string(),
  date: z.string().regex(/^\d+ [+-]\d{4}$/),
});
export type Identity = z.infer<typeof Identity>;

/** One commit as people recognise it. */
export const CommitSummary = z.strictObject({
  commit: ObjectId,
  subject: z.string(),
  author: z.string(),
  /** Author date, ISO 8601 with offset. */
  date: z.string(),
});
export type CommitSummary = z.infer<typeof CommitSummary>;
