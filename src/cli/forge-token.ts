// Tokens of forges among the variables of the environment: each goes to its own host and to no other, as the forges'
// own programs have it.
import type { Environment } from "../git/environment.ts";
import type { ForgeKind } from "../usecase/protect.ts";

/** Variables that may hold the token for a host, first the one that wins. */
export function tokenNames(env: Environment, forge: ForgeKind, host: string): readonly string[] {
  if (forge === "gitlab") {
    const own = [hostOf(env["GITLAB_HOST"]), hostOf(env["CI_SERVER_URL"])];
    return host === "gitlab.com" || own.includes(host) ? ["GITLAB_TOKEN"] : [`GITLAB_TOKEN with GITLAB_HOST=${host}`];
  }
  const here = host === "github.com" || host.endsWith(".ghe.com") || hostOf(env["GITHUB_SERVER_URL"]) === host;
  return here ? ["GH_TOKEN", "GITHUB_TOKEN"] : ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"];
}

export function tokenFor(env: Environment, forge: ForgeKind, host: string): string | null {
  for (const name of tokenNames(env, forge, host)) {
    const value = env[name]?.trim();
    if (value !== undefined && value !== "") return value;
  }
  return null;
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
