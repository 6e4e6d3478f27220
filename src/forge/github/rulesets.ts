// GitHub by its rulesets: Morello's own are named `Morello: …` and belong to the repository; all others are looked at
// and left alone. Where several apply, GitHub joins them, and the most restrictive wins.
import { globMatcher } from "../../line/glob.ts";
import { understood } from "../answer.ts";
import type { Client } from "../client.ts";
import { inOrder } from "../digest.ts";
import { mapLimited } from "../limited.ts";
import type { Bypass, Forge, OtherRule, Protection, Settings, Shortfall, WantedEntry } from "../port.ts";
import { suffices } from "../strictness.ts";
import type { Demand } from "../wanted.ts";
import { refPatterns } from "./pattern.ts";
import { foundRules, MOST_APPROVALS, rulesToWrite, wantedRules, whyOf } from "./settings.ts";
import { EffectiveRule, Ruleset, RulesetSummary } from "./shape.ts";

const OWN = "Morello: ";
/** Requests under way at once. */
const AT_ONCE = 4;
/** Refs of one demand that GitHub is asked about one by one: the newest lines. Patterns cover the rest. */
const MOST_ASKED = 25;

/** `project` is `owner/name`. Whether there are rulesets at all is to be asked first: see `listRulesets`. */
export function rulesetForge(client: Client, project: string, demands: readonly Demand[]): Forge {
  const root = `/repos/${project}`;
  const wanted = demands.map(wantedEntry);
  let own = new Map<string, Ruleset>();

  const read = async (): Promise<Protection> => {
    const summaries = (await listRulesets(client, project)) ?? [];
    const hidden: string[] = [];
    const rulesets = await mapLimited(summaries, AT_ONCE, async (summary) => {
      const path = `${root}/rulesets/${summary.id}?includes_parents=true`;
      const { status, body } = await client.request("GET", path, { ok: [403, 404] });
      if (status === 200) return understood(Ruleset, body, `the ruleset ${summary.name}`);
      hidden.push(summary.name); // of a level above, which the token may not look into
      return { ...summary, rules: [] };
    });
    const isOwn = ({ source_type, name }: Ruleset): boolean => source_type === "Repository" && name.startsWith(OWN);
    own = new Map(rulesets.filter(isOwn).map((ruleset) => [keyOf(ruleset.name), ruleset]));
    const branches = demands.filter(({ target }) => target === "branch");
    const effects = await mapLimited(
      branches.flatMap((demand) => demand.names.slice(0, MOST_ASKED).map((name) => ({ demand, name }))),
      AT_ONCE,
      async ({ demand, name }) => ({ demand, name, rules: await effectiveRules(client, project, name) }),
    );
    return {
      wanted,
      entries: [...own].map(([key, ruleset]) => ({ key, settings: settingsOf(ruleset) })),
      others: rulesets.filter((ruleset) => !isOwn(ruleset)).map(otherRule),
      bypasses: rulesets.filter(({ enforcement }) => enforcement === "active").flatMap(bypassesOf),
      shortfalls: effects.flatMap(shortfallsOf),
      limits: limitsOf(demands, [...own.values()], hidden),
      effective: { rulesets: inOrder(rulesets.filter(({ enforcement }) => enforcement === "active").map(inForce)) },
    };
  };

  const write = async (keys: readonly string[]): Promise<void> => {
    // What is wanted first, so that nothing is unguarded while names change.
    for (const demand of demands.filter(({ name }) => keys.includes(keyOf(OWN + name)))) {
      const before = own.get(keyOf(OWN + demand.name));
      const body = {
        name: OWN + demand.name,
        target: demand.target,
        enforcement: "active",
        conditions: { ref_name: { include: includeOf(demand), exclude: [] } },
        rules: rulesToWrite(demand, before?.rules ?? []),
      };
      if (before === undefined) await client.request("POST", `${root}/rulesets`, { body });
      else await client.request("PUT", `${root}/rulesets/${before.id}`, { body }); // who may bypass stays as it is
    }
    const names = new Set(wanted.map(({ key }) => key));
    for (const key of keys.filter((each) => !names.has(each))) {
      const before = own.get(key);
      if (before !== undefined) await client.request("DELETE", `${root}/rulesets/${before.id}`, { ok: [404] });
    }
  };

  return { kind: "github", means: "rulesets", read, write };
}

/** All rules in force on a branch of that name, there or not, whichever rulesets they are of. */
export async function effectiveRules(client: Client, project: string, branch: string): Promise<EffectiveRule[]> {
  const { items } = await client.list(`/repos/${project}/rules/branches/${encodeURIComponent(branch)}`);
  return items.map((item) => understood(EffectiveRule, item, `the rules of ${branch}`));
}

/** Of branches and tags, of all levels. Null where GitHub has none: an old server, or a plan without them. */
export async function listRulesets(client: Client, project: string): Promise<RulesetSummary[] | null> {
  const { status, items } = await client.list(`/repos/${project}/rulesets?includes_parents=true`, { ok: [403, 404] });
  if (status !== 200) return null;
  return items
    .map((item) => understood(RulesetSummary, item, "the list of rulesets"))
    .filter(({ target }) => target === "branch" || target === "tag");
}

function keyOf(name: string): string {
  return `ruleset ${name}`;
}

function includeOf({ target, patterns, names }: Demand): string[] {
  return refPatterns(target, patterns, names, (pattern, name) => globMatcher(pattern)(name));
}

function wantedEntry(demand: Demand): WantedEntry {
  return {
    key: keyOf(OWN + demand.name),
    settings: {
      "applies to": includeOf(demand),
      "except": [],
      "enforcement": "active",
      ...wantedRules(demand),
    },
    why: {
      ...whyOf(demand),
      except: "none of them is left out",
      enforcement: "a rule that is not enforced only watches",
    },
  };
}

function settingsOf({ target, conditions, enforcement, rules }: Ruleset): Settings {
  return {
    "applies to": conditions?.ref_name?.include ?? [],
    "except": conditions?.ref_name?.exclude ?? [],
    enforcement,
    ...foundRules(target === "tag" ? "tag" : "branch", rules),
  };
}

function otherRule(ruleset: Ruleset): OtherRule {
  const { name, source, source_type: type, rules } = ruleset;
  return {
    name,
    source: type === "Repository" ? "the repository" : `${type.toLowerCase()} ${source}`,
    settings: { ...settingsOf(ruleset), rules: rules.map((rule) => rule.type).sort() },
  };
}

const WHEN: Readonly<Record<string, string>> = {
  always: "always",
  pull_request: "in pull requests",
  exempt: "always, and unseen",
};
/** GitHub's own roles; an organisation's have other numbers. */
const ROLES: Readonly<Record<number, string>> = { 2: "role maintain", 4: "role write", 5: "role admin" };

function bypassesOf({ name, bypass_actors: actors = [] }: Ruleset): Bypass[] {
  return actors.map(({ actor_type: type, actor_id: id, bypass_mode: mode }) => ({
    rule: name,
    actor: actorName(type, id ?? null),
    when: WHEN[mode] ?? mode,
  }));
}

function actorName(type: string, id: number | null): string {
  switch (type) {
    case "OrganizationAdmin":
      return "owners of the organisation";
    case "DeployKey":
      return "deploy keys";
    case "RepositoryRole":
      return ROLES[id ?? 0] ?? `role ${id}`;
    case "Integration":
      return `app ${id}`;
    default:
      return `${type.toLowerCase()} ${id}`;
  }
}

function shortfallsOf({ demand, name, rules }: { demand: Demand; name: string; rules: EffectiveRule[] }): Shortfall[] {
  const found = foundRules("branch", rules);
  const { key: rule, why } = wantedEntry(demand);
  return Object.entries(wantedRules(demand)).flatMap(([setting, wanted]) =>
    suffices(found[setting], wanted)
      ? []
      : [{ rule, ref: `refs/heads/${name}`, setting, found: found[setting] ?? null, wanted, why: why[setting] ?? "" }],
  );
}

function limitsOf(demands: readonly Demand[], own: readonly Ruleset[], hidden: readonly string[]): string[] {
  const most = Math.max(0, ...demands.map(({ reviews }) => reviews?.approvals ?? 0));
  return [
    ...(most > MOST_APPROVALS ? [`GitHub asks for at most ${MOST_APPROVALS} approvals; policy asks for ${most}`] : []),
    ...(own.some(({ bypass_actors: actors }) => actors === undefined)
      ? ["the token may not see who bypasses the rules: it does not administer the repository"]
      : []),
    ...[...hidden].sort().map((name) => `the token may not see what the ruleset ${name} says`),
  ];
}

/** What counts for the digest: links, times and whoever asks are left out. */
function inForce({ name, source, source_type, target, conditions, rules, bypass_actors: actors }: Ruleset): unknown {
  return { name, source, source_type, target, conditions, rules: inOrder(rules), bypass_actors: actors ?? null };
}
