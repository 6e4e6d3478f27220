// `morello image lint` and `morello image containerfile`: people's own Containerfiles judged, and the written ones shown.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { containerfile } from "../../environment/containerfile.ts";
import { lintContainerfile } from "../../environment/lint/lint.ts";
import { lockedEnvironment } from "../../environment/lock.ts";
import { variantsOf } from "../../environment/variants.ts";
import { isPure } from "../../environment/wanted.ts";
import { AppError } from "../../error.ts";
import { workbenchFiles } from "../../image/workbench.ts";
import type { ImageContainerfileOutcome, ImageLintOutcome } from "../../wire/image/lint.ts";
import type { Deps } from "../workspace.ts";
import { readImageSection, readLock, workTree } from "./work-tree-spec.ts";

/** Without files: what stands in the directory as Containerfile or Dockerfile, else what morello.yaml and the lock give. */
export async function lintImage(deps: Deps, files: readonly string[]): Promise<ImageLintOutcome> {
  const named = files.length > 0 ? files : handMade(deps.cwd);
  const texts =
    named.length > 0
      ? named.map((file) => ({ file, text: read(deps.cwd, file) }))
      : (await written(deps)).map(({ variant, platform, text }) => ({ file: `${variant} ${platform}`, text }));
  const judged = texts.map(({ file, text }) => ({ file, findings: lintContainerfile(text) }));
  const all = judged.flatMap(({ findings }) => findings);
  const isRefused = all.some(({ severity }) => severity === "error");
  return { kind: all.length === 0 ? "clean" : isRefused ? "errors" : "warnings", files: judged };
}

/** `variant` null: the default; `platform` null: the first. Throws `image-spec`, `lock-invalid`. */
export async function showContainerfile(
  deps: Deps,
  variant: string | null,
  platform: string | null,
): Promise<ImageContainerfileOutcome> {
  const all = await written(deps);
  const found = all.find(
    (each) =>
      (variant === null ? each.isDefault : each.variant === variant) && (platform ?? each.platform) === each.platform,
  );
  if (found !== undefined)
    return { kind: "written", variant: found.variant, platform: found.platform, text: found.text };
  const known = all.map((each) => `${each.variant} ${each.platform}`).join(", ");
  throw new AppError("image-spec", `There is no variant ${variant ?? ""} ${platform ?? ""}; there is: ${known}`, {
    hint: `morello image containerfile ${all[0]?.variant ?? ""}`,
  });
}

interface Written {
  readonly variant: string;
  readonly isDefault: boolean;
  readonly platform: string;
  readonly text: string;
}

async function written(deps: Deps): Promise<Written[]> {
  const root = await workTree(deps);
  const image = await readImageSection(root);
  const lock = readLock(root);
  const files = workbenchFiles(image);
  return variantsOf(image).flatMap((variant) =>
    image.platforms.map((platform) => {
      if (lockedEnvironment(lock, variant.name, platform) === null && !isPure(image, variant.environment)) {
        throw new AppError("lock-invalid", `morello.lock has no ${variant.name} ${platform}`, {
          hint: "morello image lock",
        });
      }
      const text = containerfile({ image, variant, platform, lock, files });
      return { variant: variant.name, isDefault: variant.isDefault, platform, text };
    }),
  );
}

function handMade(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => /^(?:Containerfile|Dockerfile)(?:\..+)?$/.test(name) && !name.endsWith(".dockerignore"))
    .toSorted();
}

function read(directory: string, file: string): string {
  const path = resolve(directory, file);
  if (existsSync(path)) return readFileSync(path, "utf8");
  throw new AppError("usage", `There is no file ${file}`, { hint: "morello image lint Containerfile" });
}
