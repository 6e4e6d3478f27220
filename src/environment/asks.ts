// What morello.yaml asks of an environment, as lines of text: the lock keeps them, so that what has changed since can be told.
import { createHash } from "node:crypto";
import type { ImageSection } from "./spec.ts";
import { variantsOf, type Variant } from "./variants.ts";
import { wantedPackages } from "./wanted.ts";

/** In order: base, versions, packages by name, where they come from. Only what changes what is locked. */
export function asksOf(image: ImageSection, { environment }: Pick<Variant, "environment">): string[] {
  const { base, python, torch, cuda, cudnn, indexes } = environment;
  const { apt, pip } = wantedPackages(image, environment);
  const one = (key: string, value: string | undefined): string[] => (value === undefined ? [] : [`${key} ${value}`]);
  const each = (key: string, values: readonly string[]): string[] => values.map((value) => `${key} ${oneLine(value)}`);
  const requirements = (of: readonly { requirement: string }[]): string[] =>
    [...new Set(of.map(({ requirement }) => requirement))].toSorted(byBytes);
  return [
    ...one("base", base),
    ...one("python", python),
    ...one("torch", torch),
    ...one("cuda", cuda),
    ...one("cudnn", cudnn),
    ...each("apt", requirements(apt)),
    ...each("pip", requirements(pip)),
    ...each("apt-index", indexes.apt),
    ...each("apt-key", indexes.keys),
    ...one("apt-snapshot", indexes.snapshot),
    ...each("pip-index", indexes.pip),
  ];
}

/** The lock's `spec`: SHA-256 over what all variants ask for, on all platforms. */
export function specDigest(image: ImageSection): string {
  const asked = variantsOf(image).map((variant) => [variant.name, ...asksOf(image, variant)]);
  const text = JSON.stringify([image.platforms.toSorted(byBytes), asked.toSorted((a, b) => byBytes(a[0]!, b[0]!))]);
  return createHash("sha256").update(text).digest("hex");
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

/** Not by locale: the same order everywhere. */
export function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
