// A name in a store -> one platform's image: its manifest out of an index, its configuration, both judged. Reads no layer.
import { AppError } from "../error.ts";
import { DOCKER, OCI } from "../oci/media-type.ts";
import { formatPlatform, isPlatform } from "../oci/platform.ts";
import type { Reference } from "../oci/reference.ts";
import { ImageConfig, type Descriptor, type Index, type Manifest, type Platform } from "../oci/schema.ts";
import { collect, damaged, LARGEST_MANIFEST, missing } from "./content.ts";
import { parseJson, parseManifest } from "./manifest.ts";
import type { ImageStore, StoredManifest } from "./store.ts";

export interface ReadImage {
  /** With the platform that the configuration says. */
  readonly descriptor: Descriptor;
  readonly manifest: Manifest;
  readonly config: ImageConfig;
  /** The manifest's bytes. */
  readonly stored: StoredManifest;
  /** The index that the manifest was found in; null: the name is the image's own. */
  readonly index: StoredManifest | null;
}

const CONFIGS: readonly string[] = [OCI.config, DOCKER.config];
/** Tars, plain or packed, of both families; those that lie with their maker alone, too. */
const LAYER =
  /^application\/vnd\.(?:oci\.image\.layer\.(?:nondistributable\.)?v1\.tar(?:\+gzip|\+zstd)?|docker\.image\.rootfs\.(?:foreign\.)?diff\.tar(?:\.gzip|\.zstd)?)$/;

/**
 * The tag or digest that a reference asks for: where it names none, the only name in a layout, or docker's `latest`.
 * Throws `image-reference` where a layout has several.
 */
export async function nameOf(reference: Reference, store: ImageStore): Promise<string> {
  const given = reference.digest ?? reference.tag;
  if (given !== null) return given;
  if (reference.kind === "registry") return "latest";
  const tags = await store.tags();
  const [only] = tags;
  if (only !== undefined && tags.length === 1) return only;
  if (only === undefined) throw missing(store.name, "An image");
  const several = `${store.name} has ${tags.length} images: ${tags.slice(0, 5).join(", ")}`;
  throw new AppError("image-reference", `${several}${tags.length > 5 ? ", …" : ""}`, {
    hint: `name one of them: ${store.name}:${only}`,
    data: { tags },
  });
}

/**
 * `name`: a tag or digest. `platform` null: whatever the name is, where it is one image. Throws `image-missing` where the
 * name or the platform is not there, `image-damaged` for what is no image or does not hold together.
 */
export async function readImage(store: ImageStore, name: string, platform: Platform | null): Promise<ReadImage> {
  const top = await manifestNamed(store, name);
  const parsed = parseManifest(top, store.name);
  if (parsed.kind === "manifest") return await imageOf(store, top, parsed.manifest, null, platform);
  const chosen = chooseIn(parsed.index, platform, `${store.name} ${name}`);
  const stored = await manifestNamed(store, chosen.digest);
  const inner = parseManifest(stored, store.name);
  if (inner.kind === "manifest") return await imageOf(store, stored, inner.manifest, top, platform);
  throw damaged(store.name, top.digest, `its entry ${chosen.digest} is an index again`);
}

/** Throws `image-missing`. */
export async function manifestNamed(store: ImageStore, name: string): Promise<StoredManifest> {
  const stored = await store.manifest(name);
  if (stored === null) throw missing(store.name, name);
  return stored;
}

/** What an index offers to run; attestations of buildx, which have no platform, are none of it. */
export function imagesIn(index: Index): readonly Descriptor[] {
  return index.manifests.filter(({ platform }) => platform?.os !== "unknown");
}

function chooseIn(index: Index, wanted: Platform | null, name: string): Descriptor {
  const offered = imagesIn(index);
  const [chosen] =
    wanted === null ? offered : offered.filter(({ platform }) => platform && isPlatform(platform, wanted));
  if (chosen !== undefined && (wanted !== null || offered.length === 1)) return chosen;
  const list = offered.flatMap(({ platform }) => (platform === undefined ? [] : [formatPlatform(platform)]));
  const has = list.length === 0 ? "no platform" : list.join(", ");
  if (wanted !== null) {
    throw new AppError("image-missing", `${name} is for ${has}, and ${formatPlatform(wanted)} is wanted`, {
      hint: `name an image that is made for ${formatPlatform(wanted)}`,
      data: { offered: list, wanted: formatPlatform(wanted) },
    });
  }
  throw new AppError("image-reference", `${name} is for several platforms: ${has}`, {
    hint: "say which: --platform linux/amd64",
    data: { offered: list },
  });
}

async function imageOf(
  store: ImageStore,
  stored: StoredManifest,
  manifest: Manifest,
  index: StoredManifest | null,
  wanted: Platform | null,
): Promise<ReadImage> {
  const refuse = (why: string): AppError => damaged(store.name, stored.digest, why);
  if (!CONFIGS.includes(manifest.config.mediaType)) {
    throw refuse(`its configuration is ${manifest.config.mediaType}: it is no image that runs`);
  }
  const strange = manifest.layers.find((layer) => !LAYER.test(layer.mediaType));
  if (strange !== undefined) throw refuse(`its layer ${strange.digest} is ${strange.mediaType}, which is not known`);
  if (manifest.config.size > LARGEST_MANIFEST) throw refuse(`its configuration has ${manifest.config.size} bytes`);
  const config = judgeConfig(await collect(store.blob(manifest.config)), manifest, store.name);
  const platform = { os: config.os, architecture: config.architecture, ...variantOf(config) };
  if (wanted !== null && !isPlatform(platform, wanted)) {
    const [has, want] = [formatPlatform(platform), formatPlatform(wanted)];
    throw new AppError("image-missing", `${store.name} ${stored.digest} is for ${has}, and ${want} is wanted`, {
      hint: `name an image that is made for ${want}`,
      data: { offered: [has], wanted: want },
    });
  }
  const { mediaType, digest, bytes } = stored;
  return { descriptor: { mediaType, digest, size: bytes.length, platform }, manifest, config, stored, index };
}

function judgeConfig(bytes: Buffer, manifest: Manifest, place: string): ImageConfig {
  const config = parseJson(ImageConfig, bytes, manifest.config.digest, place);
  const [layers, diffIds] = [manifest.layers.length, config.rootfs.diff_ids.length];
  if (layers === diffIds) return config;
  throw damaged(place, manifest.config.digest, `it names ${diffIds} layers, and its manifest ${layers}`);
}

function variantOf({ variant }: ImageConfig): { variant?: string } {
  return variant === undefined || variant === "" ? {} : { variant };
}
