// A place and a token -> a forge that can be asked: which way of protecting refs it offers is found out here.
import { setTimeout as sleep } from "node:timers/promises";
import { createClient, type Client } from "./client.ts";
import { classicForge } from "./github/classic.ts";
import { listRulesets, rulesetForge } from "./github/rulesets.ts";
import { RepositoryShape } from "./github/shape.ts";
import { protectedRefForge } from "./gitlab/protected-refs.ts";
import { ProjectShape } from "./gitlab/shape.ts";
import type { ForgePlace } from "./place.ts";
import type { Forge } from "./port.ts";
import type { Demand } from "./wanted.ts";

export interface OpenOptions {
  readonly token: string;
  readonly demands: readonly Demand[];
  readonly signal: AbortSignal | null;
}

/** Milliseconds that one request may take. */
const TIME_LIMIT = 30_000;

/** Throws `forge-failed` where the repository is not there or the token is not taken, `remote-failed`. */
export async function openForge(place: ForgePlace, { token, demands, signal }: OpenOptions): Promise<Forge> {
  const client = createClient({
    api: place.api,
    headers: headersOf(place, token),
    secret: token,
    timeLimit: TIME_LIMIT,
    wait: (milliseconds) => sleep(milliseconds, undefined, signal === null ? {} : { signal }),
    signal,
  });
  return place.kind === "github"
    ? openGitHub(client, place.project, demands)
    : openGitLab(client, place.project, demands);
}

async function openGitLab(client: Client, project: string, demands: readonly Demand[]): Promise<Forge> {
  const { body } = await client.request("GET", `/projects/${encodeURIComponent(project)}`);
  return protectedRefForge(client, ProjectShape.parse(body).id, demands);
}

async function openGitHub(client: Client, given: string, demands: readonly Demand[]): Promise<Forge> {
  const { body } = await client.request("GET", `/repos/${given}`);
  const project = RepositoryShape.parse(body).full_name; // its name today, if it was renamed
  const has = (await listRulesets(client, project)) !== null;
  return has ? rulesetForge(client, project, demands) : classicForge(client, project, demands);
}

function headersOf({ kind }: ForgePlace, token: string): Record<string, string> {
  const common = { "User-Agent": "morello" };
  return kind === "github"
    ? {
        ...common,
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
        "Authorization": `Bearer ${token}`,
      }
    : { ...common, "PRIVATE-TOKEN": token };
}
