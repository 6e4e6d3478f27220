// `morello resolve`, `skip` and `abort`: a conflict is laid out for a person, left out, or given up.
import { listPending, type Pending } from "../apply/pending.ts";
import { listResolutions, readResolution, type ResolutionState } from "../apply/resolution.ts";
import { withLines } from "../apply/state.ts";
import { AppError } from "../error.ts";
import { isLaidOut } from "../git/layout.ts";
import { selectLines } from "../line/select.ts";
import type { AbortOutcome, ContinueOutcome, Resolution, ResolveOutcome } from "../wire/outcome.ts";
import { refuseDiverged } from "./landing/execute.ts";
import { closeResolution, finish, isFinished } from "./landing/finish.ts";
import { withReconciled } from "./reconciled.ts";
import { recordSkip } from "./recording/record-skip.ts";
import { layOutAt, runSeries } from "./landing/run-series.ts";
import type { Series } from "./landing/series.ts";
import type { VerifyOptions } from "./verifying/verify-trees.ts";
import { historyOf, linesOf, type Deps, type Workspace } from "./workspace.ts";

/** Lays out the conflict at which a line's series stopped, or shows the one that is laid out already. */
export function resolve(deps: Deps, { line: wanted }: { readonly line: string | null }): Promise<ResolveOutcome> {
  return withReconciled(deps, async (workspace) => {
    const { repository } = workspace;
    const stopped = listPending(repository);
    const name = lineName(workspace, wanted, stopped);
    return withLines(repository, [name], async () => {
      const open = readResolution(repository, name);
      if (open !== null && !isFinished(repository, open)) {
        const resumed = await laidOut(workspace, open);
        return { kind: "laid-out", resolution: describe(resumed), resumed: true };
      }
      if (open !== null) await closeResolution(repository, open);
      const pending = stopped.find(({ line }) => line.line.name === name);
      if (pending === undefined) throw nothingToResolve(name);
      const run = await runSeries(workspace, await freshSeries(workspace, pending));
      if (run.kind === "laid-out") return { kind: "laid-out", resolution: describe(run.state), resumed: false };
      return { kind: "no-conflict", line: name };
    });
  });
}

/** The state with its work tree in place: laid out once more if a kill or a person took it away. */
export async function laidOut(workspace: Workspace, state: ResolutionState): Promise<ResolutionState> {
  return state.laid && isLaidOut(state.worktree) ? state : layOutAt(workspace, seriesOf(state), null);
}

/** Leaves out the commit in conflict and goes on with the rest of the series. */
export function skipResolution(
  deps: Deps,
  { line, verify }: { readonly line: string | null; readonly verify: VerifyOptions },
): Promise<ContinueOutcome> {
  return withReconciled(deps, (workspace) =>
    withResolution(workspace, line, async (state) => {
      await recordSkip(workspace, {
        line: state.line.name,
        target: state.target.refname,
        tip: state.target.expected ?? state.line.tip,
        source: state.sources[state.at]?.commit ?? state.from,
        reason: "left out at a conflict",
      });
      const run = await runSeries(workspace, { ...seriesOf(state), next: state.at + 1 });
      if (run.kind === "done") return finish(workspace, run.series, verify);
      return { kind: "laid-out", landed: commitsOf(run.state), resolution: describe(run.state) };
    }),
  );
}

/** Gives the resolution up; the branch was never touched. */
export function abortResolution(deps: Deps, { line }: { readonly line: string | null }): Promise<AbortOutcome> {
  return withReconciled(deps, (workspace) =>
    withResolution(workspace, line, async (state) => {
      await closeResolution(workspace.repository, state);
      return { kind: "aborted", line: state.line.name };
    }),
  );
}

/** Holds the line of the resolution that a person means, and reads its state anew: another run may have been there. */
export async function withResolution<T>(
  workspace: Workspace,
  wanted: string | null,
  use: (state: ResolutionState) => Promise<T>,
): Promise<T> {
  const { repository } = workspace;
  const { line } = openResolution(workspace, wanted);
  return withLines(repository, [line.name], async () => {
    const state = readResolution(repository, line.name);
    if (state === null)
      throw new AppError("nothing-to-do", `No conflict is laid out for ${line.name}`, {
        hint: `morello resolve ${line.name}`,
      });
    return use(state);
  });
}

/** The resolution that a person means: the line named, the work tree they stand in, or the only one there is. */
function openResolution(workspace: Workspace, wanted: string | null): ResolutionState {
  const all = listResolutions(workspace.repository);
  const here = all.find(({ worktree }) => workspace.cwd === worktree || workspace.cwd.startsWith(`${worktree}/`));
  const named =
    wanted === null
      ? undefined
      : all.find(
          ({ line }) =>
            line.name === wanted || line.refname === wanted || line.version.join(".") === wanted.replace(/^v/, ""),
        );
  const found = wanted === null ? (here ?? (all.length === 1 ? all[0] : undefined)) : named;
  if (found !== undefined) return found;
  const lines = all.map(({ line }) => line.name);
  if (all.length === 0)
    throw new AppError("nothing-to-do", "No conflict is laid out", { hint: "morello resolve LINE" });
  throw new AppError(
    "nothing-to-do",
    wanted === null ? `Several conflicts are laid out: ${lines.join(", ")}` : `No conflict is laid out for ${wanted}`,
    {
      hint: `name one of: ${lines.join(", ")}`,
      data: { lines },
    },
  );
}

export function seriesOf(state: ResolutionState): Series {
  const { line, target, sources, committer, options, landed, tip, at } = state;
  return { line, target, sources, plan: { committer, options }, landed, tip, next: at };
}

export function commitsOf({ landed }: Pick<ResolutionState, "landed">): string[] {
  return landed.map(({ commit }) => commit);
}

export function describe(state: ResolutionState): Resolution {
  const { commit, subject, author, date } = state.sources[state.at] ?? {
    commit: state.from,
    subject: "",
    author: "",
    date: "",
  };
  return {
    line: state.line.name,
    worktree: state.worktree,
    onto: state.tip,
    source: { commit, subject, author, date },
    step: state.at + 1,
    steps: state.sources.length,
    paths: state.paths.map(({ path, kind }) => ({ path, kind })),
  };
}

function lineName({ detected }: Workspace, wanted: string | null, stopped: readonly Pending[]): string {
  const known = stopped.map(({ line }) => line.line);
  if (wanted === null) {
    const [only] = known;
    if (known.length === 1 && only !== undefined) return only.name;
    throw new AppError("usage", known.length === 0 ? "No pick has stopped" : "Several lines have stopped", {
      hint:
        known.length === 0
          ? "morello pick REV --onto LINE"
          : known.map(({ name }) => `morello resolve ${name}`).join(", or "),
    });
  }
  const exact = [...known, ...detected].find(({ name, refname }) => name === wanted || refname === wanted);
  if (exact !== undefined) return exact.name;
  return known.length === 0 ? wanted : (selectLines(known, [wanted]).selected[0]?.name ?? wanted);
}

function nothingToResolve(line: string): AppError {
  return new AppError("nothing-to-do", `No pick has stopped at a conflict on ${line}`, {
    hint: `morello pick REV --onto ${line}`,
    data: { line },
  });
}

/** The series as it was asked for, on the line as it stands now. */
async function freshSeries(workspace: Workspace, { plan, line: planned }: Pending): Promise<Series> {
  const graph = await historyOf(
    workspace,
    plan.sources.map(({ commit }) => commit),
  );
  const line = linesOf(workspace, graph).find(({ name }) => name === planned.line.name) ?? planned.line;
  const target = plan.options.toBranch === null ? { refname: line.refname, expected: line.localTip } : planned.target;
  refuseDiverged(line, target);
  const asked = new Set(planned.picks.map(({ source }) => source));
  const sources = plan.sources.filter(({ commit }) => asked.has(commit));
  return { line, target, sources, plan, landed: [], tip: line.tip, next: 0 };
}
