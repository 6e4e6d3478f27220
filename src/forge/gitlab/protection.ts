// What GitLab has and what is demanded -> what is wanted, what is there, and what falls short. Asks nobody.
import { inOrder } from "../digest.ts";
import type { Bypass, Entry, OtherRule, Protection, Shortfall } from "../port.ts";
import { suffices } from "../strictness.ts";
import type { Demand, Reviews } from "../wanted.ts";
import {
  APPROVALS,
  approvalSettings,
  branchKey,
  branchSettings,
  RULE,
  RULE_NAME,
  ruleSettings,
  TAG_SETTINGS,
  tagKey,
  toWildcard,
  wantedApprovals,
  wantedBranch,
  wantedRule,
  wildcardMatches,
} from "./settings.ts";
import type { ApprovalRule, ApprovalSettings, ProtectedBranch, ProtectedTag } from "./shape.ts";

export interface Found {
  readonly branches: readonly ProtectedBranch[];
  readonly tags: readonly ProtectedTag[];
  /** Null: this GitLab has no required approvals. */
  readonly approvals: ApprovalSettings | null;
  readonly rules: readonly ApprovalRule[];
}

export interface Pattern {
  readonly demand: Demand;
  /** GitLab's own. */
  readonly pattern: string;
}

export interface Asked {
  readonly branches: readonly Pattern[];
  readonly tags: readonly Pattern[];
  readonly reviews: Reviews | null;
}

/** Everything of `Protection`, from what was read. */
export function protectionOf(found: Found, { branches, tags, reviews }: Asked): Protection {
  const { approvals, rules } = found;
  const rule = adopted(rules);
  const reviewed = branches.filter(({ demand }) => demand.reviews !== null).map(({ pattern }) => pattern);
  const names = new Set(branches.map(({ pattern }) => pattern));
  const asksRule = reviews !== null && approvals !== null && (rule !== null || !rules.some(isAnyApprover));
  const ruleEntry = asksRule ? [wantedRule(reviews, reviewed, rule)] : [];
  return {
    wanted: [
      ...branches.map(({ demand, pattern }) => wantedBranch(demand, pattern, ownBranch(found, pattern))),
      ...tags.map(({ demand, pattern }) => ({ key: tagKey(pattern), settings: TAG_SETTINGS, why: demand.why })),
      ...(reviews === null || approvals === null ? [] : [wantedApprovals(reviews, approvals)]),
      ...ruleEntry,
    ],
    entries: [
      ...branches.flatMap(({ pattern }): Entry[] => {
        const own = ownBranch(found, pattern);
        return own === undefined ? [] : [{ key: branchKey(pattern), settings: branchSettings(own) }];
      }),
      ...tags
        .filter(({ pattern }) => found.tags.some(({ name }) => name === pattern))
        .map(({ pattern }) => ({ key: tagKey(pattern), settings: TAG_SETTINGS })),
      ...(approvals === null ? [] : [{ key: APPROVALS, settings: approvalSettings(approvals) }]),
      ...(rule === null ? [] : [{ key: RULE, settings: ruleSettings(rule) }]),
    ],
    others: othersOf(found, branches, names, rule),
    bypasses: found.branches.flatMap((branch) => (matchesAny(branch, branches) ? bypassesOf(branch) : [])),
    shortfalls: [
      ...branches.flatMap((each) => overruled(found, each)),
      ...approvalShortfalls(found, reviews, reviewed),
    ],
    limits: limitsOf(found, branches, reviews),
    effective: {
      branches: inOrder(found.branches.map(withoutNumbers)),
      tags: inOrder(found.tags.map(withoutNumbers)),
      approvals,
      rules: inOrder(rules.map(withoutNumbers)),
    },
  };
}

export function patternsOf(demands: readonly Demand[], target: Demand["target"]): Pattern[] {
  return demands.flatMap((demand) =>
    demand.target === target
      ? [...new Set(demand.patterns.map(toWildcard))].map((pattern) => ({ demand, pattern }))
      : [],
  );
}

/** GitLab has one rule for everybody's approvals: the largest number that a line asks for. */
export function strictest(demands: readonly Demand[]): Reviews | null {
  const all = demands.flatMap(({ reviews }) => reviews ?? []);
  return all.reduce<Reviews | null>((a, b) => (a === null || b.approvals > a.approvals ? b : a), null);
}

/** What a group above has set is not the project's to change. */
export function ownBranch({ branches }: Found, pattern: string): ProtectedBranch | undefined {
  return branches.find(({ name, inherited }) => name === pattern && inherited !== true);
}

function isAnyApprover({ rule_type: type }: ApprovalRule): boolean {
  return type === "any_approver";
}

/** The rule that Morello keeps: its own, or GitLab's own default of no approvals, which nobody set. */
export function adopted(rules: readonly ApprovalRule[]): ApprovalRule | null {
  return (
    rules.find((rule) => isAnyApprover(rule) && (rule.name === RULE_NAME || rule.approvals_required === 0)) ?? null
  );
}

function matchesAny({ name }: ProtectedBranch, patterns: readonly Pattern[]): boolean {
  return patterns.some(
    ({ demand, pattern }) => pattern === name || demand.names.some((ref) => wildcardMatches(name, ref)),
  );
}

function othersOf(
  { branches, rules }: Found,
  patterns: readonly Pattern[],
  own: ReadonlySet<string>,
  rule: ApprovalRule | null,
): OtherRule[] {
  const source = ({ inherited }: ProtectedBranch): string => (inherited === true ? "a group above" : "the project");
  return [
    ...branches
      .filter((branch) => (!own.has(branch.name) || branch.inherited === true) && matchesAny(branch, patterns))
      .map((branch) => ({ name: branchKey(branch.name), source: source(branch), settings: branchSettings(branch) })),
    ...rules
      .filter((each) => each !== rule)
      .map((each) => ({ name: `approval rule ${each.name}`, source: "the project", settings: ruleSettings(each) })),
  ];
}

function bypassesOf({ name, push_access_levels: levels }: ProtectedBranch): Bypass[] {
  return levels.flatMap(({ user_id: user, group_id: group, deploy_key_id: key }) => {
    const actor = user ? `user ${user}` : group ? `group ${group}` : key ? `deploy key ${key}` : null;
    return actor === null ? [] : [{ rule: branchKey(name), actor, when: "may push" }];
  });
}

/** Refs on which another pattern, being more permissive, wins. */
function overruled({ branches }: Found, { demand, pattern }: Pattern): Shortfall[] {
  const wanted = wantedBranch(demand, pattern, undefined);
  return demand.names
    .filter((name) => wildcardMatches(pattern, name))
    .flatMap((name) =>
      branches
        .filter(
          (branch) => (branch.name !== pattern || branch.inherited === true) && wildcardMatches(branch.name, name),
        )
        .flatMap((branch) => {
          const found = branchSettings(branch);
          return Object.entries(wanted.settings)
            .filter(([setting, value]) => !suffices(found[setting], value))
            .map(([setting, value]) => ({
              rule: wanted.key,
              ref: `refs/heads/${name}`,
              setting,
              found: found[setting] ?? null,
              wanted: value,
              why: `${branchKey(branch.name)} matches too, and GitLab lets the looser one win`,
            }));
        }),
    );
}

function approvalShortfalls(
  { approvals, rules }: Found,
  reviews: Reviews | null,
  patterns: readonly string[],
): Shortfall[] {
  if (reviews === null) return [];
  const lacks = (found: number | null, why: string): Shortfall[] => [
    { rule: RULE, ref: "merge requests", setting: "approvals", found, wanted: reviews.approvals, why },
  ];
  if (approvals === null) return lacks(null, "this GitLab's plan has no required approvals");
  const other = adopted(rules) === null ? rules.find(isAnyApprover) : undefined;
  if (other === undefined) return [];
  const found = ruleSettings(other);
  const wanted = wantedRule(reviews, patterns, null).settings;
  const enough = Object.entries(wanted).every(([setting, value]) => suffices(found[setting], value));
  return enough
    ? []
    : lacks(other.approvals_required, `GitLab has one such rule, and "${other.name}" is not Morello's`);
}

function limitsOf({ approvals }: Found, branches: readonly Pattern[], reviews: Reviews | null): string[] {
  const levels = new Set(branches.flatMap(({ demand }) => demand.reviews?.approvals ?? []));
  return [
    ...(reviews !== null && approvals === null ? ["required approvals are part of GitLab's paid plans"] : []),
    ...(levels.size > 1 ? [`GitLab has one number for all lines: ${Math.max(...levels)} approvals`] : []),
    ...(branches.some(({ demand }) => demand.check !== null)
      ? ['GitLab requires no check by its name: set "Pipelines must succeed", and run morello check in the pipeline']
      : []),
  ];
}

/** Numbers of entries say nothing of what is in force, and change when one is made anew. */
function withoutNumbers(value: object): unknown {
  return JSON.parse(JSON.stringify(value, (key, item: unknown) => (key === "id" ? undefined : item))) as unknown;
}
