// Two locks -> what changed; a lock and morello.yaml -> what the lock does not hold. Asks nobody.
import { asksOf, byBytes } from "./asks.ts";
import { lockedEnvironment, type Lock, type LockedEnvironment } from "./lock.ts";
import type { ImageSection } from "./spec.ts";
import { variantsOf } from "./variants.ts";
import { isPure } from "./wanted.ts";

export interface Change {
  readonly what: "base" | "python" | "deb" | "wheel";
  readonly name: string;
  /** Null: it was not there. */
  readonly before: string | null;
  /** Null: it is there no more. */
  readonly after: string | null;
}

interface Fact {
  readonly what: Change["what"];
  readonly name: string;
  readonly version: string;
  readonly sha256: string;
}

/** By kind, then by name; base and Python only where there was a lock before. A package with the same version and other bytes counts, and shows its hash. */
export function changesOf(before: LockedEnvironment | null, after: LockedEnvironment): Change[] {
  const [old, current] = [factsOf(before), factsOf(after)];
  return [...new Set([...old.keys(), ...current.keys()])].toSorted(byKind).flatMap((key): Change[] => {
    const [was, is] = [old.get(key), current.get(key)];
    const { what, name } = is ?? was!;
    if (was?.version === is?.version && was?.sha256 === is?.sha256) return [];
    if (before === null && (what === "base" || what === "python")) return [];
    const isSameVersion = was?.version === is?.version;
    const shown = (of: Fact | undefined): string | null =>
      of === undefined ? null : isSameVersion ? `${of.version} (${of.sha256.slice(0, 12)})` : of.version;
    return [{ what, name, before: shown(was), after: shown(is) }];
  });
}

function factsOf(of: LockedEnvironment | null): Map<string, Fact> {
  if (of === null) return new Map();
  const facts: (readonly [key: string, fact: Fact])[] = [
    ["base", { what: "base", name: "base", version: of.base?.digest ?? "scratch", sha256: "" }],
    ["python", { what: "python", name: "Python", version: of.python ?? "none", sha256: "" }],
  ];
  for (const deb of of.debs) facts.push([`deb ${deb.name} ${deb.architecture}`, { what: "deb", ...deb }]);
  for (const wheel of of.wheels) facts.push([`wheel ${wheel.name}`, { what: "wheel", ...wheel }]);
  return new Map(facts);
}

const KINDS = ["base", "python", "deb", "wheel"];

function byKind(a: string, b: string): number {
  const kind = (key: string): number => KINDS.indexOf(key.split(" ")[0]!);
  return kind(a) - kind(b) || byBytes(a, b);
}

export interface Difference {
  readonly variant: string;
  readonly platform: string;
  /** A line of what is asked for, `apt tmux`; or `environment`, as a whole. */
  readonly what: string;
  /** Where it stands: in one and not in the other. */
  readonly only: "morello.yaml" | "morello.lock";
}

/** What was asked for when the lock was written against what is asked for now. Empty: the lock holds. */
export function staleness(image: ImageSection, lock: Lock | null): Difference[] {
  const variants = variantsOf(image);
  const differences = variants.flatMap((variant) =>
    image.platforms.flatMap((platform): Difference[] => {
      const at = { variant: variant.name, platform };
      const locked = lockedEnvironment(lock, variant.name, platform);
      if (locked === null) {
        const isNeeded = lock !== null || !isPure(image, variant.environment);
        return isNeeded ? [{ ...at, what: "environment", only: "morello.yaml" }] : [];
      }
      const asks = asksOf(image, variant);
      return [
        ...asks
          .filter((line) => !locked.asks.includes(line))
          .map((what): Difference => ({ ...at, what, only: "morello.yaml" })),
        ...locked.asks
          .filter((line) => !asks.includes(line))
          .map((what): Difference => ({ ...at, what, only: "morello.lock" })),
      ];
    }),
  );
  const known = new Set(variants.flatMap(({ name }) => image.platforms.map((platform) => `${name} ${platform}`)));
  const left = (lock?.environments ?? []).filter(({ variant, platform }) => !known.has(`${variant} ${platform}`));
  return [
    ...differences,
    ...left.map(({ variant, platform }): Difference => ({
      variant,
      platform,
      what: "environment",
      only: "morello.lock",
    })),
  ];
}
