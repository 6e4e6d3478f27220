// What `morello release` says.
import { z } from "zod";
import { ObjectId, QuotedPath } from "./basic.ts";
import { RecordingReport } from "./outcome.ts";
import { Digest } from "./record.ts";
import { VerifyResult } from "./verify.ts";

export const ReleaseGroup = z.enum(["feature", "fix", "performance", "documentation", "revert", "other"]);
export type ReleaseGroup = z.infer<typeof ReleaseGroup>;

/** One fix or other change of a release, told once however many commits carry it. */
export const ReleaseEntry = z.strictObject({
  /** The newest commit of the line that carries it. */
  commit: ObjectId,
  /** Where it was made first; null for one made on the line. */
  source: ObjectId.nullable(),
  subject: z.string(),
  group: ReleaseGroup,
  scope: z.string().nullable(),
  /** The subject without type, scope and pull request. */
  title: z.string(),
  breaking: z.boolean(),
  pull: z.int().nullable(),
  /** Tags of other lines that hold the same fix. */
  alsoIn: z.array(z.string()),
});
export type ReleaseEntry = z.infer<typeof ReleaseEntry>;

/** A release as it would be, or is. */
export const Release = z.strictObject({
  line: z.string(),
  /** Without the prefix: `2.7.1`. */
  version: z.string(),
  /** The annotated tag, `v2.7.1`. */
  tag: z.string(),
  /** The tag object; null before it is made. */
  tagObject: ObjectId.nullable(),
  prerelease: z.boolean(),
  /** The last tag that the line reaches; what came since is told. */
  previousTag: z.string().nullable(),
  /** The commit that is tagged: the line's tip, or one on top of it that holds the version; null before that is made. */
  commit: ObjectId.nullable(),
  /** The tip before. */
  tip: ObjectId,
  /** Files that a commit of their own brings to the version. */
  files: z.array(QuotedPath),
  /** Files that configuration names and that this line does not have. */
  missing: z.array(QuotedPath),
  /** Oldest first. */
  entries: z.array(ReleaseEntry),
  /** Reverts, and what they take back, that came and went since the last tag. */
  cancelled: z.array(z.strictObject({ commit: ObjectId, revert: ObjectId })),
  /** Why features or breaking changes are let in; null if there are none, or the line takes them. */
  allowed: z.string().nullable(),
  /** It is the highest final version of all there are. */
  latest: z.boolean(),
  /** Names that move to this release: `v2.7`, `latest`. */
  floating: z.array(z.string()),
  /** Tags of the line's series that it does not reach, so that a higher version had to be taken. */
  skipped: z.array(z.string()),
  /** Markdown. */
  notes: z.string(),
  signed: z.boolean(),
  /** The key of the ledger's record; null before it is written, and in a shallow clone. */
  record: Digest.nullable(),
  /** The remote whose tags were looked at; null if there is none. */
  remote: z.strictObject({ name: z.string(), reached: z.boolean() }).nullable(),
});
export type Release = z.infer<typeof Release>;

export const ReleasePush = z.strictObject({
  remote: z.string(),
  refs: z.array(z.strictObject({ refname: z.string(), to: ObjectId })),
});
export type ReleasePush = z.infer<typeof ReleasePush>;

export const ReleaseOutcome = z.discriminatedUnion("kind", [
  /** `--dry-run`: nothing was written. */
  z.strictObject({ kind: z.literal("planned"), release: Release }),
  z.strictObject({
    kind: z.literal("released"),
    release: Release,
    transaction: z.string(),
    /** Null in a shallow clone: nothing was recorded. */
    recorded: RecordingReport.nullable(),
    verify: VerifyResult.nullable(),
    worktrees: z.array(z.string()),
    push: ReleasePush.nullable(),
  }),
  /** The last tag is at the tip. A push that an earlier run could not make is made. */
  z.strictObject({
    kind: z.literal("nothing"),
    line: z.string(),
    tag: z.string(),
    push: ReleasePush.nullable(),
  }),
  /** There is no version that the line may take. Nothing was written. */
  z.strictObject({
    kind: z.literal("refused"),
    line: z.string(),
    reason: z.enum([
      /** Commits since the last version that policy does not let onto the line. */
      "policy",
      "feature",
      "breaking",
      "no-version",
      "exhausted",
      "malformed",
      "outside",
      "exists",
      "backwards",
      "behind",
      "diverged",
      "unknown-tags",
      "version-file",
      "verify",
    ]),
    message: z.string(),
    /** A command that can be pasted, or one sentence. */
    hint: z.string(),
    /** What speaks against it. */
    entries: z.array(ReleaseEntry),
    verify: VerifyResult.nullable(),
  }),
  z.strictObject({ kind: z.literal("declined"), release: Release }),
]);
export type ReleaseOutcome = z.infer<typeof ReleaseOutcome>;
