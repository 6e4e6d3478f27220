// What is demanded and what GitHub's rules say, as the same settings: one table of which rule stands for which.
import type { Demand } from "../wanted.ts";
import type { Settings } from "../port.ts";
import type { RuleShape } from "./shape.ts";

/** Rule types that Morello keeps. Others in its rulesets are somebody's wish, and stay. */
const KEPT = ["deletion", "non_fast_forward", "update", "pull_request", "required_status_checks"] as const;

/** GitHub takes no larger number. */
export const MOST_APPROVALS = 10;

/** Settings of the rules alone, in the order in which people read them. */
export function wantedRules(demand: Demand): Settings {
  const { target, refuses, reviews, check } = demand;
  return {
    "deletion": refuses.includes("deletion") ? "refused" : "allowed",
    "force push": refuses.includes("force push") ? "refused" : "allowed",
    ...(target === "tag" ? { update: refuses.includes("update") ? "refused" : "allowed" } : {}),
    ...(target === "branch"
      ? {
          "pull request": reviews === null ? "not asked for" : "required",
          "approvals": Math.min(reviews?.approvals ?? 0, MOST_APPROVALS),
          "stale approvals": reviews === null ? "kept" : "dismissed",
          "last push": reviews?.byAnother === true ? "approved by another" : "not looked at",
          "check": check === null ? [] : [checkOf(check.name, check.app)],
        }
      : {}),
  };
}

/** Why, for each setting that rules have. */
export function whyOf({ why, reviews }: Demand): Readonly<Record<string, string>> {
  return {
    ...why,
    "pull request": reviews === null ? "policy lets picks be pushed" : "approvals are given to pull requests",
    "approvals": reviews?.why ?? "policy asks for none",
    "stale approvals": "an approval is of what was seen",
    "last push": "policy does not let people approve their own",
    "check": "what Morello finds wrong cannot be merged",
  };
}

/** What rules amount to, in the words of `wantedRules`. Several of one type: the most restrictive, as GitHub joins them. */
export function foundRules(target: "branch" | "tag", rules: readonly RuleShape[]): Settings {
  const has = (type: string): boolean => rules.some((rule) => rule.type === type);
  const of = (type: string): Record<string, unknown>[] =>
    rules.flatMap((rule) => (rule.type === type ? [rule.parameters ?? {}] : []));
  const reviews = of("pull_request");
  const counts = reviews.map((each) => number(each["required_approving_review_count"]));
  const any = (name: string): boolean => reviews.some((each) => each[name] === true);
  return {
    "deletion": has("deletion") ? "refused" : "allowed",
    "force push": has("non_fast_forward") ? "refused" : "allowed",
    ...(target === "tag" ? { update: has("update") ? "refused" : "allowed" } : {}),
    ...(target === "branch"
      ? {
          "pull request": reviews.length === 0 ? "not asked for" : "required",
          "approvals": Math.max(0, ...counts),
          "stale approvals": any("dismiss_stale_reviews_on_push") ? "dismissed" : "kept",
          "last push": any("require_last_push_approval") ? "approved by another" : "not looked at",
          "check": checksOf(of("required_status_checks")),
        }
      : {}),
  };
}

/** The rules to write: as wanted, with whatever else people have set in the ruleset kept as it is. */
export function rulesToWrite(demand: Demand, before: readonly RuleShape[]): RuleShape[] {
  const kept = before.filter(({ type }) => !(KEPT as readonly string[]).includes(type));
  const parametersOf = (type: string): Record<string, unknown> =>
    before.find((rule) => rule.type === type)?.parameters ?? {};
  const { refuses, reviews, check } = demand;
  const rules: RuleShape[] = [];
  if (refuses.includes("deletion")) rules.push({ type: "deletion" });
  if (refuses.includes("force push")) rules.push({ type: "non_fast_forward" });
  if (refuses.includes("update")) {
    rules.push({ type: "update", parameters: { update_allows_fetch_and_merge: false } });
  }
  if (reviews !== null) {
    rules.push({
      type: "pull_request",
      parameters: {
        require_code_owner_review: false,
        required_review_thread_resolution: false,
        ...parametersOf("pull_request"),
        required_approving_review_count: Math.min(reviews.approvals, MOST_APPROVALS),
        dismiss_stale_reviews_on_push: true,
        require_last_push_approval: reviews.byAnother,
      },
    });
  }
  if (check !== null) {
    rules.push({
      type: "required_status_checks",
      parameters: {
        // A line moves with every pick; its own check says whether a change still fits.
        strict_required_status_checks_policy: false,
        do_not_enforce_on_create: true, // a new line starts at a commit that nobody checked as a line's
        ...parametersOf("required_status_checks"),
        required_status_checks: [{ context: check.name, ...(check.app === null ? {} : { integration_id: check.app }) }],
      },
    });
  }
  return [...rules, ...kept];
}

/** As a setting says it: `morello check by app 15368`. */
export function checkOf(name: string, app: number | null): string {
  return app === null ? name : `${name} by app ${app}`;
}

function checksOf(parameters: readonly Record<string, unknown>[]): string[] {
  const checks = parameters.flatMap((each) => {
    const listed = each["required_status_checks"];
    return Array.isArray(listed) ? (listed as Record<string, unknown>[]) : [];
  });
  return checks.map(({ context, integration_id: app }) =>
    checkOf(String(context), typeof app === "number" ? app : null),
  );
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
