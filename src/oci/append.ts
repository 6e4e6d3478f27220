// An image and layers to lay on top of it -> the image with them, as bytes. The same input gives the same digest.
import { createHash } from "node:crypto";
import { canonicalJson } from "./canonical.ts";
import { DOCKER, OCI } from "./media-type.ts";
import type { ImageConfig, Index, Manifest, Platform } from "./schema.ts";

/** An image of one platform. */
export interface ImageParts {
  readonly manifest: Manifest;
  readonly config: ImageConfig;
}

/** A layer as an image names it. */
export interface NewLayer {
  readonly digest: string;
  /** Bytes, compressed. */
  readonly size: number;
  /** `sha256:…` of the tar stream. */
  readonly diffId: string;
  /** What `docker history` shows of it. */
  readonly createdBy: string;
}

/** What is said of the image beside its layers. */
export interface Dress {
  /** RFC 3339, in UTC. */
  readonly created: string;
  /** Of the configuration; those of the standard keys that stand in the base go, since they are about the base. */
  readonly labels: Readonly<Record<string, string>>;
  /** Of the manifest. Docker's manifests have none. */
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Encoded {
  readonly mediaType: string;
  /** `sha256:…` of `bytes`. */
  readonly digest: string;
  readonly bytes: Buffer;
}

/** An image's own documents, ready to be stored. */
export interface ComposedImage {
  readonly parts: ImageParts;
  readonly manifest: Encoded;
  readonly config: Encoded;
}

/** Keys that are about one image, and wrong on an image made from it. */
const OWN_KEYS = /^(?:org\.opencontainers\.image\.|org\.opencontainers\.artifact\.|morello\.)/;

/** An image without layers that runs nothing: what is built from scratch begins with it. */
export function scratchImage({ architecture, os, variant }: Platform): ImageParts {
  const config: ImageConfig = {
    architecture,
    os,
    ...(variant === undefined ? {} : { variant }),
    config: {},
    rootfs: { type: "layers", diff_ids: [] },
    history: [],
  };
  const empty = { mediaType: OCI.config, digest: digestOf(Buffer.alloc(0)), size: 0 };
  return { config, manifest: { schemaVersion: 2, mediaType: OCI.manifest, config: empty, layers: [] } };
}

/** The base keeps its media types: an image of Docker's family stays one. Layers go on top, lowest first. */
export function append(
  base: ImageParts,
  layers: readonly NewLayer[],
  { created, labels, annotations }: Dress,
): ComposedImage {
  const isDocker = base.manifest.mediaType === DOCKER.manifest;
  const types = isDocker
    ? { manifest: DOCKER.manifest, config: DOCKER.config, layer: DOCKER.layerGzip }
    : { manifest: OCI.manifest, config: OCI.config, layer: OCI.layerGzip };
  const kept = Object.entries(base.config.config?.Labels ?? {}).filter(([key]) => !OWN_KEYS.test(key));
  const config: ImageConfig = {
    ...base.config,
    created,
    config: { ...base.config.config, Labels: { ...Object.fromEntries(kept), ...labels } },
    rootfs: { type: "layers", diff_ids: [...base.config.rootfs.diff_ids, ...layers.map(({ diffId }) => diffId)] },
    history: [...(base.config.history ?? []), ...layers.map(({ createdBy }) => ({ created, created_by: createdBy }))],
  };
  const encoded = encode(types.config, config);
  const manifest: Manifest = {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: { mediaType: types.config, digest: encoded.digest, size: encoded.bytes.length },
    layers: [...base.manifest.layers, ...layers.map(({ digest, size }) => ({ mediaType: types.layer, digest, size }))],
    ...(isDocker ? {} : { annotations: { ...annotations } }),
  };
  return { parts: { manifest, config }, manifest: encode(types.manifest, manifest), config: encoded };
}

/** One name for the images of several platforms, in the order given. */
export function indexOf(
  images: readonly { readonly platform: Platform; readonly manifest: Encoded }[],
  annotations: Readonly<Record<string, string>>,
): Encoded {
  const index: Index = {
    schemaVersion: 2,
    mediaType: OCI.index,
    manifests: images.map(({ platform, manifest }) => ({
      mediaType: manifest.mediaType,
      digest: manifest.digest,
      size: manifest.bytes.length,
      platform,
    })),
    annotations: { ...annotations },
  };
  return encode(OCI.index, index);
}

function encode(mediaType: string, value: unknown): Encoded {
  const bytes = canonicalJson(value);
  return { mediaType, digest: digestOf(bytes), bytes };
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}
