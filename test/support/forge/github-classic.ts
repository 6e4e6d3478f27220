// Classic branch protection in GitHub's two forms: as it is written, and as it is told.

type Json = Readonly<Record<string, unknown>>;

const SITE = "https://github.example";

/** What `PUT …/protection` was given, as `GET` tells it. What was `null` is left out. */
export function toldProtection(written: Json, branch: string): Json {
  const url = `${SITE}/api/v3/repos/org/app/branches/${encodeURIComponent(branch)}/protection`;
  const flag = (name: string): Json => ({ [name]: { enabled: written[name] === true } });
  const checks = written["required_status_checks"] as Json | null;
  const reviews = written["required_pull_request_reviews"] as Json | null;
  return {
    url,
    ...(checks === null ? {} : { required_status_checks: toldChecks(checks, url) }),
    enforce_admins: { url: `${url}/enforce_admins`, enabled: written["enforce_admins"] === true },
    ...(reviews === null ? {} : { required_pull_request_reviews: toldReviews(reviews, url) }),
    ...(written["restrictions"] === null
      ? {}
      : { restrictions: { ...restrictionUrls(url), ...toldActors(written["restrictions"] as Json) } }),
    ...flag("required_linear_history"),
    ...flag("allow_force_pushes"),
    ...flag("allow_deletions"),
    ...flag("block_creations"),
    ...flag("required_conversation_resolution"),
    ...flag("lock_branch"),
    ...flag("allow_fork_syncing"),
  };
}

function toldChecks(written: Json, url: string): Json {
  const checks = written["checks"] as { context: string; app_id?: number }[];
  return {
    url: `${url}/required_status_checks`,
    contexts_url: `${url}/required_status_checks/contexts`,
    strict: written["strict"],
    contexts: checks.map(({ context }) => context),
    checks: checks.map(({ context, app_id: app }) => ({ context, app_id: app === -1 ? null : (app ?? null) })),
  };
}

function toldReviews(written: Json, url: string): Json {
  const { bypass_pull_request_allowances: allowances, dismissal_restrictions: dismissal, ...rest } = written;
  return {
    url: `${url}/required_pull_request_reviews`,
    ...rest,
    ...(allowances === undefined ? {} : { bypass_pull_request_allowances: toldActors(allowances as Json) }),
    ...(dismissal === undefined
      ? {}
      : {
          dismissal_restrictions: {
            url: `${url}/dismissal_restrictions`,
            users_url: `${url}/users`,
            teams_url: `${url}/teams`,
            ...toldActors(dismissal as Json),
          },
        }),
  };
}

function restrictionUrls(url: string): Json {
  return {
    url: `${url}/restrictions`,
    users_url: `${url}/restrictions/users`,
    teams_url: `${url}/restrictions/teams`,
    apps_url: `${url}/restrictions/apps`,
  };
}

function toldActors(written: Json): Json {
  const names = (kind: string): readonly string[] => (written[kind] ?? []) as readonly string[];
  return { users: names("users").map(user), teams: names("teams").map(team), apps: [] };
}

function user(login: string): Json {
  const links = ["avatar", "events", "followers", "following", "gists", "html", "organizations", "received_events"];
  const all = [...links, "repos", "starred", "subscriptions"];
  const urls: Json = Object.fromEntries(all.map((link) => [`${link}_url`, `${SITE}/${login}`]));
  return {
    ...urls,
    login,
    id: 1,
    node_id: "U_1",
    gravatar_id: "",
    url: `${SITE}/${login}`,
    type: "User",
    site_admin: false,
  };
}

function team(slug: string): Json {
  return {
    id: 1,
    node_id: "T_1",
    url: SITE,
    members_url: SITE,
    name: slug,
    description: null,
    permission: "pull",
    html_url: SITE,
    repositories_url: SITE,
    slug,
    type: "organization",
    parent: null,
  };
}
