// DSSE: a payload and its signatures as one envelope. Signatures are SSHSIG blobs over DSSE's pre-authentication
// encoding. Says which signatures hold, never whether their keys may sign. Source: the DSSE protocol, version 1.0.0.
import { Envelope, PAYLOAD_TYPE } from "../wire/record.ts";
import type { RecordSigner } from "./signer.ts";
import { verifySshsig, verifySshsigAside, type Verified } from "./ssh/sshsig.ts";

/** The exact bytes that are signed. */
export function preAuthenticationEncoding(payload: Uint8Array, payloadType: string = PAYLOAD_TYPE): Buffer {
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

/** Signs a payload; without a signer the envelope has no signature. */
export async function seal(payload: Uint8Array, namespace: string, signer: RecordSigner | null): Promise<Envelope> {
  const unsigned: Envelope = {
    payloadType: PAYLOAD_TYPE,
    payload: Buffer.from(payload).toString("base64"),
    signatures: [],
  };
  return signer === null ? unsigned : countersign(unsigned, namespace, signer);
}

/** Adds one more signature to an envelope. */
export async function countersign(envelope: Envelope, namespace: string, signer: RecordSigner): Promise<Envelope> {
  const blob = await signer.sign(namespace, signedBytes(envelope));
  const signature = { keyid: signer.fingerprint, sig: blob.toString("base64") };
  return { ...envelope, signatures: [...envelope.signatures, signature] };
}

/** What an envelope's signatures are made over. */
export function signedBytes(envelope: Envelope): Buffer {
  return preAuthenticationEncoding(Buffer.from(envelope.payload, "base64"), envelope.payloadType);
}

/** An envelope as the bytes of a file. */
export function serialiseEnvelope(envelope: Envelope): Buffer {
  return Buffer.from(`${JSON.stringify(envelope)}\n`);
}

export type ParsedEnvelope =
  { readonly kind: "envelope"; readonly envelope: Envelope } | { readonly kind: "bad"; readonly why: string };

/**
 * Reads an envelope's bytes. What says the same in other bytes is refused: unknown or doubled fields, another order,
 * white space, base64 with stray bits.
 */
export function parseEnvelope(bytes: Uint8Array): ParsedEnvelope {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    return { kind: "bad", why: "the envelope is not JSON" };
  }
  const parsed = Envelope.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return { kind: "bad", why: `the envelope is malformed: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}` };
  }
  const envelope = parsed.data;
  const base64 = [envelope.payload, ...envelope.signatures.map(({ sig }) => sig)];
  const canonical = base64.every((encoded) => Buffer.from(encoded, "base64").toString("base64") === encoded);
  if (canonical && text === `${JSON.stringify(envelope)}\n`) return { kind: "envelope", envelope };
  return { kind: "bad", why: "the envelope is not written the one way that it is written" };
}

export interface OpenedEnvelope {
  readonly payload: Buffer;
  /** One for each of the envelope's, in its order; none: it is unsigned. */
  readonly signatures: readonly Verified[];
}

/** Checks every signature of an envelope. A `keyid` that names another key than the signature does makes it bad. */
export function openEnvelope(envelope: Envelope, namespace: string): OpenedEnvelope {
  const signed = signedBytes(envelope);
  return {
    payload: Buffer.from(envelope.payload, "base64"),
    signatures: envelope.signatures.map(({ keyid, sig }) =>
      withKeyid(keyid, verifySshsig(Buffer.from(sig, "base64"), signed, namespace)),
    ),
  };
}

/** The signatures of `openEnvelope`, checked in Node's thread pool: for many envelopes at once. */
export async function verifyEnvelope(envelope: Envelope, namespace: string): Promise<readonly Verified[]> {
  const signed = signedBytes(envelope);
  return Promise.all(
    envelope.signatures.map(async ({ keyid, sig }) =>
      withKeyid(keyid, await verifySshsigAside(Buffer.from(sig, "base64"), signed, namespace)),
    ),
  );
}

function withKeyid(keyid: string, verified: Verified): Verified {
  if (verified.kind === "bad" || verified.fingerprint === keyid) return verified;
  return { kind: "bad", why: `the signature is by ${verified.fingerprint}, and its keyid says ${keyid}` };
}
