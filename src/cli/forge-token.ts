// Tokens of forges among the variables of the environment: each goes to its own host and to no other, as the forges'
// own programs have it.
import type { Environment } from "../git/environment.ts";
import type { ForgeKind } from "../usecase/protect.ts";

interface Variables {
  /** That may hold the token, first the one that wins. */
  readonly tokens: readonly string[];
  /**
   * That must name the host beside it, and does not; null if nothing must. A host that is not the vendor's is named,
   * since whoever wrote a repository's address and configuration is not who owns the token.
   */
  readonly host: string | null;
}

function variables(env: Environment, forge: ForgeKind, host: string): Variables {
  const named = (...names: readonly string[]): boolean => names.some((name) => hostOf(env[name]) === host);
  if (forge === "gitlab") {
    const known = host === "gitlab.com" || named("GITLAB_HOST", "CI_SERVER_URL");
    return { tokens: ["GITLAB_TOKEN"], host: known ? null : "GITLAB_HOST" };
  }
  if (host === "github.com" || host.endsWith(".ghe.com") || named("GITHUB_SERVER_URL")) {
    return { tokens: ["GH_TOKEN", "GITHUB_TOKEN"], host: null };
  }
  return { tokens: ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"], host: named("GH_HOST") ? null : "GH_HOST" };
}

export function tokenFor(env: Environment, forge: ForgeKind, host: string): string | null {
  const found = variables(env, forge, host);
  if (found.host !== null) return null;
  for (const name of found.tokens) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== "") return value;
  }
  return null;
}

/** What the environment should hold for a host, in words and as a command. */
export function tokenAdvice(env: Environment, forge: ForgeKind, host: string): { wanted: string; command: string } {
  const { tokens, host: unnamed } = variables(env, forge, host);
  const naming = unnamed === null ? "" : `${unnamed}=${host}`;
  return {
    wanted: naming === "" ? tokens.join(" or ") : `${naming} and ${tokens.join(" or ")}`,
    command: `export ${naming === "" ? "" : `${naming} `}${tokens[0] ?? ""}=…`,
  };
}

/** `https://git.example:8443` and `git.example:8443` are one host. */
function hostOf(value: string | undefined): string | null {
  if (value === undefined || value === "") return null;
  try {
    return new URL(/^https?:\/\//.test(value) ? value : `https://${value}`).host;
  } catch {
    return null;
  }
}
