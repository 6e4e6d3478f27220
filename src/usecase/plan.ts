// `morello plan`: what a pick would do, and what stands in its way.
import { run } from "../git/run.ts";
import { fetchRemotes } from "../git/push.ts";
import { openRepository } from "../git/repository.ts";
import { checkBranchName, currentIdentity } from "../git/refs.ts";
import { parseIdentity } from "../object/text.ts";
import type { Identity } from "../wire/basic.ts";
import type { PlanOutcome } from "../wire/outcome.ts";
import type { PickOptions, Plan } from "../wire/plan.ts";
import { planPicks } from "./plan-picks.ts";
import { withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export interface PlanInput {
  readonly revisions: readonly string[];
  readonly onto: readonly string[];
  readonly options: PickOptions;
  /** Refresh remote-tracking refs first. */
  readonly fetch: boolean;
}

/** Plans without writing anything; `causes` of conflicts are null, see `explainConflicts`. */
export async function plan(deps: Deps, input: PlanInput): Promise<PlanOutcome> {
  if (input.fetch) await fetchAll(deps);
  return withWorkspace(deps, async (workspace) => ({
    kind: "plan",
    plan: await makePlan(workspace, { ...input, lookOnly: true }),
    written: null,
    verify: [],
  }));
}

export async function makePlan(
  workspace: Workspace,
  { revisions, onto, options, lookOnly }: Omit<PlanInput, "fetch"> & { readonly lookOnly: boolean },
): Promise<Plan> {
  if (options.toBranch !== null) await checkBranchName(workspace.repository, `morello/${options.toBranch}/line`);
  const identity = await committer(workspace);
  const made = await planPicks(workspace, {
    revisions,
    onto,
    options,
    lookOnly,
    committer: identity ?? nobody(workspace),
  });
  return identity === null ? { ...made, notes: [...made.notes, { kind: "no-identity" }] } : made;
}

export async function fetchAll(deps: Deps): Promise<void> {
  const repository = await openRepository(deps.cwd, deps.environment);
  const remotes = (await run(repository, ["remote"])).stdout
    .toString("utf8")
    .split("\n")
    .filter((name) => name !== "");
  await fetchRemotes(repository, remotes);
}

/** git's committer, with the date it would use now or `GIT_COMMITTER_DATE`; null if git knows none. */
async function committer(workspace: Workspace): Promise<Identity | null> {
  const line = await currentIdentity(workspace.repository);
  if (line === null) return null;
  const { name, email, seconds, zone } = parseIdentity(Buffer.from(line, "utf8").toString("latin1"));
  return { name, email, date: `${seconds} ${zone}` };
}

function nobody({ now }: Workspace): Identity {
  return { name: "nobody", email: "nobody@localhost", date: `${now} +0000` };
}

export { explainConflicts } from "./explain-conflicts.ts";
