// What is said of the statements that are attached to an image.
import { z } from "zod";
import { BlobDigest } from "../../oci/schema.ts";

export const AttestationName = z.enum(["provenance", "cyclonedx", "spdx"]);

/** One statement as it was written beside an image. */
export const WrittenAttestation = z.strictObject({
  attestation: AttestationName,
  /** The image's own digest: of one platform. */
  image: BlobDigest,
  /** Of the manifest that attaches it. */
  digest: BlobDigest,
  /** Of statement and manifest together. */
  bytes: z.int(),
  /** The key's fingerprint; null: unsigned. */
  signedBy: z.string().nullable(),
});
export type WrittenAttestation = z.infer<typeof WrittenAttestation>;

/** Whether one statement that is attached to an image holds. */
export const AttestationVerdict = z.strictObject({
  /** Null: it could not be read, or is somebody else's. */
  attestation: AttestationName.nullable(),
  digest: BlobDigest,
  signers: z.array(z.strictObject({ fingerprint: z.string(), principal: z.string().nullable() })),
  /** `other`: a statement that Morello does not judge. */
  standing: z.enum(["holds", "broken", "unsigned", "untrusted", "other"]),
  /** Why, where it does not hold. */
  why: z.string().nullable(),
});
export type AttestationVerdict = z.infer<typeof AttestationVerdict>;
