// What lies under the source of an environment's first release: the base as it is, and where something is installed, one
// layer that an engine built. Without packages, services and a user of its own, the base is all, and no engine is needed.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { environmentConfig } from "../../environment/config.ts";
import { lockedEnvironment } from "../../environment/lock.ts";
import { imageSettings } from "../../environment/settings.ts";
import type { Variant } from "../../environment/variants.ts";
import { isPure } from "../../environment/wanted.ts";
import { AppError } from "../../error.ts";
import { buildEnvironment } from "../../image/build-environment.ts";
import { workbenchFiles } from "../../image/workbench.ts";
import { applyLayer, emptyTable, type FlatTable } from "../../layer/flatten.ts";
import { scratchImage, type ImageParts } from "../../oci/append.ts";
import { parsePlatform } from "../../oci/platform.ts";
import { formatPlace, parseReference } from "../../oci/reference.ts";
import type { Content } from "../../registry/store.ts";
import type { Builder, Source } from "./builder.ts";
import { needLock, type TreeSpec } from "./read-spec.ts";
import { findImage, layerContents, tableOf, type StoredImage } from "./stored-image.ts";

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
  const base = await baseOf(builder, variant, platform);
  const under = {
    parts: base?.parts ?? scratchImage(parsePlatform(platform)),
    contents: base === null ? [] : layerContents(base),
    table: async (): Promise<FlatTable> =>
      base === null ? emptyTable() : builder.cache.table(base.digest, () => tableOf(base)),
    base: base === null ? null : baseName(variant),
    engine: null,
  };
  if (!isPure(spec.image, variant.environment)) {
    needLock(spec, variant, platform, subject.version);
    return installed(builder, spec, variant, { platform, base, under });
  }
  const settings = imageSettings(spec.image, variant, lockedEnvironment(spec.lock, variant.name, platform), []);
  const config = environmentConfig({
    base: base?.parts.config ?? null,
    settings,
    platform,
    variant: variant.name,
    epoch: 0,
    diffId: null,
  });
  return { ...under, parts: { ...under.parts, config } };
}

/** The base with the layer of an engine on it. */
async function installed(
  { workspace, directory, dryRun, engine }: Builder,
  { image, lock }: TreeSpec,
  variant: Variant,
  {
    platform,
    base,
    under,
  }: { readonly platform: string; readonly base: StoredImage | null; readonly under: Foundation },
): Promise<Foundation> {
  if (dryRun) {
    throw new AppError("image-refused", `The environment ${variant.name} has to be built by an engine first`, {
      hint: "run it without --dry-run, into a layout to try it: --output oci:DIR",
      data: { variant: variant.name, platform },
    });
  }
  const work = join(directory(), `${variant.name}-${platform.replaceAll("/", "-")}`);
  mkdirSync(work, { recursive: true });
  const { environment: env, repository, signal, onProgress } = workspace;
  const built = await buildEnvironment({
    image,
    variant,
    platform,
    lock,
    files: workbenchFiles(image),
    base: base === null ? null : { ...base.parts, store: base.store },
    engine,
    env,
    directory: work,
    cache: join(repository.commonDir, "morello", "cache", "packages"),
    signal,
    onProgress,
  });
  const { layer, config } = built;
  const { mediaType, digest, size } = layer;
  const { manifest } = under.parts;
  return {
    ...under,
    parts: { config, manifest: { ...manifest, layers: [...manifest.layers, { mediaType, digest, size }] } },
    contents: [...under.contents, layer],
    table: async () => applyLayer(await under.table(), layer.open()),
    engine: { name: built.engine.name, version: built.engine.version },
  };
}

async function baseOf({ places }: Builder, { environment }: Variant, platform: string): Promise<StoredImage | null> {
  if (environment.base === "scratch") return null;
  const reference = parseReference(environment.base);
  const found = await findImage(await places.open(reference), reference.digest ?? "", platform);
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
