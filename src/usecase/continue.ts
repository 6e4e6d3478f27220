// `morello continue`: takes a person's resolution, checks it, and goes on with the series.
import { pickCommit } from "../apply/commit.ts";
import type { ResolutionState } from "../apply/resolution.ts";
import { touchedPaths } from "../apply/touched.ts";
import { AppError } from "../error.ts";
import { stageAndWrite } from "../git/layout.ts";
import { openSigner, withSignature } from "../git/sign.ts";
import { parseQuotedPath } from "../object/path.ts";
import type { ContinueOutcome } from "../wire/outcome.ts";
import { checkResolution, incomplete, refuseBeyond, refuseMarkersBeyond } from "./landing/check-resolution.ts";
import { closeResolution, finish, isFinished } from "./landing/finish.ts";
import { withReconciled } from "./reconciled.ts";
import { commitsOf, describe, laidOut, seriesOf, withResolution } from "./resolve.ts";
import { runSeries } from "./landing/run-series.ts";
import type { Series } from "./landing/series.ts";
import type { VerifyOptions } from "./verifying/verify-trees.ts";
import type { Deps, Workspace } from "./workspace.ts";

export interface ContinueInput {
  readonly line: string | null;
  /** Take changes to paths that were not in conflict, too. Needs a reason. */
  readonly adapt: boolean;
  readonly reason: string | null;
  readonly verify: VerifyOptions;
}

/** Throws `resolution-incomplete` with every path that is not ready. */
export async function continueResolution(deps: Deps, input: ContinueInput): Promise<ContinueOutcome> {
  if (input.adapt && (input.reason ?? "").trim() === "") {
    throw new AppError("usage", "--adapt needs a reason", {
      hint: 'morello continue --adapt --reason "the line has no prefetcher class"',
    });
  }
  return withReconciled(deps, (workspace) =>
    withResolution(workspace, input.line, (state) => goOn(workspace, state, input)),
  );
}

async function goOn(workspace: Workspace, state: ResolutionState, input: ContinueInput): Promise<ContinueOutcome> {
  if (isFinished(workspace.repository, state)) {
    await closeResolution(workspace.repository, state);
    throw new AppError("nothing-to-do", `The resolution on ${state.line.name} has landed already`, {
      hint: "morello lines",
      data: { line: state.line.name },
    });
  }
  const laid = await laidOut(workspace, state);
  if (laid !== state) return shown(laid); // the work tree was lost: there is nothing of a person's to take yet
  const commit = await commitResolution(workspace, state, input);
  const source = state.sources[state.at]?.commit ?? state.from;
  const landed = [...state.landed, { source, commit }];
  const series: Series = { ...seriesOf(state), landed, tip: commit, next: state.at + 1 };
  const run = await runSeries(workspace, series);
  return run.kind === "done" ? finish(workspace, run.series, input.verify) : shown(run.state);
}

function shown(state: ResolutionState): ContinueOutcome {
  return { kind: "laid-out", landed: commitsOf(state), resolution: describe(state) };
}

async function commitResolution(workspace: Workspace, state: ResolutionState, input: ContinueInput): Promise<string> {
  const { repository, scratch } = workspace;
  await checkResolution(workspace, state, input.adapt);
  const conflicted = state.paths.map(({ path }) => parseQuotedPath(path));
  const tree = await stageAndWrite(repository, state.worktree, conflicted, input.adapt);
  const [source, onto] = await Promise.all([
    scratch.reader.commit(state.sources[state.at]?.commit ?? state.from),
    scratch.reader.commit(state.tip),
  ]);
  if (source === null || onto === null) {
    throw new AppError("object-missing", "The commit in conflict is missing from the repository", {
      hint: "git fetch",
    });
  }
  if (tree === onto.tree) {
    const why = "the resolution leaves the line as it is, so there is nothing to commit";
    throw incomplete(state, why, `morello skip ${state.line.name}`);
  }
  const changed = await touchedPaths(workspace.engine.tree, state.tree, tree);
  const beyond = changed.filter(({ path }) => !conflicted.includes(path));
  if (!input.adapt)
    refuseBeyond(
      state,
      beyond.map(({ path }) => path),
    );
  await refuseMarkersBeyond(workspace, state, beyond);
  const { committer, options } = state;
  const adapted =
    input.adapt && beyond.length > 0
      ? [{ key: "Adapted", value: (input.reason ?? "").trim().replace(/\s+/g, " ") }]
      : [];
  const body = pickCommit({
    from: state.from,
    source,
    tree,
    parent: state.tip,
    committer,
    signoff: options.signoff,
    trailers: [...options.trailers, ...adapted],
    message: options.messages[state.sources[state.at]?.commit ?? ""] ?? null,
  });
  const signer = await openSigner(repository, `${committer.name} <${committer.email}>`, null);
  const bytes = signer === null ? body : withSignature(body, await signer.sign(body), repository.objectFormat);
  const commit = scratch.write("commit", bytes);
  await scratch.transfer([commit], [state.tip]);
  return commit;
}
