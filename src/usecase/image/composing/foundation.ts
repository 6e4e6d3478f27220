// What lies under the source of an environment's first release: the base as it is, and where something is installed, one
// layer that an engine built. Without packages, services and a user of its own, the base is all, and no engine is needed.
import { configured } from "../../../environment/configure.ts";
import { lockedEnvironment } from "../../../environment/lock.ts";
import { imageSettings } from "../../../environment/settings.ts";
import type { Variant } from "../../../environment/variants.ts";
import { isPure } from "../../../environment/wanted.ts";
import { AppError } from "../../../error.ts";
import { applyLayer, emptyTable, type FlatTable } from "../../../layer/flatten.ts";
import { DOCKER, OCI } from "../../../oci/media-type.ts";
import { scratchImage, type ImageParts } from "../../../oci/append.ts";
import { parsePlatform } from "../../../oci/platform.ts";
import { formatPlace, parseReference } from "../../../oci/reference.ts";
import type { Content } from "../../../registry/store.ts";
import type { Builder, Source } from "./builder.ts";
import { needLock } from "../read-spec.ts";
import { findByDigest, layerContents, tableOf, type StoredImage } from "./stored-image.ts";

export interface Foundation {
  readonly parts: ImageParts;
  /** Its layers, lowest first. */
  readonly contents: readonly Content[];
  readonly table: () => Promise<FlatTable>;
  /** As labels name it; null: scratch. */
  readonly base: { readonly name: string; readonly digest: string } | null;
  readonly engine: { readonly name: string; readonly version: string } | null;
}

/** Throws `image-missing` where the base is not to be had, `engine-missing`, `engine-failed`, `lock-invalid`. */
export async function layFoundation(
  builder: Builder,
  { subject, spec }: Source,
  variant: Variant,
  platform: string,
): Promise<Foundation> {
  const { image, lock } = spec;
  const base = await baseOf(builder, variant, platform);
  const parts = base?.parts ?? scratchImage(parsePlatform(platform));
  const under = {
    contents: base === null ? [] : layerContents(base),
    table: async (): Promise<FlatTable> =>
      base === null ? emptyTable() : builder.cache.table(base.digest, () => tableOf(base)),
    base: base === null ? null : baseName(variant),
  };
  if (isPure(image, variant.environment)) {
    const settings = imageSettings(image, variant, lockedEnvironment(lock, variant.name, platform), []);
    return { ...under, parts: { ...parts, config: configured(parts.config, settings) }, engine: null };
  }
  needLock(spec, variant, platform, subject.version);
  const { environmentImage } = await import("./environment-image.ts"); // engines are loaded where one is needed
  const { layer, config, engine } = await environmentImage(builder, spec, variant, platform, base);
  const described = { mediaType: layerTypeOf(parts), digest: layer.digest, size: layer.size };
  return {
    parts: { manifest: { ...parts.manifest, layers: [...parts.manifest.layers, described] }, config },
    contents: [...under.contents, { ...layer, mediaType: described.mediaType }],
    table: async () => applyLayer(await under.table(), layer.open()),
    base: under.base,
    engine: { name: engine.name, version: engine.version },
  };
}

/** An image of Docker's family stays one. */
function layerTypeOf({ manifest }: ImageParts): string {
  return manifest.mediaType === DOCKER.manifest ? DOCKER.layerGzip : OCI.layerGzip;
}

async function baseOf(
  { places, cache }: Builder,
  { environment }: Variant,
  platform: string,
): Promise<StoredImage | null> {
  if (environment.base === "scratch") return null;
  const reference = parseReference(environment.base);
  const found = await findByDigest(cache, await places.open(reference), reference.digest ?? "", platform);
  if (found !== null) return found;
  throw new AppError("image-missing", `The base ${environment.base} is not there for ${platform}`, {
    hint: `skopeo inspect --raw docker://${environment.base}`,
    data: { base: environment.base, platform },
  });
}

/** The digest as morello.yaml has it: of an index where the base is one. */
function baseName({ environment }: Variant): Foundation["base"] {
  const reference = parseReference(environment.base);
  const tag = reference.tag === null ? "" : `:${reference.tag}`;
  return { name: `${formatPlace(reference)}${tag}`, digest: reference.digest ?? "" };
}
