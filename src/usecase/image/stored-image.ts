// An image that lies in a store, of one platform: its documents, its layers as content, and the table that they give.
import { AppError } from "../../error.ts";
import { applyLayer, emptyTable, type FlatTable } from "../../layer/flatten.ts";
import type { ImageParts } from "../../oci/append.ts";
import { ImageConfig, type Descriptor } from "../../oci/schema.ts";
import { collect } from "../../registry/content.ts";
import { isForeign, parseManifest } from "../../registry/manifest.ts";
import type { Content, ImageStore } from "../../registry/store.ts";

export interface StoredImage {
  /** Of the platform's manifest. */
  readonly digest: string;
  readonly parts: ImageParts;
  readonly store: ImageStore;
}

/** Null: the store has no such image, or none of that platform. `reference`: a tag or digest. `platform`: `linux/amd64`. */
export async function findImage(store: ImageStore, reference: string, platform: string): Promise<StoredImage | null> {
  const stored = await store.manifest(reference);
  if (stored === null) return null;
  const parsed = parseManifest(stored, store.name);
  if (parsed.kind === "index") {
    const own = parsed.index.manifests.find((entry) => platformOf(entry) === platform);
    return own === undefined ? null : findImage(store, own.digest, platform);
  }
  const { config: where } = parsed.manifest;
  const bytes = await collect(store.blob(where));
  const config = ImageConfig.safeParse(parseJson(bytes));
  if (!config.success) {
    throw new AppError("image-damaged", `${where.digest} of ${store.name} is no image configuration`, {
      hint: "is it an image, or a chart, a signature, an artifact? name an image",
    });
  }
  if (`${config.data.os}/${config.data.architecture}` !== platform) return null;
  return { digest: stored.digest, parts: { manifest: parsed.manifest, config: config.data }, store };
}

function platformOf({ platform }: Descriptor): string | null {
  return platform === undefined ? null : `${platform.os}/${platform.architecture}`;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
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
