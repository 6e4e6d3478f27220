// What a lock adds to a base -> the layer that an engine made of it, for the first release of an environment.
import { lockedEnvironment } from "../../../environment/lock.ts";
import type { Variant } from "../../../environment/variants.ts";
import { AppError } from "../../../error.ts";
import { buildEnvironment, type BuiltEnvironment } from "../../../image/build-environment.ts";
import { installedRecipe, workbenchFiles } from "../../../image/workbench.ts";
import type { Builder } from "./builder.ts";
import { packageCache } from "../package-cache.ts";
import { packageMirrors } from "../package-mirrors.ts";
import type { TreeSpec } from "../read-spec.ts";
import type { StoredImage } from "./stored-image.ts";

/** Takes minutes. Throws what `buildEnvironment` throws; `lock-invalid` where the lock was made for another base. */
export function environmentImage(
  { workspace, dryRun, engine, work }: Builder,
  { image, lock }: TreeSpec,
  variant: Variant,
  platform: string,
  base: StoredImage | null,
): Promise<BuiltEnvironment> {
  if (dryRun) {
    throw new AppError(
      "image-refused",
      `The environment of ${variant.name} has to be built, which a dry run does not do`,
      {
        hint: "morello image build …, without --dry-run",
      },
    );
  }
  const locked = lockedEnvironment(lock, variant.name, platform)?.base ?? null;
  if (locked !== null && base !== null && locked.digest !== base.digest) {
    throw new AppError(
      "lock-invalid",
      `morello.lock is made for the base ${locked.digest}, and morello.yaml has ${base.digest}`,
      {
        hint: "morello image lock, commit it to the line, and release that",
        data: { locked: locked.digest, base: base.digest },
      },
    );
  }
  if (lock !== null && lock.recipe !== installedRecipe()) {
    throw new AppError(
      "lock-invalid",
      "morello.lock was written by a Morello that makes environments otherwise, and this one has to be built",
      {
        hint: "morello image lock, commit it to the line, and release that; or build with the Morello that wrote it",
        data: { locked: lock.recipe, installed: installedRecipe() },
      },
    );
  }
  return buildEnvironment({
    image,
    variant,
    platform,
    lock,
    files: workbenchFiles(image),
    base: base === null ? null : { ...base.parts, store: base.store },
    engine,
    env: workspace.environment,
    directory: work.make(),
    cache: packageCache(workspace.environment),
    mirrors: packageMirrors(workspace.environment),
    signal: workspace.signal,
    onProgress: workspace.onProgress,
  });
}
