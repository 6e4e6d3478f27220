// The bytes of a manifest or index -> its kind and what it is made of. Both families, OCI's and Docker's, mean the same.
import type { z } from "zod";
import { AppError } from "../error.ts";
import { DOCKER, OCI } from "../oci/media-type.ts";
import { Index, Manifest, type Descriptor } from "../oci/schema.ts";
import { damaged } from "./content.ts";
import type { StoredManifest } from "./store.ts";

const MANIFESTS: readonly string[] = [OCI.manifest, DOCKER.manifest];
const INDEXES: readonly string[] = [OCI.index, DOCKER.index];

/** What is asked for in `Accept`. */
export const MANIFEST_TYPES: readonly string[] = [...MANIFESTS, ...INDEXES];

export type Parsed =
  { readonly kind: "manifest"; readonly manifest: Manifest } | { readonly kind: "index"; readonly index: Index };

/**
 * Judges a manifest by its media type, and its shape by that. Throws `image-damaged` for what is neither: unknown media
 * types, schema 1, broken JSON, a media type inside that says something else.
 */
export function parseManifest({ mediaType, digest, bytes }: StoredManifest, place: string): Parsed {
  const value = jsonOf(bytes, digest, place);
  if (value["mediaType"] !== undefined && value["mediaType"] !== mediaType) {
    throw damaged(place, digest, `it says it is ${JSON.stringify(value["mediaType"])}, and was given as ${mediaType}`);
  }
  if (MANIFESTS.includes(mediaType)) {
    // Confusable: a client that looks at `layers` and one that looks at `manifests` would see two images.
    if ("manifests" in value) throw damaged(place, digest, "it is a manifest and an index at the same time");
    return { kind: "manifest", manifest: shaped(Manifest, value, digest, place) };
  }
  if (INDEXES.includes(mediaType)) {
    if ("layers" in value || "config" in value) {
      throw damaged(place, digest, "it is a manifest and an index at the same time");
    }
    return { kind: "index", index: shaped(Index, value, digest, place) };
  }
  throw unknownType(mediaType, digest, place);
}

/** The media type of bytes that came without one. */
export function typeOf(bytes: Buffer, digest: string, place: string): string {
  const value = jsonOf(bytes, digest, place);
  if (typeof value["mediaType"] === "string") return value["mediaType"];
  if (Array.isArray(value["manifests"])) return OCI.index;
  if (Array.isArray(value["layers"])) return OCI.manifest;
  throw unknownType("of no media type", digest, place);
}

/** What must be in a store before the manifest is; not the layers that are fetched from elsewhere. */
export function partsOf(stored: StoredManifest, place: string): readonly Descriptor[] {
  const parsed = parseManifest(stored, place);
  if (parsed.kind === "index") return parsed.index.manifests;
  return [parsed.manifest.config, ...parsed.manifest.layers.filter((layer) => !isForeign(layer))];
}

/** Whether a layer may lie with its maker alone: then no registry need hold it. */
export function isForeign({ mediaType }: Descriptor): boolean {
  return mediaType.includes("nondistributable") || mediaType.includes("rootfs.foreign.diff");
}

/** The digest of what a manifest names as its subject; null: it names none. */
export function subjectIn(stored: StoredManifest, place: string): string | null {
  const parsed = parseManifest(stored, place);
  return (parsed.kind === "index" ? parsed.index : parsed.manifest).subject?.digest ?? null;
}

/** Each once, in order of digest. */
export function byDigest(descriptors: readonly Descriptor[]): readonly Descriptor[] {
  const unique = new Map(descriptors.map((descriptor) => [descriptor.digest, descriptor]));
  return [...unique.values()].sort((a, b) => (a.digest < b.digest ? -1 : 1));
}

/** The descriptor of a manifest that names that subject, as the referrers API gives it; null: it does not. */
export function subjectOf(stored: StoredManifest, subject: string, place: string): Descriptor | null {
  const parsed = parseManifest(stored, place);
  const content = parsed.kind === "index" ? parsed.index : parsed.manifest;
  if (content.subject?.digest !== subject) return null;
  const configType = parsed.kind === "manifest" ? parsed.manifest.config.mediaType : undefined;
  const artifactType = content.artifactType ?? configType;
  return {
    mediaType: stored.mediaType,
    digest: stored.digest,
    size: stored.bytes.length,
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(content.annotations === undefined ? {} : { annotations: content.annotations }),
  };
}

/** A document of that shape. Throws `image-damaged` with the first thing that does not fit. */
export function parseJson<T>(schema: z.ZodType<T>, bytes: Buffer, digest: string, place: string): T {
  return shaped(schema, jsonOf(bytes, digest, place), digest, place);
}

function jsonOf(bytes: Buffer, digest: string, place: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw damaged(place, digest, "it is no JSON");
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw damaged(place, digest, "it is no JSON object");
}

function shaped<T>(schema: z.ZodType<T>, value: unknown, digest: string, place: string): T {
  const judged = schema.safeParse(value);
  if (judged.success) return judged.data;
  const [issue] = judged.error.issues;
  throw damaged(place, digest, `${issue?.path.join(".") || "it"}: ${issue?.message ?? "not as specified"}`);
}

function unknownType(mediaType: string, digest: string, place: string): AppError {
  const isSchema1 = mediaType.startsWith("application/vnd.docker.distribution.manifest.v1");
  return new AppError("image-damaged", `${digest} of ${place} is ${mediaType}, and no image manifest that is known`, {
    hint: isSchema1
      ? "an image of Docker's oldest form: pull it with docker, push it again, and use that"
      : "is it an image, or a chart, a signature, an artifact? name an image",
    data: { place, digest, mediaType },
  });
}
