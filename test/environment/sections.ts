// Image sections and locks for tests, with everything that a test does not care about filled in.
import type { Lock, LockedDeb, LockedEnvironment, LockedWheel } from "../../src/environment/lock.ts";
import { ImageSection } from "../../src/environment/spec.ts";
import { variantsOf, type Variant } from "../../src/environment/variants.ts";

export const DEBIAN = `docker.io/library/debian:bookworm-slim@sha256:${"b".repeat(64)}`;

/** As morello.yaml would give it. */
export function imageSection(image: object = {}): ImageSection {
  return ImageSection.parse({ name: "registry.example/app", ...image });
}

export function onlyVariant(image: ImageSection): Variant {
  const [variant] = variantsOf(image);
  if (variant === undefined) throw new Error("an image has a variant");
  return variant;
}

export function deb(name: string, version = "1.0-1", more: Partial<LockedDeb> = {}): LockedDeb {
  const url = `http://deb.example/debian/pool/${name}_${version.replace(/^\d+:/, "")}_amd64.deb`;
  return { name, version, architecture: "amd64", url, sha256: "d".repeat(64), size: 1000, ...more };
}

export function wheel(name: string, version = "1.0", more: Partial<LockedWheel> = {}): LockedWheel {
  const url = `https://wheels.example/${name}-${encodeURIComponent(version)}-py3-none-any.whl`;
  return { name, version, url, sha256: "e".repeat(64), ...more };
}

export function lockOf(...environments: Partial<LockedEnvironment>[]): Lock {
  return {
    version: 1,
    epoch: 1_700_000_000,
    spec: "5".repeat(64),
    recipe: "6".repeat(64),
    environments: environments.map((each) => ({
      variant: "default",
      platform: "linux/amd64",
      base: null,
      python: null,
      compat: null,
      asks: [],
      debs: [],
      wheels: [],
      ...each,
    })),
  };
}
