// The ledger's shapes: DSSE envelopes, the in-toto statement in each, and what each kind of record says.
import { z } from "zod";
import { Identity, ObjectId, QuotedPath } from "./basic.ts";
import { LandedClass } from "./class.ts";

export const PAYLOAD_TYPE = "application/vnd.in-toto+json";
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
export const RECORD_TYPE = "urn:morello:record:1";
export const APPROVAL_TYPE = "urn:morello:approval:1";
/** SSHSIG namespaces: a signature made for one purpose holds for no other. */
export const RECORD_NAMESPACE = "record@morello";
export const APPROVAL_NAMESPACE = "approval@morello";

/** SHA-256 of bytes, lower-case hexadecimal. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/);
export type Digest = z.infer<typeof Digest>;

/** A DSSE envelope. `sig` is the base64 of the SSHSIG blob over DSSE's pre-authentication encoding; empty: unsigned. */
export const Envelope = z.strictObject({
  payloadType: z.literal(PAYLOAD_TYPE),
  payload: z.base64(),
  signatures: z.array(
    z.strictObject({
      /** The key's fingerprint, `SHA256:…`, as `ssh-keygen -l` prints it. A hint: the signature says which key. */
      keyid: z.string(),
      sig: z.base64(),
    }),
  ),
});
export type Envelope = z.infer<typeof Envelope>;

const Subject = z.strictObject({
  name: z.string(),
  digest: z.record(z.string(), z.string()),
});

/** Merge results depend on these; a mismatch under others is `unconfirmed`, never `forged`. */
export const EngineVersion = z.strictObject({ git: z.string(), settings: z.string() });
export type EngineVersion = z.infer<typeof EngineVersion>;

/** What a key may sign. */
export const Role = z.enum(["root", "writer", "approver"]);
export type Role = z.infer<typeof Role>;

export const TrustedKey = z.strictObject({
  /** Who it is: an email address, as in git's allowed signers. */
  principal: z.string().min(1),
  /** `ssh-ed25519 AAAA…`, without comment. */
  key: z.string().min(1),
  roles: z.array(Role),
  /** Unix seconds. */
  validAfter: z.int().nullable(),
  validBefore: z.int().nullable(),
});
export type TrustedKey = z.infer<typeof TrustedKey>;

/** Who may sign what. A change must be signed by `threshold` root keys of the state before. */
export const Trust = z.strictObject({
  keys: z.array(TrustedKey),
  /** Fingerprints that were taken out; they sign nothing from here on. */
  revoked: z.array(z.string()),
  threshold: z.int().min(1),
});
export type Trust = z.infer<typeof Trust>;

/** What an approver signs: all of it, or it is void. */
export const Approval = z.strictObject({
  repository: ObjectId,
  /** Full refname of the branch. */
  target: z.string(),
  base: ObjectId,
  /** In the order in which they are picked. */
  sources: z.array(ObjectId),
  resultTree: ObjectId,
  policy: Digest.nullable(),
  /** Unix seconds. */
  expires: z.int(),
  nonce: z.string().min(16),
  /** The principal of the key that signs. */
  approver: z.string(),
  comment: z.string().nullable(),
});
export type Approval = z.infer<typeof Approval>;

const Common = {
  /** The repository's identity: fixed in the first record, by default the smallest root commit. */
  repository: ObjectId,
  /** The line whose ledger this is; empty in the trust log. */
  line: z.string(),
  /** Full refname that the record is about: a branch or a tag. */
  target: z.string(),
  /** Source commits, in the order of picking. */
  sources: z.array(ObjectId),
  /** Counted from 1; see `attemptOf`. */
  attempt: z.int().min(1),
  /** Digest of (repository, target, sources, kind, attempt): the record's name in the tree. */
  key: Digest,
  /** Position in the log, from 0. */
  seq: z.int().min(0),
  /** SHA-256 of the previous envelope's bytes; null in the first record. */
  previous: Digest.nullable(),
  /** Key state that the writer saw: digest of the trust log's last envelope; null where there is none. */
  trust: Digest.nullable(),
  policy: Digest.nullable(),
  /** Unix seconds. */
  time: z.int(),
  by: Identity,
};

const record = <Kind extends string, Body extends z.ZodRawShape>(kind: Kind, body: Body) =>
  z.strictObject({ ...Common, kind: z.literal(kind), ...body });

export const GapCommit = z.strictObject({ commit: ObjectId, subject: z.string() });

export const LedgerRecord = z.discriminatedUnion("kind", [
  /** The log's first record, and later ones that publish the state of things. `tip`: the line's; `baseline`: what was there before. */
  record("checkpoint", {
    tip: ObjectId.nullable(),
    baseline: ObjectId.nullable(),
    tips: z.record(z.string(), ObjectId),
    /** Digest of what guards the refs on the forge, as `morello protect` found it; null where nobody asked. */
    rules: Digest.nullable().default(null),
  }),
  /** In the trust log only. `tips`: of the lines' logs when it was written; what comes after them is held to this state. */
  record("trust", { state: Trust, reason: z.string(), tips: z.record(z.string(), ObjectId) }),
  /** Somebody wants this landed, and policy wants approvals first. */
  record("request", { base: ObjectId, result: ObjectId, resultTree: ObjectId, needs: z.array(z.string()) }),
  record("approval", { approval: Envelope }),
  record("waiver", {
    rule: z.string(),
    /** The landed or requested commit; null for all of the line. */
    commit: ObjectId.nullable(),
    reason: z.string(),
    /** Unix seconds. */
    until: z.int(),
  }),
  /** Written before a branch moves. */
  record("intent", { base: ObjectId, result: ObjectId, resultTree: ObjectId, transaction: z.string().nullable() }),
  /** One source commit landed; exactly one record for each (target, source, attempt). */
  record("landed", {
    base: ObjectId,
    commit: ObjectId,
    tree: ObjectId,
    /** The commit whose patch was carried: the source, or the pick on a newer line. */
    from: ObjectId,
    class: LandedClass,
    conflicted: z.array(QuotedPath),
    reason: z.string().nullable(),
    /** How the source is reached: from a trusted branch, from an unmerged one, from the ledger alone. */
    reach: z.enum(["trusted", "unmerged", "recorded"]),
    /** Keys of the approval records that this relies on. */
    approvals: z.array(Digest),
    waivers: z.array(Digest),
    verify: z.strictObject({ command: z.string(), kind: z.string() }).nullable(),
    engine: EngineVersion,
  }),
  record("skipped", { reason: z.string() }),
  /** `commit` was taken back by `by_commit`, or is no longer on the line (null). */
  record("reverted", { commit: ObjectId, revert: ObjectId.nullable(), reason: z.string() }),
  record("release", {
    version: z.string(),
    /** The tag object; its bytes are a blob of the ledger tree. */
    tag: ObjectId,
    commit: ObjectId,
    previousTag: z.string().nullable(),
    landed: z.array(Digest),
  }),
  record("image", {
    digest: z.string(),
    reference: z.string(),
    tag: z.string(),
    detail: z.record(z.string(), z.string()),
  }),
  /** Commits that landed outside Morello, between the tip known before and the one found. */
  record("gap", { from: ObjectId, to: ObjectId, backwards: z.boolean(), commits: z.array(GapCommit) }),
]);
export type LedgerRecord = z.infer<typeof LedgerRecord>;
export type RecordKind = LedgerRecord["kind"];
export type RecordOf<Kind extends RecordKind> = Extract<LedgerRecord, { kind: Kind }>;

/** The in-toto statement that an envelope's payload holds. */
export const Statement = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(Subject).min(1),
  predicateType: z.literal(RECORD_TYPE),
  predicate: LedgerRecord,
});
export type Statement = z.infer<typeof Statement>;

/** The in-toto statement that an approver signs, in `APPROVAL_NAMESPACE`. */
export const ApprovalStatement = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(Subject).min(1),
  predicateType: z.literal(APPROVAL_TYPE),
  predicate: Approval,
});
export type ApprovalStatement = z.infer<typeof ApprovalStatement>;
