// Lays envelopes out as files with which `ssh-keygen -Y verify` can check them without Morello: beside each envelope
// the exact bytes that were signed and the armoured signatures, and the keys that may sign. Writes nothing itself.
import { AppError } from "../error.ts";
import {
  APPROVAL_NAMESPACE,
  RECORD_NAMESPACE,
  Statement,
  type LedgerRecord,
  type Role,
  type Trust,
} from "../wire/record.ts";
import { openApproval } from "./approval.ts";
import { openEnvelope, parseEnvelope, serialiseEnvelope, signedBytes } from "./dsse.ts";
import { isListable, writeAllowedSigners, type AllowedSigner } from "./ssh/allowed-signers.ts";
import { parsePublicKey } from "./ssh/public-key.ts";
import { armour, type Verified } from "./ssh/sshsig.ts";

export interface BundleFile {
  /** Relative, with forward slashes. */
  readonly path: string;
  readonly bytes: Buffer;
}

export interface NamedEnvelope {
  /** Path of its files without their endings: `release-v2.7/000004-landed`. */
  readonly name: string;
  /** As the ledger keeps it. */
  readonly bytes: Buffer;
}

/**
 * The files of a bundle, in the order of the envelopes: `NAME.json` (the envelope), `NAME.pae` (what was signed),
 * `NAME.sig` (further signatures: `NAME.2.sig`, …), the same for an approval that a record holds (`NAME.approval.…`),
 * and `allowed_signers` at the end. Throws `ledger-broken` if an envelope cannot be read.
 */
export function exportBundle(
  envelopes: readonly NamedEnvelope[],
  signers: readonly AllowedSigner[],
): readonly BundleFile[] {
  const allowed = { path: "allowed_signers", bytes: Buffer.from(writeAllowedSigners(signers)) };
  return [...envelopes.flatMap(filesOf), allowed];
}

function filesOf({ name, bytes }: NamedEnvelope): BundleFile[] {
  const parsed = parseEnvelope(bytes);
  if (parsed.kind === "bad") throw new AppError("ledger-broken", `Cannot export ${name}: ${parsed.why}`);
  const { envelope } = parsed;
  const approval = approvalIn(envelope.payload);
  return [
    { path: `${name}.json`, bytes },
    { path: `${name}.pae`, bytes: signedBytes(envelope) },
    ...envelope.signatures.map(({ sig }, index) => ({
      path: index === 0 ? `${name}.sig` : `${name}.${index + 1}.sig`,
      bytes: Buffer.from(armour(Buffer.from(sig, "base64"))),
    })),
    ...(approval === null ? [] : filesOf({ name: `${name}.approval`, bytes: approval })),
  ];
}

/** The envelope that an approval record holds, as bytes. */
function approvalIn(payload: string): Buffer | null {
  const predicate = predicateOf(payload);
  return predicate?.kind === "approval" ? serialiseEnvelope(predicate.approval) : null;
}

function predicateOf(payload: string): LedgerRecord | null {
  try {
    return Statement.parse(JSON.parse(Buffer.from(payload, "base64").toString("utf8"))).predicate;
  } catch {
    return null;
  }
}

const NAMESPACES: Readonly<Record<Role, string>> = {
  root: RECORD_NAMESPACE, // it signs the records of the trust log
  writer: RECORD_NAMESPACE,
  approver: APPROVAL_NAMESPACE,
};

/** One state of a trust log. `time`: Unix seconds from which it is in force. */
export interface SigningState {
  readonly trust: Trust;
  readonly time: number;
}

/**
 * The keys of a trust log as allowed signers. `states`: oldest first, each in force until the next; the first is from
 * ever, since the log begins with it. A key that was taken out, revoked or given another role signs nothing from then
 * on. In the order in which they went out of force, then as the last state lists them.
 */
export function signersOf(states: readonly SigningState[]): AllowedSigner[] {
  const ended: AllowedSigner[] = [];
  let current = new Map<string, AllowedSigner>();
  for (const [index, { trust, time }] of states.entries()) {
    const next = new Map<string, AllowedSigner>();
    for (const signer of inForce(trust)) {
      const name = JSON.stringify(signer);
      const validAfter = index === 0 ? signer.validAfter : Math.max(time, signer.validAfter ?? time);
      next.set(name, current.get(name) ?? { ...signer, validAfter });
    }
    for (const [name, signer] of current) {
      const last = time - 1;
      if (!next.has(name)) ended.push({ ...signer, validBefore: Math.min(signer.validBefore ?? last, last) });
    }
    current = next;
  }
  return [...ended, ...current.values()].filter(isEverValid);
}

function inForce({ keys, revoked }: Trust): AllowedSigner[] {
  return keys.flatMap(({ principal, key, roles, validAfter, validBefore }) => {
    const parsed = parsePublicKey(key);
    if (parsed.kind === "bad" || revoked.includes(parsed.fingerprint) || roles.length === 0) return [];
    const namespaces = [...new Set(roles.map((role) => NAMESPACES[role]))].sort();
    const until = validBefore === null ? null : validBefore - 1; // here that moment is out, for ssh-keygen it is in
    const principals = [nameOf(principal, parsed.fingerprint)];
    return [{ principals, namespaces, validAfter, validBefore: until, key }];
  });
}

/** A key is called by its fingerprint where its owner's name cannot stand in the file. */
function nameOf(principal: string, fingerprint: string): string {
  return isListable(principal) ? principal : fingerprint;
}

/** ssh-keygen takes no file that names an interval without a moment in it. */
function isEverValid({ validAfter, validBefore }: AllowedSigner): boolean {
  return validAfter === null || validBefore === null || validBefore > validAfter;
}

/**
 * The keys that signed, each for whom its record names as writer or its approval as approver: what there is to check
 * with while no trust log says who may sign. It shows that nothing was changed, not that the right ones signed.
 */
export function signersSeen(envelopes: readonly NamedEnvelope[]): AllowedSigner[] {
  const seen = new Map<string, AllowedSigner>();
  const add = (signatures: readonly Verified[], namespace: string, principal: string): void => {
    for (const signature of signatures) {
      if (signature.kind === "bad") continue;
      const { key, fingerprint } = signature;
      const principals = [nameOf(principal, fingerprint)];
      const signer = { principals, namespaces: [namespace], validAfter: null, validBefore: null, key };
      seen.set(JSON.stringify(signer), signer);
    }
  };
  for (const { bytes } of envelopes) {
    const parsed = parseEnvelope(bytes);
    const record = parsed.kind === "bad" ? null : predicateOf(parsed.envelope.payload);
    if (parsed.kind === "bad" || record === null) continue;
    add(openEnvelope(parsed.envelope, RECORD_NAMESPACE).signatures, RECORD_NAMESPACE, record.by.email);
    const opened = record.kind === "approval" ? openApproval(record.approval) : null;
    if (opened?.kind === "approval") add(opened.signatures, APPROVAL_NAMESPACE, opened.approval.approver);
  }
  return [...seen.values()];
}
