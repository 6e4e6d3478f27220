// A repository on GitHub as far as protection goes: rulesets, classic protection, pull requests with their reviews and
// checks, and who may do what. What GitHub refuses is given as its reasons; none: it is done.
import { fnmatch } from "./fnmatch.ts";

export interface Rule {
  readonly type: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export interface BypassActor {
  readonly actor_id: number | null;
  readonly actor_type: "Integration" | "OrganizationAdmin" | "RepositoryRole" | "Team" | "DeployKey" | "User";
  readonly bypass_mode: "always" | "pull_request" | "exempt";
}

export interface Ruleset {
  readonly id: number;
  readonly name: string;
  readonly target: "branch" | "tag" | "push";
  readonly source_type: "Repository" | "Organization";
  readonly source: string;
  readonly enforcement: "active" | "evaluate" | "disabled";
  readonly bypass_actors: readonly BypassActor[];
  readonly conditions: {
    readonly ref_name: { readonly include: readonly string[]; readonly exclude: readonly string[] };
  };
  readonly rules: readonly Rule[];
}

export type NewRuleset = Omit<Ruleset, "id" | "source_type" | "source"> &
  Partial<Pick<Ruleset, "source_type" | "source">>;

/** Who does something, and by what they may be let past a rule. */
export interface Actor {
  readonly login: string;
  readonly actors?: readonly Pick<BypassActor, "actor_id" | "actor_type">[];
}

export interface Pull {
  readonly base: string;
  readonly author: string;
  lastPushBy: string;
  approvals: string[];
  checks: { context: string; app: number | null }[];
}

export type RefChange = "create" | "forward" | "force" | "delete";

export class GitHubState {
  readonly fullName: string;
  rulesets: Ruleset[] = [];
  /** What there is: all; branch protection alone, on a server older than rulesets; nothing, as for a private repository that pays nothing. */
  plan: "full" | "old server" | "free" = "full";
  /** Classic protection of branches, as the API wrote it. */
  readonly protections = new Map<string, Readonly<Record<string, unknown>>>();
  branches: string[] = ["main"];
  #next = 1;

  constructor(fullName: string) {
    this.fullName = fullName;
  }

  add(ruleset: NewRuleset): Ruleset {
    const added = { source_type: "Repository" as const, source: this.fullName, ...ruleset, id: this.#next++ };
    this.rulesets.push(added);
    return added;
  }

  /** Rulesets in force on a ref, all levels. */
  active(refname: string): Ruleset[] {
    const target = refname.startsWith("refs/tags/") ? "tag" : "branch";
    return this.rulesets.filter(
      (ruleset) => ruleset.target === target && ruleset.enforcement === "active" && applies(ruleset, refname),
    );
  }

  /** A push, as `git push` makes it. */
  push(refname: string, change: RefChange, by: Actor): string[] {
    const rules = this.active(refname)
      .filter((ruleset) => !bypasses(ruleset, by, false))
      .flatMap((ruleset) => ruleset.rules);
    const refused = rules.flatMap(({ type }) => {
      if (type === "deletion" && change === "delete") return ["Cannot delete this ref"];
      if (type === "non_fast_forward" && change === "force") return ["Cannot force-push to this ref"];
      if (type === "creation" && change === "create") return ["Cannot create ref"];
      if (type === "update" && (change === "forward" || change === "force"))
        return ["Cannot update this protected ref"];
      if (type === "pull_request" && change !== "delete" && change !== "create")
        return ["Changes must be made through a pull request"];
      return [];
    });
    return [...new Set([...refused, ...this.#classic(refname, change)])];
  }

  open(base: string, author: string): Pull {
    return { base, author, lastPushBy: author, approvals: [], checks: [] };
  }

  /** New commits on the pull request's own branch: what was approved before may count no more, and checks begin anew. */
  pushToPull(pull: Pull, by: string): void {
    pull.lastPushBy = by;
    pull.checks = [];
    if (this.#reviews(pull.base).some((each) => each["dismiss_stale_reviews_on_push"] === true)) pull.approvals = [];
  }

  approve(pull: Pull, by: string): string[] {
    if (by === pull.author) return ["Can not approve your own pull request"];
    pull.approvals = [...new Set([...pull.approvals, by])];
    return [];
  }

  merge(pull: Pull, by: Actor): string[] {
    const rules = this.active(`refs/heads/${pull.base}`)
      .filter((ruleset) => !bypasses(ruleset, by, true))
      .flatMap((ruleset) => ruleset.rules);
    return [
      ...new Set(
        rules.flatMap(({ type, parameters = {} }) => {
          if (type === "pull_request") {
            const needed = Number(parameters["required_approving_review_count"]);
            const last = parameters["require_last_push_approval"] === true;
            return [
              ...(pull.approvals.length < needed ? [`At least ${needed} approving review(s) required`] : []),
              ...(last && needed > 0 && !pull.approvals.some((name) => name !== pull.lastPushBy)
                ? ["The last push must be approved by someone else"]
                : []),
            ];
          }
          if (type === "required_status_checks") return missingChecks(parameters, pull);
          return [];
        }),
      ),
    ];
  }

  #reviews(branch: string): Readonly<Record<string, unknown>>[] {
    const rules = this.active(`refs/heads/${branch}`).flatMap((ruleset) => ruleset.rules);
    return rules.flatMap(({ type, parameters = {} }) => (type === "pull_request" ? [parameters] : []));
  }

  #classic(refname: string, change: RefChange): string[] {
    const found = this.protections.get(refname.replace("refs/heads/", ""));
    if (found === undefined || !refname.startsWith("refs/heads/")) return [];
    if (change === "delete" && found["allow_deletions"] !== true) return ["Cannot delete a protected branch"];
    if (change === "force" && found["allow_force_pushes"] !== true) return ["Cannot force-push to a protected branch"];
    return found["required_pull_request_reviews"] === null ? [] : ["Changes must be made through a pull request"];
  }
}

function applies({ conditions }: Ruleset, refname: string): boolean {
  const { include, exclude } = conditions.ref_name;
  const fits = (pattern: string): boolean => pattern === "~ALL" || fnmatch(pattern, refname);
  return include.some(fits) && !exclude.some(fits);
}

function bypasses({ bypass_actors: list }: Ruleset, { actors = [] }: Actor, inPull: boolean): boolean {
  return list.some(
    ({ actor_type: type, actor_id: id, bypass_mode: mode }) =>
      (inPull || mode !== "pull_request") && actors.some((each) => each.actor_type === type && each.actor_id === id),
  );
}

function missingChecks(parameters: Readonly<Record<string, unknown>>, pull: Pull): string[] {
  const wanted = parameters["required_status_checks"] as { context: string; integration_id?: number }[];
  return wanted
    .filter(
      ({ context, integration_id: app }) =>
        !pull.checks.some((check) => check.context === context && (app === undefined || check.app === app)),
    )
    .map(({ context }) => `Required status check "${context}" is expected`);
}
