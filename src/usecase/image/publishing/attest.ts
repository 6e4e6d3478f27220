// Attaches signed statements to an image: provenance and bills of materials, each in a manifest of its own that names
// the image as its subject. The image's digest stays what it is.
import {
  attestationBytes,
  ATTESTATIONS,
  ATTESTATION_NAMESPACE,
  predicateTypeOf,
  type AttestationKind,
} from "../../../attestation/statement.ts";
import type { AttestedImage } from "../../../attestation/subject.ts";
import { seal, serialiseEnvelope } from "../../../ledger/dsse.ts";
import type { RecordSigner } from "../../../ledger/signer.ts";
import { artifactManifest, EMPTY_CONFIG } from "../../../oci/artifact.ts";
import { OCI } from "../../../oci/media-type.ts";
import type { Descriptor } from "../../../oci/schema.ts";
import { contentOf } from "../../../registry/content.ts";
import type { ImageStore } from "../../../registry/store.ts";
import type { WrittenAttestation } from "../../../wire/image/attestation.ts";

/** DSSE's own media type, which other verifiers look for. */
export const DSSE = "application/vnd.dsse.envelope.v1+json";

/** As in-toto's attestations are annotated in registries. */
const PREDICATE_TYPE = "in-toto.io/predicate-type";

type Subject = Pick<Descriptor, "mediaType" | "digest" | "size">;

/** In order of `ATTESTATIONS`. The same image and key attach the same bytes: a second time writes nothing new. */
export async function attestImage(
  store: ImageStore,
  subject: Subject,
  image: AttestedImage,
  signer: RecordSigner | null,
): Promise<readonly WrittenAttestation[]> {
  await store.putBlob(contentOf(OCI.empty, EMPTY_CONFIG));
  return Promise.all(ATTESTATIONS.map((attestation) => attach(store, subject, image, attestation, signer)));
}

async function attach(
  store: ImageStore,
  subject: Subject,
  image: AttestedImage,
  attestation: AttestationKind,
  signer: RecordSigner | null,
): Promise<WrittenAttestation> {
  const envelope = await seal(attestationBytes(attestation, image), ATTESTATION_NAMESPACE, signer);
  const bytes = serialiseEnvelope(envelope);
  const content = contentOf(DSSE, bytes);
  const annotations = { [PREDICATE_TYPE]: predicateTypeOf(attestation) };
  const manifest = artifactManifest({ subject, artifactType: DSSE, content, annotations });
  await store.putBlob(content);
  const digest = await store.putReferrer({ mediaType: OCI.manifest, bytes: manifest }, attestation);
  return {
    attestation,
    image: subject.digest,
    digest,
    bytes: bytes.length + manifest.length,
    signedBy: signer?.fingerprint ?? null,
  };
}
