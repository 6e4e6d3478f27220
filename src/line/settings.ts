// What configuration says about one branch.
import type { LineOverride } from "../config/schema.ts";
import { mergePolicy } from "../policy/default.ts";
import type { PolicySection, PolicySettings } from "../policy/settings.ts";
import type { VerifyCommand } from "../wire/line.ts";
import { globMatcher } from "./glob.ts";

/** Settings of one line; null where configuration is silent. */
export interface LineSettings {
  readonly tagPrefix: string | null;
  readonly owners: readonly string[];
  readonly maintained: boolean | "end-of-life" | null;
  readonly confirm: "plan" | "each";
  readonly image: string | null;
  readonly verify: VerifyCommand | null;
}

/** What policy demands of a line: the top section, then every entry that matches. */
export function policyOf(
  config: { readonly policy: PolicySection; readonly lines: readonly LineOverride[] },
  name: string,
): PolicySettings {
  const fitting = config.lines.filter(({ pattern }) => globMatcher(pattern)(name));
  return mergePolicy([config.policy, ...fitting.flatMap(({ policy }) => policy ?? [])]);
}

export interface ConfiguredLine {
  /** The last pattern that fits; null if none does. */
  readonly pattern: string | null;
  readonly settings: LineSettings;
}

/** Compiles the overrides once: the result tells for a branch name what they say. Later ones win, key by key. */
export function settingsReader(overrides: readonly LineOverride[]): (name: string) => ConfiguredLine {
  const compiled = overrides.map((override) => ({ override, matches: globMatcher(override.pattern) }));
  return (name) => {
    const fitting = compiled.filter(({ matches }) => matches(name)).map(({ override }) => override);
    const last = <K extends keyof LineOverride>(key: K): LineOverride[K] | undefined =>
      fitting.findLast((override) => override[key] !== undefined)?.[key];
    return {
      pattern: fitting.at(-1)?.pattern ?? null,
      settings: {
        tagPrefix: last("tagPrefix") ?? null,
        owners: last("owners") ?? [],
        maintained: last("maintained") ?? null,
        confirm: last("confirm") ?? "plan",
        image: last("image") ?? null,
        verify: last("verify") ?? null,
      },
    };
  };
}
