// The plan: what a pick would do on every line. A file that one command writes and another executes.
import { z } from "zod";
import { CommitSummary, Identity, ObjectId, QuotedPath } from "./basic.ts";
import { LineStanding } from "./find.ts";
import { Line } from "./line.ts";
import { Prerequisites } from "./prerequisite.ts";
import { SymbolReport } from "./symbol.ts";

export const PLAN_SCHEMA = "morello.plan/1";

/** A commit to pick, or to leave alone with the reason. */
export const Source = CommitSummary.extend({
  parents: z.array(ObjectId),
  /** 1-based parent that a merge commit is compared with; null for ordinary and root commits. */
  mainline: z.int().min(1).nullable(),
  /** Empty for what was asked for; else the commits that it is a prerequisite of, on the lines that have it in `picks`. */
  neededBy: z.array(ObjectId),
});
export type Source = z.infer<typeof Source>;

export const DiffStat = z.strictObject({
  files: z.int(),
  /** Lines; a binary file counts none. */
  insertions: z.int(),
  deletions: z.int(),
});
export type DiffStat = z.infer<typeof DiffStat>;

/** One run of conflicting lines. Text is decoded for people; bytes that are not UTF-8 become U+FFFD. */
export const ConflictRegion = z.strictObject({
  /** 1-based first line of the region in ours. */
  line: z.int().min(1),
  base: z.array(z.string()),
  ours: z.array(z.string()),
  theirs: z.array(z.string()),
});
export type ConflictRegion = z.infer<typeof ConflictRegion>;

export const ConflictStage = z.strictObject({ mode: z.string(), oid: ObjectId, path: QuotedPath });

export const ConflictKind = z.enum([
  "content",
  "binary",
  "add/add",
  "modify/delete",
  "rename/delete",
  "rename/rename",
  "rename/add",
  "directory-rename",
  "file/directory",
  "mode",
  "submodule",
  "type",
  "other",
]);
export type ConflictKind = z.infer<typeof ConflictKind>;

export const ConflictedPath = z.strictObject({
  path: QuotedPath,
  kind: ConflictKind,
  base: ConflictStage.nullable(),
  ours: ConflictStage.nullable(),
  theirs: ConflictStage.nullable(),
  /** Empty where a conflict is not about lines. At most 50 are listed; `moreRegions` counts the others. */
  regions: z.array(ConflictRegion),
  moreRegions: z.int().min(0),
  /** Newest first: what touched the path since the merge base, on the line and on the source's side. */
  causes: z.strictObject({ ours: z.array(CommitSummary), theirs: z.array(CommitSummary) }).nullable(),
});
export type ConflictedPath = z.infer<typeof ConflictedPath>;

/** How Morello knows that a fix is there. */
export const Evidence = z.enum([
  "ancestor",
  "recorded",
  "patch-id",
  /** A person has said so. */
  "judged",
  /** In another form; the pick's `standing` says what shows it. */
  "similar",
]);

export const RefusalReason = z.enum([
  "merge-without-mainline",
  "mainline-not-a-merge",
  "no-such-parent",
  "shallow-history",
  "end-of-life",
  "object-missing",
  "source-unresolved",
]);
export type RefusalReason = z.infer<typeof RefusalReason>;

export const PickOutcome = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("already-there"),
    evidence: Evidence,
    commit: ObjectId,
    tag: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal("clean"),
    tree: ObjectId,
    /** The commit as it stands unsigned. */
    commit: ObjectId,
    /** Empty unless a rename on either side was followed. */
    renames: z.array(z.strictObject({ from: QuotedPath, to: QuotedPath })),
    stat: DiffStat,
    paths: z.array(QuotedPath),
  }),
  z.strictObject({ kind: z.literal("redundant"), reason: z.enum(["empty-source", "became-empty"]) }),
  z.strictObject({ kind: z.literal("conflict"), paths: z.array(ConflictedPath) }),
  z.strictObject({ kind: z.literal("not-applicable"), missing: z.array(QuotedPath) }),
  z.strictObject({ kind: z.literal("refused"), reason: RefusalReason, detail: z.string() }),
  /** An earlier commit of the series stops here. */
  z.strictObject({ kind: z.literal("blocked"), by: ObjectId }),
]);
export type PickOutcome = z.infer<typeof PickOutcome>;

export const PlannedPick = z.strictObject({
  /** The commit that was asked for. */
  source: ObjectId,
  /** The commit whose patch is carried: `source`, or with `--via nearest` the pick on the nearest newer line. */
  from: ObjectId,
  outcome: PickOutcome,
  /** How the commit stood on the line before; null where it was simply absent, and where nobody asked. */
  standing: LineStanding.nullable(),
  /** What a pick that does not apply needs before it; null where nobody looked. */
  prerequisites: Prerequisites.nullable(),
  /** Names that a clean pick brings and the line lacks, or takes away from under it; null where nobody looked. */
  symbols: SymbolReport.nullable(),
});
export type PlannedPick = z.infer<typeof PlannedPick>;

export const PlannedLine = z.strictObject({
  line: Line,
  /** The tip planned on. */
  onto: ObjectId,
  /** What `apply` moves, and the value it must have: null means it must not exist. */
  target: z.strictObject({ refname: z.string(), expected: ObjectId.nullable() }),
  picks: z.array(PlannedPick),
  /** The line's tip afterwards, unsigned; equals `onto` if nothing is to be done. */
  result: ObjectId,
  /** The first commit of the series that stops; null if none does. */
  firstFailure: ObjectId.nullable(),
});
export type PlannedLine = z.infer<typeof PlannedLine>;

export const PickOptions = z.strictObject({
  mainline: z.int().min(1).nullable(),
  signoff: z.boolean(),
  trailers: z.array(z.strictObject({ key: z.string(), value: z.string() })),
  /** Messages that a person edited, by source commit. */
  messages: z.record(ObjectId, z.string()),
  via: z.enum(["source", "nearest"]),
  /** Key of `--to-branch`: picks go to `morello/<key>/<line>`; null moves the lines themselves. */
  toBranch: z.string().nullable(),
});
export type PickOptions = z.infer<typeof PickOptions>;

export const PlanNote = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("duplicate-revision"), revision: z.string(), commit: ObjectId }),
  z.strictObject({ kind: z.literal("reordered") }),
  /** git knows no committer; the plan stands, and cannot be applied. */
  z.strictObject({ kind: z.literal("no-identity") }),
  z.strictObject({ kind: z.literal("line-left-out"), line: z.string(), reason: Line.shape.maintenance.shape.reason }),
  z.strictObject({
    kind: z.literal("upstream-differs"),
    line: z.string(),
    upstream: z.string(),
    ahead: z.int(),
    behind: z.int(),
    plannedOn: z.enum(["upstream", "local"]),
  }),
]);
export type PlanNote = z.infer<typeof PlanNote>;

export const Plan = z.strictObject({
  schema: z.literal(PLAN_SCHEMA),
  git: z.string(),
  /** The committer of every pick: what makes a plan a pure function. */
  committer: Identity,
  revisions: z.array(z.string()),
  options: PickOptions,
  /** Parents first, each once. */
  sources: z.array(Source),
  /** Newest line first. */
  lines: z.array(PlannedLine),
  notes: z.array(PlanNote),
});
export type Plan = z.infer<typeof Plan>;
