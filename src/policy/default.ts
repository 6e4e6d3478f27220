// What lines demand where morello.yaml is silent. Spelt out, so that most runs need no schema.
import type { PolicySection, PolicySettings } from "./settings.ts";

export const DEFAULT_POLICY: PolicySettings = {
  rules: {},
  classes: { exact: 0, resolved: 0, adapted: 0, native: 0 },
  unmergedSource: 0,
  trustedBranches: [],
  approvers: [],
  selfApproval: false,
  approvalDays: 30,
  reason: false,
  issue: false,
  signed: false,
  versionFiles: ["package.json", "pyproject.toml", "VERSION", "**/_version.py"],
};

/** Later sections win, key by key; `rules` and `classes` entry by entry. */
export function mergePolicy(sections: readonly PolicySection[]): PolicySettings {
  return sections.reduce<PolicySettings>((merged, section) => {
    const set = Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined));
    return {
      ...merged,
      ...set,
      rules: { ...merged.rules, ...section.rules },
      classes: { ...merged.classes, ...defined(section.classes ?? {}) },
    };
  }, DEFAULT_POLICY);
}

function defined<T extends object>(value: T): Partial<{ [K in keyof T]: Exclude<T[K], undefined> }> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Partial<{
    [K in keyof T]: Exclude<T[K], undefined>;
  }>;
}
