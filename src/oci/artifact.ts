// A manifest that attaches content to an image without touching the image: its subject is the image's manifest.
import { createHash } from "node:crypto";
import { OCI } from "./media-type.ts";
import type { Descriptor, Manifest } from "./schema.ts";

/** The configuration of what is no image: an empty JSON object. */
export const EMPTY_CONFIG = Buffer.from("{}");

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

function emptyDescriptor(): Descriptor {
  return { mediaType: OCI.empty, digest: digestOf(EMPTY_CONFIG), size: EMPTY_CONFIG.length };
}

export interface Attached {
  readonly subject: Pick<Descriptor, "mediaType" | "digest" | "size">;
  readonly artifactType: string;
  readonly content: Pick<Descriptor, "mediaType" | "digest" | "size">;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The manifest's bytes; the same content gives the same. Source: OCI image specification 1.1, guidelines for artifacts. */
export function artifactManifest({ subject, artifactType, content, annotations }: Attached): Buffer {
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: OCI.manifest,
    artifactType,
    config: emptyDescriptor(),
    layers: [{ ...content, annotations: { ...annotations } }],
    subject: { mediaType: subject.mediaType, digest: subject.digest, size: subject.size },
    annotations: { ...annotations },
  };
  return Buffer.from(JSON.stringify(manifest));
}
