// What is demanded and what GitLab says, as the same settings. GitLab keeps rules by pattern, without names of their
// own, so Morello makes what is there stricter, and never looser. Pure.
import type { Settings, WantedEntry } from "../port.ts";
import { ALL_BRANCHES, ALL_PROTECTED, atLeast, ROLES } from "../strictness.ts";
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

/** What roles may push; users, groups and keys that are named one by one are exceptions, and shown as such. */
export function pushRole(levels: readonly AccessLevel[]): string {
  const roles = levels.filter(({ user_id: user, group_id: group, deploy_key_id: key }) => !(user ?? group ?? key));
  const names = roles.map(({ access_level: level }) => LEVELS[level ?? NO_ONE] ?? `level ${level}`);
  return names.sort((a, b) => ROLES.indexOf(a) - ROLES.indexOf(b))[0] ?? "no one";
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
    "stale approvals": found.reset_approvals_on_push ? "dismissed" : "kept",
    "authors' approvals": found.merge_requests_author_approval === false ? "refused" : "allowed",
    "committers' approvals": found.merge_requests_disable_committers_approval === true ? "refused" : "allowed",
    "rules per request": found.disable_overriding_approvers_per_merge_request === true ? "refused" : "allowed",
  };
}

export function wantedApprovals({ byAnother }: Reviews, found: ApprovalSettings): WantedEntry {
  const others = byAnother ? "refused" : "allowed";
  return {
    key: APPROVALS,
    settings: atLeast(
      {
        "stale approvals": "dismissed",
        "authors' approvals": others,
        "committers' approvals": others,
        "rules per request": "refused",
      },
      approvalSettings(found),
    ),
    why: {
      "stale approvals": "an approval is of what was seen",
      "authors' approvals": "policy does not let people approve their own",
      "committers' approvals": "policy does not let people approve their own",
      "rules per request": "else whoever opens it takes the rule away",
    },
  };
}

/** As `approvalSettings`, to be written. */
export function approvalBody(settings: Settings): Record<string, boolean> {
  return {
    reset_approvals_on_push: settings["stale approvals"] === "dismissed",
    merge_requests_author_approval: settings["authors' approvals"] === "allowed",
    merge_requests_disable_committers_approval: settings["committers' approvals"] === "refused",
    disable_overriding_approvers_per_merge_request: settings["rules per request"] === "refused",
  };
}

export function ruleSettings(rule: ApprovalRule): Settings {
  const { approvals_required: approvals, applies_to_all_protected_branches: all, protected_branches: branches } = rule;
  const scope = all ? [ALL_PROTECTED] : branches.length === 0 ? [ALL_BRANCHES] : branches.map(({ name }) => name);
  return { "applies to": scope, approvals };
}

export function wantedRule(reviews: Reviews, patterns: readonly string[], found: ApprovalRule | null): WantedEntry {
  // GitLab's default rule asks for no approvals of all branches: nobody meant main by it.
  const there = found === null || found.approvals_required === 0 ? {} : ruleSettings(found);
  return {
    key: RULE,
    settings: atLeast({ "applies to": [...patterns], "approvals": reviews.approvals }, there),
    why: { "applies to": "the release lines that `morello lines` shows", "approvals": reviews.why },
  };
}
