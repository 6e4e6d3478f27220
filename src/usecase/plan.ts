// `morello plan`: what a pick would do, and what stands in its way.
import { run } from "../git/run.ts";
import { fetchRemotes } from "../git/push.ts";
import { openRepository } from "../git/repository.ts";
import { currentIdentity } from "../git/refs.ts";
import { parseIdentity } from "../object/text.ts";
import { parseQuotedPath, pathBytes } from "../object/path.ts";
import type { CommitSummary, Identity } from "../wire/basic.ts";
import type { PlanOutcome } from "../wire/outcome.ts";
import type { ConflictedPath, PickOptions, Plan } from "../wire/plan.ts";
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
  }));
}

export async function makePlan(
  workspace: Workspace,
  { revisions, onto, options, lookOnly }: Omit<PlanInput, "fetch"> & { readonly lookOnly: boolean },
): Promise<Plan> {
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

/** Commits of one side shown for a path. */
const MAX_CAUSES = 10;

/**
 * Fills in the causes of conflicts: for each conflicted path the commits that touched it on either side since the
 * merge base, newest first, at most ten. Calls `onPath` as each path is known.
 */
export function explainConflicts(
  deps: Deps,
  plan: Plan,
  onPath?: (line: string, source: string, path: ConflictedPath) => void,
): Promise<Plan> {
  const hasConflict = plan.lines.some(({ picks }) => picks.some(({ outcome }) => outcome.kind === "conflict"));
  if (!hasConflict) return Promise.resolve(plan);
  return withWorkspace(deps, async (workspace) => {
    const lines: Plan["lines"] = [];
    for (const line of plan.lines) {
      const picks: typeof line.picks = [];
      for (const pick of line.picks) {
        if (pick.outcome.kind !== "conflict") {
          picks.push(pick);
          continue;
        }
        const paths: ConflictedPath[] = [];
        for (const path of pick.outcome.paths) {
          const explained = { ...path, causes: await causesOf(workspace, line.onto, pick.source, path) };
          paths.push(explained);
          onPath?.(line.line.name, pick.source, explained);
        }
        picks.push({ ...pick, outcome: { ...pick.outcome, paths } });
      }
      lines.push({ ...line, picks });
    }
    return { ...plan, lines };
  });
}

async function causesOf(
  workspace: Workspace,
  onto: string,
  source: string,
  path: ConflictedPath,
): Promise<ConflictedPath["causes"]> {
  const names = [
    ...new Set([path.path, path.base?.path, path.ours?.path, path.theirs?.path].filter((name) => name !== undefined)),
  ];
  const [ours, theirs] = await Promise.all([
    touchedBy(workspace, onto, source, names),
    touchedBy(workspace, `${source}^@`, onto, names), // the source's history without itself
  ]);
  return { ours, theirs };
}

async function touchedBy(
  { scratch }: Workspace,
  tip: string,
  without: string,
  quoted: readonly string[],
): Promise<CommitSummary[]> {
  const args = [
    "log",
    "--no-merges",
    `--max-count=${MAX_CAUSES}`,
    "-z",
    "--format=%H%x09%aI%x09%an%x09%s",
    tip,
    "--not",
    without,
    "--",
    ...quoted.map((path) => `:(literal,top)${pathBytes(parseQuotedPath(path)).toString("utf8")}`),
  ];
  const done = await run(scratch, args, { ok: [0, 128] });
  return done.stdout
    .toString("utf8")
    .split("\0")
    .filter((record) => record !== "")
    .map((record) => {
      const [commit = "", date = "", author = "", ...subject] = record.split("\t");
      return { commit, date, author, subject: subject.join("\t") };
    });
}
