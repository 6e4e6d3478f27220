// A release line as people and scripts see it.
import { z } from "zod";
import { ObjectId } from "./basic.ts";

/** Why a line counts as maintained or not. */
export const Maintenance = z.strictObject({
  maintained: z.boolean(),
  reason: z.enum(["configured", "recent-tip", "recent-tag", "idle", "end-of-life"]),
});
export type Maintenance = z.infer<typeof Maintenance>;

/** How a local branch and its upstream stand, where they differ. */
export const UpstreamDifference = z.strictObject({
  upstream: z.string(),
  upstreamTip: ObjectId,
  localTip: ObjectId,
  ahead: z.int().min(0),
  behind: z.int().min(0),
});
export type UpstreamDifference = z.infer<typeof UpstreamDifference>;

/** What says whether a tree of a line works. */
export const VerifyCommand = z.strictObject({
  /** For `sh -c`, in the root of a checkout. */
  command: z.string().min(1),
  /** Seconds. */
  timeLimit: z.int().min(1),
});
export type VerifyCommand = z.infer<typeof VerifyCommand>;

export const Line = z.strictObject({
  /** The branch's short name without a remote: what people type after `--onto`. */
  name: z.string().min(1),
  /** The local branch that a pick moves, or would create. */
  refname: z.string().startsWith("refs/heads/"),
  /** The remote-tracking ref, if there is one. */
  remoteRefname: z.string().startsWith("refs/remotes/").nullable(),
  /** The commit picks are planned on. */
  tip: ObjectId,
  /** The local branch's object ID; null if there is only a remote-tracking ref. */
  localTip: ObjectId.nullable(),
  difference: UpstreamDifference.nullable(),
  /** The numbers of the version the branch stands for, `[2, 7]`. Empty if its name holds none. */
  version: z.array(z.int().min(0)),
  tagPrefix: z.string(),
  /** The newest tag of this line's series that its tip reaches. */
  lastTag: z.string().nullable(),
  tagTime: z.int().nullable(),
  /** Unix seconds of the tip's committer date. */
  tipTime: z.int(),
  maintenance: Maintenance,
  owners: z.array(z.string()),
  confirm: z.enum(["plan", "each"]),
  verify: VerifyCommand.nullable(),
  image: z.string().nullable(),
});
export type Line = z.infer<typeof Line>;

/** A line with its distances, as `morello lines` tells it. */
export const LineReport = Line.extend({
  /** Commits since the last tag; null without a tag. */
  sinceTag: z.int().nullable(),
  /** Commits on the line that main lacks, and on main that the line lacks; null without a main branch. */
  onlyHere: z.int().nullable(),
  onlyMain: z.int().nullable(),
});
export type LineReport = z.infer<typeof LineReport>;

export const LinesOutcome = z.strictObject({
  kind: z.literal("lines"),
  main: z.strictObject({ name: z.string(), refname: z.string(), tip: ObjectId }).nullable(),
  lines: z.array(LineReport),
});
export type LinesOutcome = z.infer<typeof LinesOutcome>;
