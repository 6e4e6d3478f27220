// When a setting is at least as strict as another. Where nobody can tell whose a setting is, Morello makes it stricter
// and never looser; where rules are joined, more than was asked for is no fault. Pure.
import type { Settings, Value } from "./port.ts";

/** Values that ask for nothing: what is so where no rule is. */
const NOTHING: readonly Value[] = [0, "allowed", "kept", "not looked at", "not asked for"];
/** Who may push, by role: loosest first. */
export const ROLES = ["developers", "maintainers", "administrators", "no one"];
/** What stands for every name of a list. */
export const ALL_BRANCHES = "all branches";
export const ALL_PROTECTED = "all protected branches";

export function asksNothing(value: Value): boolean {
  return typeof value === "object" ? value.length === 0 : NOTHING.includes(value);
}

export function suffices(found: Value | undefined, wanted: Value): boolean {
  if (asksNothing(wanted) || found === wanted) return true;
  if (typeof found === "number" && typeof wanted === "number") return found >= wanted;
  if (typeof found === "object" && typeof wanted === "object") {
    return (
      [ALL_BRANCHES, ALL_PROTECTED].some((all) => found.includes(all)) || wanted.every((name) => found.includes(name))
    );
  }
  if (typeof found !== "string" || typeof wanted !== "string") return false;
  return ROLES.includes(wanted) && ROLES.indexOf(found) >= ROLES.indexOf(wanted);
}

/** Setting by setting what is there, where that suffices, else what is wanted; of lists, all names of both. */
export function atLeast(wanted: Settings, found: Settings): Settings {
  return Object.fromEntries(
    Object.entries(wanted).map(([setting, value]) => {
      const has = found[setting];
      if (has !== undefined && suffices(has, value)) return [setting, has];
      const both = typeof has === "object" && typeof value === "object" ? [...new Set([...has, ...value])] : value;
      return [setting, both];
    }),
  );
}
