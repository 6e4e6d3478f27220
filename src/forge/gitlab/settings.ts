// What is demanded and what GitLab says, as the same settings. GitLab keeps rules by pattern, without names of their
// own, so Morello makes what is there stricter, and never looser. Pure.
import type { Settings, Value, WantedEntry } from "../port.ts";
import type { Demand, Reviews } from "../wanted.ts";
import type { AccessLevel, ApprovalRule, ApprovalSettings, ProtectedBranch } from "./shape.ts";

export const NO_ONE = 0;
export const DEVELOPERS = 30;
export const APPROVALS = "merge request approvals";
export const RULE_NAME = "Morello: release lines";
export const RULE = `approval rule ${RULE_NAME}`;

/** In GitLab's patterns `*` stands for anything, slashes too, and is all there is: never fewer names than Morello's. */
export function toWildcard(pattern: string): string {
  return pattern.replace(/\*+|\?/g, "*");
}

/** Whether a pattern of GitLab's matches a name. */
export function wildcardMatches(pattern: string, name: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[$()+.?[\\\]^{|}]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`, "s").test(name);
}

export function branchKey(pattern: string): string {
  return `protected branch ${pattern}`;
}

export function tagKey(pattern: string): string {
  return `protected tag ${pattern}`;
}

const LEVELS: Readonly<Record<number, string>> = {
  0: "no one",
  30: "developers",
  40: "maintainers",
  60: "administrators",
};
/** Loosest first. */
const ORDER = ["developers", "maintainers", "administrators", "no one"];

/** What roles may push; users, groups and keys that are named one by one are exceptions, and shown as such. */
export function pushRole(levels: readonly AccessLevel[]): string {
  const roles = levels.filter(({ user_id: user, group_id: group, deploy_key_id: key }) => !(user ?? group ?? key));
  const names = roles.map(({ access_level: level }) => LEVELS[level ?? NO_ONE] ?? `level ${level}`);
  return names.sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))[0] ?? "no one";
}

export function branchSettings({ allow_force_push: force, push_access_levels: push }: ProtectedBranch): Settings {
  return { "deletion": "refused", "force push": force ? "allowed" : "refused", "push": pushRole(push) };
}

export function wantedBranch(demand: Demand, pattern: string, found: ProtectedBranch | undefined): WantedEntry {
  const { reviews, why } = demand;
  const wanted: Settings = {
    "deletion": "refused",
    "force push": "refused",
    "push": reviews === null ? "developers" : "no one",
  };
  return {
    key: branchKey(pattern),
    settings: atLeast(wanted, found === undefined ? {} : branchSettings(found)),
    why: { ...why, push: reviews === null ? "whoever may pick" : `by merge request alone: ${reviews.why}` },
  };
}

/** Tags that are protected cannot be deleted or moved; who may create them is not asked about. */
export const TAG_SETTINGS: Settings = { deletion: "refused", update: "refused" };

export function approvalSettings(found: ApprovalSettings): Settings {
  return {
    "approvals after a push": found.reset_approvals_on_push ? "dismissed" : "kept",
    "authors": found.merge_requests_author_approval === false ? "cannot approve" : "can approve",
    "committers": found.merge_requests_disable_committers_approval === true ? "cannot approve" : "can approve",
    "rules of one merge request":
      found.disable_overriding_approvers_per_merge_request === true ? "cannot be changed" : "can be changed",
  };
}

export function wantedApprovals({ byAnother }: Reviews, found: ApprovalSettings): WantedEntry {
  const others = byAnother ? "cannot approve" : "can approve";
  return {
    key: APPROVALS,
    settings: atLeast(
      {
        "approvals after a push": "dismissed",
        "authors": others,
        "committers": others,
        "rules of one merge request": "cannot be changed",
      },
      approvalSettings(found),
    ),
    why: {
      "approvals after a push": "an approval is of what was seen",
      "authors": "policy does not let people approve their own",
      "committers": "policy does not let people approve their own",
      "rules of one merge request": "else whoever opens it takes the rule away",
    },
  };
}

/** As `approvalSettings`, to be written. */
export function approvalBody(settings: Settings): Record<string, boolean> {
  return {
    reset_approvals_on_push: settings["approvals after a push"] === "dismissed",
    merge_requests_author_approval: settings["authors"] === "can approve",
    merge_requests_disable_committers_approval: settings["committers"] === "cannot approve",
    disable_overriding_approvers_per_merge_request: settings["rules of one merge request"] === "cannot be changed",
  };
}

export function ruleSettings(rule: ApprovalRule): Settings {
  const { approvals_required: approvals, applies_to_all_protected_branches: all, protected_branches: branches } = rule;
  const scope = all
    ? ["all protected branches"]
    : branches.length === 0
      ? ["all branches"]
      : branches.map(({ name }) => name);
  return { "applies to": scope, approvals };
}

export function wantedRule(reviews: Reviews, patterns: readonly string[], found: ApprovalRule | null): WantedEntry {
  const there = found === null ? {} : ruleSettings(found);
  return {
    key: RULE,
    settings: atLeast({ "applies to": [...patterns], "approvals": reviews.approvals }, there),
    why: { "applies to": "the release lines that `morello lines` shows", "approvals": reviews.why },
  };
}

/** What is there where it is at least what is wanted, else what is wanted. */
function atLeast(wanted: Settings, found: Settings): Settings {
  return Object.fromEntries(
    Object.entries(wanted).map(([setting, value]) => {
      const has = found[setting];
      return [setting, has !== undefined && suffices(has, value) ? has : value];
    }),
  );
}

const LOOSE: readonly Value[] = ["can approve", "kept", "can be changed", "allowed"];

export function suffices(found: Value, wanted: Value): boolean {
  if (typeof wanted === "number") return typeof found === "number" && found >= wanted;
  if (typeof found === "object" && typeof wanted === "object") {
    return (
      found.some((name) => /^all (protected )?branches$/.test(name)) || wanted.every((name) => found.includes(name))
    );
  }
  if (typeof found === "string" && typeof wanted === "string" && ORDER.includes(wanted)) {
    return ORDER.indexOf(found) >= ORDER.indexOf(wanted);
  }
  return found === wanted || LOOSE.includes(wanted);
}
