// A place and a token -> a forge that can be asked: which way of protecting refs it offers is found out here.
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { understood } from "./answer.ts";
import { createClient, type Client } from "./client.ts";
import { classicForge } from "./github/classic.ts";
import { effectiveRules, listRulesets, rulesetForge } from "./github/rulesets.ts";
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

async function openGitLab(client: Client, given: string, demands: readonly Demand[]): Promise<Forge> {
  const { body } = await client.request("GET", `/projects/${encodeURIComponent(given)}`);
  const { id, default_branch: main } = understood(ProjectShape, body, "the project");
  const forge = protectedRefForge(client, id, demands);
  if (main === null || main === undefined) return forge;
  const branch = `/projects/${id}/repository/branches/${encodeURIComponent(main)}`;
  return (await isUnprotected(client, branch)) ? withMain(forge, main) : forge;
}

async function openGitHub(client: Client, given: string, demands: readonly Demand[]): Promise<Forge> {
  const { body } = await client.request("GET", `/repos/${given}`);
  const { full_name: project, default_branch: main } = understood(RepositoryShape, body, "the repository"); // its name today, if it was renamed
  const has = (await listRulesets(client, project)) !== null;
  const forge = has ? rulesetForge(client, project, demands) : classicForge(client, project, demands);
  if (!(await isUnprotected(client, `/repos/${project}/branches/${encodeURIComponent(main)}`))) return forge;
  const ruled = has && (await effectiveRules(client, project, main)).length > 0; // rulesets need not show in a branch
  return ruled ? forge : withMain(forge, main);
}

/** False also where the branch is not there, or not shown. */
async function isUnprotected(client: Client, branch: string): Promise<boolean> {
  const { status, body } = await client.request("GET", branch, { ok: [403, 404] });
  return status === 200 && !understood(BranchShape, body, "its main branch").protected;
}

/** Says that the branch that policy is read from is not protected. To protect it is its owners' choice. */
function withMain(forge: Forge, main: string): Forge {
  const said = `${main} is not protected, and policy is read from it: whoever may push there sets it`;
  return {
    ...forge,
    read: async () => {
      const protection = await forge.read();
      return { ...protection, limits: [...protection.limits, said] };
    },
  };
}

/** Both forges tell it in these words. */
const BranchShape = z.looseObject({ protected: z.boolean() });

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
