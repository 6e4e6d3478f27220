// The `image:` section -> the environments that one release ships.
import type { EnvironmentOverride, EnvironmentSection, ImageSection } from "./spec.ts";

export interface Variant {
  /** `default` where the section names none. */
  readonly name: string;
  /** The bare tag means this one. */
  readonly isDefault: boolean;
  /** Ends this variant's own tag: `-cu118`; empty where there is but one, unnamed. */
  readonly suffix: string;
  readonly environment: EnvironmentSection;
}

const UNNAMED = "default";

/** In the section's order; always one at least, and always exactly one default. */
export function variantsOf(image: ImageSection): Variant[] {
  const named = Object.entries(image.variants);
  if (named.length === 0) return [{ name: UNNAMED, isDefault: true, suffix: "", environment: image.environment }];
  const chosen = image.default ?? named[0]?.[0];
  return named.map(([name, override]) => ({
    name,
    isDefault: name === chosen,
    suffix: `-${name}`,
    environment: merged(image.environment, override),
  }));
}

/** Lists are replaced, mappings are merged key by key. */
function merged(environment: EnvironmentSection, override: EnvironmentOverride): EnvironmentSection {
  const { packages, indexes, env, ...keys } = defined(override);
  return {
    ...environment,
    ...keys,
    packages: { ...environment.packages, ...defined(packages ?? {}) },
    indexes: { ...environment.indexes, ...defined(indexes ?? {}) },
    env: { ...environment.env, ...env },
  };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Defined<T>;
}
