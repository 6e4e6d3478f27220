// An image that lies in a store, of one platform: its documents, its layers as content, and the table that they give.
import { isAppError } from "../../../error.ts";
import { applyLayer, emptyTable, type FlatTable } from "../../../layer/flatten.ts";
import type { ImageParts } from "../../../oci/append.ts";
import { parsePlatform } from "../../../oci/platform.ts";
import { parseReference } from "../../../oci/reference.ts";
import { ImageConfig, Manifest } from "../../../oci/schema.ts";
import { isForeign } from "../../../registry/manifest.ts";
import { readImage } from "../../../registry/read-image.ts";
import type { ImageCache } from "./cache.ts";
import type { Content, ImageStore } from "../../../registry/store.ts";

export interface StoredImage {
  /** Of the platform's manifest. */
  readonly digest: string;
  readonly parts: ImageParts;
  readonly store: ImageStore;
}

/** Null: the store has no such image, or none of that platform. `name`: a tag or digest. `platform`: `linux/amd64`. */
export async function findImage(store: ImageStore, name: string, platform: string): Promise<StoredImage | null> {
  try {
    const { stored, manifest, config } = await readImage(store, name, parsePlatform(platform));
    return { digest: stored.digest, parts: { manifest, config }, store };
  } catch (error) {
    if (isAppError(error, "image-missing")) return null;
    throw error;
  }
}

/** The same, by digest: what was read once is kept in the cache, for it never changes. */
export async function findByDigest(
  cache: ImageCache,
  store: ImageStore,
  digest: string,
  platform: string,
): Promise<StoredImage | null> {
  const found = await cache.value(`image ${digest} ${platform}`, isKept, async () => {
    const image = await findImage(store, digest, platform);
    return image === null ? null : { digest: image.digest, parts: image.parts };
  });
  return found === null ? null : { ...found, store };
}

type Kept = Pick<StoredImage, "digest" | "parts">;

function isKept(value: unknown): value is Kept | null {
  const { digest, parts } = (value ?? {}) as Partial<Kept>;
  return (
    typeof digest === "string" &&
    Manifest.safeParse(parts?.manifest).success &&
    ImageConfig.safeParse(parts?.config).success
  );
}

/** Content that a registry can take from another of its repositories without a byte on the wire. */
export interface PlacedContent extends Content {
  /** The store that it is in. */
  readonly store: ImageStore;
}

/** The repository to mount a blob from; undefined: it is not in the same registry, or in the same repository. */
export function mountFrom(content: Content, to: ImageStore): string | undefined {
  if (!("store" in content)) return undefined;
  const [source, target] = [(content as PlacedContent).store.name, to.name].map(parseReference);
  if (source?.kind !== "registry" || target?.kind !== "registry" || source.host !== target.host) return undefined;
  return source.repository === target.repository ? undefined : source.repository;
}

/** Its layers, lowest first; those that lie with their maker alone are left out. */
export function layerContents({ parts, store }: StoredImage): PlacedContent[] {
  return parts.manifest.layers
    .filter((layer) => !isForeign(layer))
    .map((layer) => ({
      mediaType: layer.mediaType,
      digest: layer.digest,
      size: layer.size,
      open: () => store.blob(layer),
      store,
    }));
}

/** Reads every layer: megabytes to gigabytes. */
export async function tableOf({ parts, store }: StoredImage): Promise<FlatTable> {
  let table = emptyTable();
  for (const layer of parts.manifest.layers) table = await applyLayer(table, store.blob(layer));
  return table;
}
