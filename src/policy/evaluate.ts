// Facts about commits and the line that they are on -> where policy is not met. Looks at rules that are on, and says
// which violations were waived; refuses nothing itself.
import type { Severity, Violation } from "../wire/check.ts";
import type { CommitFacts, LineFacts, Need, Problem, Rule } from "./rule.ts";
import { RULES } from "./rules.ts";
import type { PolicySettings } from "./settings.ts";

/** A recorded exception. */
export interface Waiver {
  readonly rule: string;
  /** The commit that it is for, landed or source; null for all of the line. */
  readonly commit: string | null;
  readonly by: string;
  readonly reason: string;
  /** Unix seconds; it holds before. */
  readonly until: number;
  /** The record's key. */
  readonly key: string;
}

/** What a violation of the rule does on a line with those settings. */
export function severityOf(rule: Rule, settings: PolicySettings): Severity {
  return settings.rules[rule.id] ?? (rule.demanded?.(settings) === true ? "error" : rule.severity);
}

/** The same settings, with every rule off that would only warn. */
export function refusingOnly(settings: PolicySettings): PolicySettings {
  const warning = RULES.filter((rule) => severityOf(rule, settings) !== "error");
  return {
    ...settings,
    rules: { ...settings.rules, ...Object.fromEntries(warning.map(({ id }) => [id, "off"] as const)) },
  };
}

/** The facts that must be gathered. */
export function neededFacts(settings: PolicySettings): ReadonlySet<Need> {
  const on = RULES.filter((rule) => severityOf(rule, settings) !== "off");
  return new Set(on.flatMap((rule) => (rule.about === "commit" ? rule.needs : [])));
}

/** Of the line first, then commit by commit in the order given, each in the order of the rules. `now`: Unix seconds. */
export function evaluate(
  commits: readonly CommitFacts[],
  line: LineFacts,
  waivers: readonly Waiver[],
  now: number,
): Violation[] {
  const valid = waivers.filter(({ until }) => now < until);
  const found = (rule: Rule, problems: readonly Problem[], facts: CommitFacts | null): Violation[] => {
    const severity = severityOf(rule, line.settings);
    if (severity === "off") return [];
    return problems.map(({ message, hint, paths }) => ({
      rule: rule.id,
      severity,
      commit: facts?.commit ?? null,
      subject: facts?.classed.subject ?? "",
      message,
      hint: hint ?? rule.hint,
      paths: (paths ?? []).map((place) => ({ ...place })),
      waiver: waiverFor(valid, rule, facts),
    }));
  };
  return [
    ...RULES.flatMap((rule) => (rule.about === "line" ? found(rule, rule.check(line, commits), null) : [])),
    ...commits.flatMap((facts) =>
      RULES.flatMap((rule) => (rule.about === "commit" ? found(rule, rule.check(facts, line), facts) : [])),
    ),
  ];
}

/** Whether nothing stands in the way. */
export function isMet(violations: readonly Pick<Violation, "severity" | "waiver">[]): boolean {
  return violations.every(({ severity, waiver }) => severity !== "error" || waiver !== null);
}

function waiverFor(waivers: readonly Waiver[], rule: Rule, facts: CommitFacts | null): Violation["waiver"] {
  const about = [facts?.commit, facts?.classed.source?.commit];
  const found = waivers.find(({ rule: id, commit }) => id === rule.id && (commit === null || about.includes(commit)));
  if (found === undefined) return null;
  const { by, reason, until, key } = found;
  return { by, reason, until, key };
}
