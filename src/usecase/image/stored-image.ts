// An image that lies in a store, of one platform: its documents, its layers as content, and the table that they give.
import { isAppError } from "../../error.ts";
import { applyLayer, emptyTable, type FlatTable } from "../../layer/flatten.ts";
import type { ImageParts } from "../../oci/append.ts";
import { parsePlatform } from "../../oci/platform.ts";
import { isForeign } from "../../registry/manifest.ts";
import { readImage } from "../../registry/read-image.ts";
import type { Content, ImageStore } from "../../registry/store.ts";

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

/** Its layers, lowest first; those that lie with their maker alone are left out. */
export function layerContents({ parts, store }: StoredImage): Content[] {
  return parts.manifest.layers
    .filter((layer) => !isForeign(layer))
    .map((layer) => ({
      mediaType: layer.mediaType,
      digest: layer.digest,
      size: layer.size,
      open: () => store.blob(layer),
    }));
}

/** Reads every layer: megabytes to gigabytes. */
export async function tableOf({ parts, store }: StoredImage): Promise<FlatTable> {
  let table = emptyTable();
  for (const layer of parts.manifest.layers) table = await applyLayer(table, store.blob(layer));
  return table;
}
