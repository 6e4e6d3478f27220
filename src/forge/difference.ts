// What is wanted and what is there -> what is different, setting by setting, each with why. Asks nobody.
import type { Entry, Value, WantedEntry } from "./port.ts";
import { asksNothing } from "./strictness.ts";

export interface Difference {
  readonly key: string;
  readonly setting: string;
  /** Null: the entry is not there. */
  readonly found: Value | null;
  /** Null: the entry is to go. */
  readonly wanted: Value | null;
  readonly why: string;
}

/** In the order of what is wanted; then entries that are not wanted any more, one difference each. */
export function differences(wanted: readonly WantedEntry[], found: readonly Entry[]): Difference[] {
  const there = new Map(found.map((entry) => [entry.key, entry.settings]));
  const missing = wanted.flatMap(({ key, settings, why }) =>
    Object.entries(settings).flatMap(([setting, value]) => {
      const has = there.get(key)?.[setting] ?? null;
      if (has === null ? asksNothing(value) : sameValue(has, value)) return [];
      return [{ key, setting, found: has, wanted: value, why: why[setting] ?? "" }];
    }),
  );
  const names = new Set(wanted.map(({ key }) => key));
  const left = found
    .filter(({ key }) => !names.has(key))
    .map(({ key }) => ({
      key,
      setting: "all of it",
      found: "there",
      wanted: null,
      why: "Morello set it, and no line or policy asks for it now",
    }));
  return [...missing, ...left];
}

/** Lists are the same whatever their order: forges give them in their own. */
function sameValue(a: Value, b: Value): boolean {
  if (typeof a !== "object" || typeof b !== "object") return a === b;
  const [left, right] = [[...a].sort(), [...b].sort()];
  return left.length === right.length && left.every((item, at) => item === right[at]);
}
