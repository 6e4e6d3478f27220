// What `morello ledger` says: the records of lines, one record, and whether ledgers hold.
import { z } from "zod";
import { CommitSummary, ObjectId } from "./basic.ts";
import { LandedClass } from "./class.ts";
import { Digest, Envelope, LedgerRecord, Role } from "./record.ts";

/** What does not hold in a ledger. */
export const FindingCode = z.enum([
  /** A log commit or its record cannot be read, or its bytes are not what its object ID says. */
  "unreadable",
  /** A log commit adds more or other than its one record. */
  "tree",
  /** Position or previous digest are not those of the record before. */
  "chain",
  /** The key is not that of what the record says, or its attempt is not the next one. */
  "key",
  /** A record of another repository or another line. */
  "foreign",
  /** The log commit does not keep alive what its record is about. */
  "evidence",
  /** A commit, tree or tag that a record names is not here. */
  "missing-object",
  /** The landed commit is another than the record says: its tree, its base. */
  "landed",
  "unsigned",
  "bad-signature",
  "unknown-key",
  "expired-key",
  "revoked-key",
  /** The key may not sign this. */
  "role",
  /** The key state that a record names is unknown, or older than one named before. */
  "trust-order",
  /** A change of keys without the signatures it needs. */
  "threshold",
  /** The first root key is not the one that was pinned. */
  "root-key",
  /** An approval that does not cover what landed. */
  "approval",
  /** The log is behind one seen before. */
  "rolled-back",
  /** Two copies of the log each hold records that the other lacks. */
  "forked",
  /** A tag's message names a log commit that the log does not hold. */
  "checkpoint",
  /** A landed commit is not on its line any more, and no record says why. */
  "off-line",
  "moved-tag",
]);
export type FindingCode = z.infer<typeof FindingCode>;

export const LedgerFinding = z.strictObject({
  code: FindingCode,
  /** Empty: the trust log. */
  line: z.string(),
  /** Position of the record in the log, from 0; null for what is about the log as a whole. */
  seq: z.int().min(0).nullable(),
  message: z.string(),
  hint: z.string(),
});
export type LedgerFinding = z.infer<typeof LedgerFinding>;

export const LedgerSigner = z.strictObject({
  fingerprint: z.string(),
  /** Who the trust log says it is; null if there is none, or it does not know the key. */
  principal: z.string().nullable(),
  records: z.int().min(0),
});
export type LedgerSigner = z.infer<typeof LedgerSigner>;

/** Whether the log of one line holds. */
export const LedgerReport = z.strictObject({
  line: z.string(),
  /** The ref that it is written to. */
  refname: z.string(),
  /** Null: there is no ledger here. */
  tip: ObjectId.nullable(),
  /** The repository's identity, fixed in the first record. */
  repository: ObjectId.nullable(),
  records: z.int().min(0),
  signed: z.int().min(0),
  /** Most records first. */
  signers: z.array(LedgerSigner),
  findings: z.array(LedgerFinding),
  /** Findings beyond those listed. */
  more: z.int().min(0),
  /** Where there is no ledger here and a remote may have one: the command that brings it. */
  fetch: z.string().nullable(),
});
export type LedgerReport = z.infer<typeof LedgerReport>;

/** A record with its place. */
export const LedgerEntry = z.strictObject({
  /** The log commit. */
  commit: ObjectId,
  /** Of the envelope's bytes. */
  digest: Digest,
  /** Fingerprints of the keys that signed it, as the signatures say; whether they may is for `verify`. */
  signedBy: z.array(z.string()),
  record: LedgerRecord,
});
export type LedgerEntry = z.infer<typeof LedgerEntry>;

export const LedgerLogOutcome = z.strictObject({
  kind: z.literal("ledger-log"),
  lines: z.array(
    z.strictObject({
      line: z.string(),
      refname: z.string(),
      fetch: z.string().nullable(),
      /** Newest first. */
      entries: z.array(LedgerEntry),
    }),
  ),
});
export type LedgerLogOutcome = z.infer<typeof LedgerLogOutcome>;

export const LedgerShowOutcome = z.strictObject({
  kind: z.literal("ledger-show"),
  entries: z.array(LedgerEntry.extend({ envelope: Envelope })),
});
export type LedgerShowOutcome = z.infer<typeof LedgerShowOutcome>;

/** One pick of a release, with what the ledger proves of it. */
export const ProvenPick = z.strictObject({
  pick: CommitSummary,
  /** Null for what was made on the line. */
  source: CommitSummary.nullable(),
  class: LandedClass.nullable(),
  /** Who approved, by principal or fingerprint. */
  approvals: z.array(z.string()),
  /** The record that says so; null: none does. */
  key: Digest.nullable(),
});
export type ProvenPick = z.infer<typeof ProvenPick>;

export const TrustKeyReport = z.strictObject({
  fingerprint: z.string(),
  principal: z.string(),
  roles: z.array(Role),
  validAfter: z.int().nullable(),
  validBefore: z.int().nullable(),
  revoked: z.boolean(),
});
export type TrustKeyReport = z.infer<typeof TrustKeyReport>;

export const TrustReport = z.strictObject({
  tip: ObjectId,
  threshold: z.int().min(1),
  keys: z.array(TrustKeyReport),
  /** Fingerprints of the keys that signed the first key state. */
  roots: z.array(z.string()),
  /** What the roots were compared with: `git config morello.rootKey`, what was remembered, or nothing yet. */
  pinned: z.enum(["configured", "remembered", "first-use"]),
});
export type TrustReport = z.infer<typeof TrustReport>;

export const LedgerVerifyOutcome = z.strictObject({
  kind: z.literal("ledger-verify"),
  /** Nothing was found that does not hold, and there was something to look at. */
  ok: z.boolean(),
  lines: z.array(LedgerReport),
  trust: TrustReport.nullable(),
  trustFindings: z.array(LedgerFinding),
  from: z.strictObject({ tag: z.string(), line: z.string(), picks: z.array(ProvenPick) }).nullable(),
});
export type LedgerVerifyOutcome = z.infer<typeof LedgerVerifyOutcome>;

export const LedgerExportOutcome = z.strictObject({
  kind: z.literal("ledger-export"),
  directory: z.string(),
  records: z.int().min(0),
  signed: z.int().min(0),
});
export type LedgerExportOutcome = z.infer<typeof LedgerExportOutcome>;

export const LedgerTrustOutcome = z.strictObject({
  kind: z.literal("ledger-trust"),
  trust: TrustReport.nullable(),
  /** A change was recorded. */
  changed: z.boolean(),
  /** A change that needs more signatures, and the file it was written to. */
  pending: z.strictObject({ file: z.string(), have: z.int().min(0), needed: z.int().min(1) }).nullable(),
});
export type LedgerTrustOutcome = z.infer<typeof LedgerTrustOutcome>;
