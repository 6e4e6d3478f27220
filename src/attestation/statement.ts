// The statements that are signed about an image: in-toto, one a document, and whether one tells of this very image.
import { z } from "zod";
import { STATEMENT_TYPE } from "../wire/record.ts";
import { CYCLONEDX, cyclonedx } from "./cyclonedx.ts";
import { Provenance, SLSA, provenance } from "./provenance.ts";
import { SPDX, spdx } from "./spdx.ts";
import { bare, type AttestedImage } from "./subject.ts";

/** SSHSIG namespace: a signature made for an image holds for nothing else. */
export const ATTESTATION_NAMESPACE = "attestation@morello";

/** In the order in which they are made and shown. */
export const ATTESTATIONS = ["provenance", "cyclonedx", "spdx"] as const;
export type AttestationKind = (typeof ATTESTATIONS)[number];

const PREDICATES: Readonly<Record<AttestationKind, string>> = { provenance: SLSA, cyclonedx: CYCLONEDX, spdx: SPDX };

const Statement = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  subject: z.array(z.strictObject({ name: z.string(), digest: z.record(z.string(), z.string()) })),
  predicateType: z.string(),
  predicate: z.record(z.string(), z.unknown()),
});

export function predicateTypeOf(kind: AttestationKind): string {
  return PREDICATES[kind];
}

/** The bytes that are signed. The same image gives the same bytes on any machine and day. */
export function attestationBytes(kind: AttestationKind, image: AttestedImage): Buffer {
  const predicate = { provenance, cyclonedx, spdx }[kind](image);
  const statement = {
    _type: STATEMENT_TYPE,
    subject: [{ name: image.name, digest: { sha256: bare(image.digest) } }],
    predicateType: PREDICATES[kind],
    predicate,
  };
  return Buffer.from(JSON.stringify(statement));
}

export type ReadAttestation =
  | {
      readonly kind: "read";
      readonly attestation: AttestationKind;
      /** Null unless it is the provenance. */
      readonly provenance: Provenance | null;
      readonly predicate: Readonly<Record<string, unknown>>;
    }
  /** A statement of another kind: somebody else's. */
  | { readonly kind: "other"; readonly predicateType: string }
  | { readonly kind: "bad"; readonly why: string };

/** Reads a payload; `digest` (`sha256:…`) is the image's that it must be about. */
export function readAttestation(payload: Uint8Array, digest: string): ReadAttestation {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch {
    return { kind: "bad", why: "it is not JSON" };
  }
  const parsed = Statement.safeParse(value);
  if (!parsed.success) return { kind: "bad", why: "it is not an in-toto statement" };
  const { subject, predicateType, predicate } = parsed.data;
  if (subject.length !== 1 || subject[0]?.digest["sha256"] !== bare(digest)) {
    return { kind: "bad", why: `it is about ${subject[0]?.digest["sha256"] ?? "nothing"}, not about ${bare(digest)}` };
  }
  const attestation = ATTESTATIONS.find((kind) => PREDICATES[kind] === predicateType);
  if (attestation === undefined) return { kind: "other", predicateType };
  if (attestation !== "provenance") return { kind: "read", attestation, provenance: null, predicate };
  const read = Provenance.safeParse(predicate);
  return read.success
    ? { kind: "read", attestation, provenance: read.data, predicate }
    : { kind: "bad", why: "its provenance was not made by Morello, or is malformed" };
}
