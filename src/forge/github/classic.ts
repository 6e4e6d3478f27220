// GitHub by branch protection, where it has no rulesets: branch by branch, of those that are there. It has no names, so
// nobody can tell whose a setting is: Morello makes it stricter, and never looser. Tags have no such protection.
import { AppError } from "../../error.ts";
import { understood } from "../answer.ts";
import type { Client } from "../client.ts";
import { mapLimited } from "../limited.ts";
import type { Bypass, Forge, Protection, Settings, WantedEntry } from "../port.ts";
import { atLeast } from "../strictness.ts";
import type { Demand } from "../wanted.ts";
import { checkOf, wantedRules, whyOf } from "./settings.ts";
import { BranchProtection } from "./shape.ts";

/** Requests under way at once. */
const AT_ONCE = 4;
/** What branch protection takes at most. */
const MOST = 6;

interface Found {
  readonly branch: string;
  readonly demand: Demand;
  /** Null: not protected. */
  readonly protection: BranchProtection | null;
}

export function classicForge(client: Client, project: string, demands: readonly Demand[]): Forge {
  let found: readonly Found[] = [];
  const path = (branch: string): string => `/repos/${project}/branches/${encodeURIComponent(branch)}/protection`;

  const read = async (): Promise<Protection> => {
    const asked = demands.flatMap((demand) =>
      demand.target === "branch" ? demand.names.map((branch) => ({ demand, branch })) : [],
    );
    const answers = await mapLimited(asked, AT_ONCE, async ({ demand, branch }) => {
      const { status, body } = await client.request("GET", path(branch), { ok: [404] });
      if (status === 200)
        return { demand, branch, protection: understood(BranchProtection, body, `the protection of ${branch}`) };
      const said = (body as { message?: unknown } | null)?.message;
      if (said === "Branch not protected") return { demand, branch, protection: null };
      if (said === "Branch not found") return null;
      throw new AppError("forge-failed", `The protection of ${branch} of ${project} is not shown: ${String(said)}`, {
        hint: "the token must be one that administers the repository",
      });
    });
    found = answers.filter((each) => each !== null);
    const missing = asked.filter((_each, at) => answers[at] === null).map(({ branch }) => branch);
    return {
      wanted: found.map(wantedEntry),
      entries: found.flatMap(({ branch, protection }) =>
        protection === null ? [] : [{ key: keyOf(branch), settings: settingsOf(protection) }],
      ),
      others: [],
      bypasses: found.flatMap(bypassesOf),
      shortfalls: [],
      limits: limitsOf(demands, missing),
      effective: { branches: Object.fromEntries(found.map(({ branch, protection }) => [branch, protection])) },
    };
  };

  const write = async (keys: readonly string[]): Promise<void> => {
    for (const each of found.filter(({ branch }) => keys.includes(keyOf(branch)))) {
      await client.request("PUT", path(each.branch), { body: bodyOf(each) });
    }
  };

  return { kind: "github", means: "branch protection", read, write };
}

function keyOf(branch: string): string {
  return `branch protection of ${branch}`;
}

const ADMINS = { held: "held to it", exempt: "exempt" } as const;

function wantedEntry({ branch, demand, protection }: Found): WantedEntry {
  const wanted: Settings = { ...capped(wantedRules(demand)), administrators: ADMINS.held };
  return {
    key: keyOf(branch),
    settings: atLeast(wanted, protection === null ? {} : settingsOf(protection)),
    why: { ...whyOf(demand), administrators: "else whoever administers the repository is not held to any of this" },
  };
}

function capped(settings: Settings): Settings {
  const { approvals } = settings;
  return typeof approvals === "number" ? { ...settings, approvals: Math.min(approvals, MOST) } : settings;
}

function settingsOf(protection: BranchProtection): Settings {
  const reviews = protection.required_pull_request_reviews;
  return {
    "deletion": protection.allow_deletions?.enabled === true ? "allowed" : "refused",
    "force push": protection.allow_force_pushes?.enabled === true ? "allowed" : "refused",
    "pull request": reviews === undefined ? "not asked for" : "required",
    "approvals": reviews?.required_approving_review_count ?? 0,
    "stale approvals": reviews?.dismiss_stale_reviews === true ? "dismissed" : "kept",
    "last push": reviews?.require_last_push_approval === true ? "approved by another" : "not looked at",
    "check": checksIn(protection).map(({ context, app_id: app }) => checkOf(context, app ?? null)),
    "administrators": protection.enforce_admins?.enabled === true ? ADMINS.held : ADMINS.exempt,
  };
}

function checksIn({ required_status_checks: checks }: BranchProtection): { context: string; app_id?: number | null }[] {
  return checks?.checks ?? (checks?.contexts ?? []).map((context) => ({ context }));
}

/** All that is there, in the form in which it is written, with what is wanted on top. */
function bodyOf({ demand, protection }: Found): unknown {
  const reviews = protection?.required_pull_request_reviews;
  const { reviews: wanted, check } = demand;
  const named = protection === null ? [] : checksIn(protection);
  const checks = named.map(({ context, app_id: app }) => ({ context, app_id: app ?? -1 })); // -1: any app
  if (
    check !== null &&
    !named.some(({ context, app_id }) => context === check.name && (app_id ?? null) === check.app)
  ) {
    checks.push({ context: check.name, app_id: check.app ?? -1 });
  }
  const on = (flag: { readonly enabled: boolean } | undefined): boolean => flag?.enabled === true;
  return {
    required_status_checks:
      checks.length === 0
        ? null
        : { strict: protection?.required_status_checks?.strict === true, contexts: [], checks },
    enforce_admins: true,
    required_pull_request_reviews:
      reviews === undefined && wanted === null
        ? null
        : {
            dismiss_stale_reviews: wanted !== null || reviews?.dismiss_stale_reviews === true,
            require_code_owner_reviews: reviews?.require_code_owner_reviews === true,
            require_last_push_approval: wanted?.byAnother === true || reviews?.require_last_push_approval === true,
            required_approving_review_count: Math.min(
              MOST,
              Math.max(wanted?.approvals ?? 0, reviews?.required_approving_review_count ?? 0),
            ),
            ...(reviews?.dismissal_restrictions === undefined
              ? {}
              : { dismissal_restrictions: namesOf(reviews.dismissal_restrictions) }),
            ...(reviews?.bypass_pull_request_allowances === undefined
              ? {}
              : { bypass_pull_request_allowances: namesOf(reviews.bypass_pull_request_allowances) }),
          },
    restrictions: protection?.restrictions === undefined ? null : namesOf(protection.restrictions),
    required_linear_history: on(protection?.required_linear_history),
    allow_force_pushes: false,
    allow_deletions: false,
    block_creations: on(protection?.block_creations),
    required_conversation_resolution: on(protection?.required_conversation_resolution),
    lock_branch: on(protection?.lock_branch),
    allow_fork_syncing: on(protection?.allow_fork_syncing),
  };
}

interface Actors {
  readonly users?: readonly { readonly login: string }[] | undefined;
  readonly teams?: readonly { readonly slug: string }[] | undefined;
  readonly apps?: readonly { readonly slug: string }[] | undefined;
}

function namesOf({ users = [], teams = [], apps = [] }: Actors): Record<string, string[]> {
  return {
    users: users.map(({ login }) => login),
    teams: teams.map(({ slug }) => slug),
    apps: apps.map(({ slug }) => slug),
  };
}

function bypassesOf({ branch, protection }: Found): Bypass[] {
  const allowed = protection?.required_pull_request_reviews?.bypass_pull_request_allowances ?? {};
  return Object.entries(namesOf(allowed)).flatMap(([kind, names]) =>
    names.map((name) => ({ rule: keyOf(branch), actor: `${kind.slice(0, -1)} ${name}`, when: "in pull requests" })),
  );
}

function limitsOf(demands: readonly Demand[], missing: readonly string[]): string[] {
  const most = Math.max(0, ...demands.map(({ reviews }) => reviews?.approvals ?? 0));
  return [
    "GitHub offers no rulesets here, so each branch is protected by itself: run it again for new lines",
    "branch protection cannot keep release tags from being moved: look at them with morello ledger verify",
    ...(missing.length === 0 ? [] : [`not there yet, and so not protected: ${missing.join(", ")}`]),
    ...(most > MOST ? [`branch protection asks for at most ${MOST} approvals; policy asks for ${most}`] : []),
  ];
}
