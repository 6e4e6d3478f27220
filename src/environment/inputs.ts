// What an environment is made of -> one key. Two releases with the same key share an environment image; where the keys
// differ, the parts say why.
import { createHash } from "node:crypto";
import { byBytes } from "./asks.ts";
import { lockedEnvironment, type Lock } from "./lock.ts";
import type { ImageSection } from "./spec.ts";
import type { Variant } from "./variants.ts";

/** What a part is called where people are told that it changed. */
export const PART_NAMES = {
  base: "the base",
  platform: "the platform",
  debs: "Debian packages",
  wheels: "Python packages",
  epoch: "the lock's epoch",
  recipe: "how Morello makes environments",
  services: "the services",
  user: "the user",
  env: "variables and ports",
  source: "which paths of the source go where",
} as const;

export type PartName = keyof typeof PART_NAMES;

export interface EnvironmentInputs {
  /** SHA-256 over the parts, lower-case hexadecimal. */
  readonly key: string;
  readonly parts: Readonly<Record<PartName, string>>;
}

/**
 * Names, URLs and mirrors do not count, hashes do. The variant's name does not count either: two variants that hold the
 * same have the same key. `lock` is null where the base is the whole environment. Nothing here follows from the Morello
 * that is installed: another version finds the same key.
 */
export function environmentInputs(
  image: ImageSection,
  lock: Lock | null,
  variant: Variant,
  platform: string,
): EnvironmentInputs {
  const { environment } = variant;
  const locked = lockedEnvironment(lock, variant.name, platform);
  const { debs = [], wheels = [] } = locked ?? {};
  const isBuilt = debs.length + wheels.length > 0 || image.services.jupyter || image.services.ssh;
  const parts: Record<PartName, string> = {
    base: environment.base === "scratch" ? "scratch" : (environment.base.split("@")[1] ?? ""),
    platform,
    debs: digest(debs.map(({ name, version, architecture, sha256 }) => `${name} ${version} ${architecture} ${sha256}`)),
    wheels: digest(wheels.map(({ name, version, sha256 }) => `${name} ${version} ${sha256}`)),
    epoch: isBuilt ? String(lock?.epoch ?? 0) : "none",
    recipe: isBuilt ? (lock?.recipe ?? "none") : "none",
    services: Object.entries(image.services)
      .filter(([, isOn]) => isOn)
      .map(([name]) => name)
      .join(" "),
    user: image.user ?? "root",
    env: digest([
      ...Object.entries(environment.env).map((pair) => JSON.stringify(pair)),
      ...image.ports.map((port) => `port ${port}`),
    ]),
    source: JSON.stringify([image.source.path, image.source.include, image.source.exclude]),
  };
  const lines = Object.entries(parts).map(([name, value]) => `${name} ${value}\n`);
  return { key: sha256Of(lines.join("")), parts };
}

/** The parts in which two differ, in the order of `PART_NAMES`; none where the keys are the same. */
export function changedParts(before: EnvironmentInputs, after: EnvironmentInputs): PartName[] {
  return (Object.keys(PART_NAMES) as PartName[]).filter((name) => before.parts[name] !== after.parts[name]);
}

/** Empty for none. */
function digest(lines: readonly string[]): string {
  return lines.length === 0 ? "" : sha256Of(lines.toSorted(byBytes).join("\n"));
}

function sha256Of(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
