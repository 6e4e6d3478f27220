// Attaches statements to every platform's image of a release, of all variants.
import type { RecordSigner } from "../../../ledger/signer.ts";
import type { ImageStore } from "../../../registry/store.ts";
import type { WrittenAttestation } from "../../../wire/image/attestation.ts";
import type { EnvironmentReport, VariantImage } from "../../../wire/image/build.ts";
import { attestImage } from "./attest.ts";
import { attestedImage } from "./attested.ts";
import type { Source } from "../composing/builder.ts";
import type { Publication } from "./publish.ts";
import type { RecordedImage } from "./record-images.ts";

export interface ReleasedImage {
  readonly image: Pick<VariantImage, "platforms">;
  readonly publication: Pick<Publication, "parts" | "top">;
  readonly recorded: Pick<RecordedImage, "variant">;
}

export async function attestRelease(
  store: ImageStore,
  source: Source,
  images: readonly ReleasedImage[],
  signer: RecordSigner | null,
): Promise<WrittenAttestation[]> {
  const written: WrittenAttestation[] = [];
  for (const { image, recorded, publication } of images) {
    for (const { platform, digest, layers, environment } of image.platforms) {
      const manifest = [...publication.parts, publication.top].find((each) => each.digest === digest);
      const facts = attestedImage({
        source,
        variant: recorded.variant,
        platform,
        digest,
        layers: layers.map((layer) => layer.digest),
        environmentOf: environmentOf(environment),
      });
      if (facts === null || manifest === undefined) continue;
      const { mediaType, bytes } = manifest;
      written.push(...(await attestImage(store, { mediaType, digest, size: bytes.length }, facts, signer)));
    }
  }
  return written;
}

function environmentOf({ release, digest }: EnvironmentReport): { tag: string; digest: string } | null {
  return release === null || digest === null ? null : { tag: release, digest };
}
