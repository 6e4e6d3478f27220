// `morello continue`: takes a person's resolution, checks it, and goes on with the series.
import { reconcile } from "../apply/advance.ts";
import { pickCommit } from "../apply/commit.ts";
import { markerLines } from "../apply/markers.ts";
import type { ResolutionState } from "../apply/resolution.ts";
import { touchedPaths } from "../apply/touched.ts";
import { withLines } from "../apply/state.ts";
import { AppError } from "../error.ts";
import { isThere, layoutState, readLaidFile, stageAndWrite, unstaged } from "../git/layout.ts";
import { openSigner, withSignature } from "../git/sign.ts";
import { parseQuotedPath, quotePath, type BytePath } from "../object/path.ts";
import type { ContinueOutcome } from "../wire/outcome.ts";
import { finish } from "./finish.ts";
import { describe, openResolution, runSeries, seriesOf } from "./resolve.ts";
import { withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export interface ContinueInput {
  readonly line: string | null;
  /** Take changes to paths that were not in conflict, too. Needs a reason. */
  readonly adapt: boolean;
  readonly reason: string | null;
}

/** Throws `resolution-incomplete` with every path that is not ready. */
export function continueResolution(deps: Deps, input: ContinueInput): Promise<ContinueOutcome> {
  if (input.adapt && (input.reason ?? "").trim() === "") {
    throw new AppError("usage", "--adapt needs a reason", { hint: 'morello continue --adapt --reason "the line has no prefetcher class"' });
  }
  return withWorkspace(deps, async (workspace) => {
    await reconcile(workspace.repository);
    const state = openResolution(workspace, input.line);
    return withLines(workspace.repository, [state.line.name], async () => {
      const commit = await commitResolution(workspace, state, input);
      const source = state.sources[state.at]?.commit ?? state.from;
      const series = { ...seriesOf(state), landed: [...state.landed, { source, commit }], tip: commit, next: state.at + 1 };
      const run = await runSeries(workspace, series);
      if (run.kind === "done") return finish(workspace, run.series);
      return { kind: "laid-out", landed: run.state.landed.map((pick) => pick.commit), resolution: describe(run.state) };
    });
  });
}

async function commitResolution(workspace: Workspace, state: ResolutionState, input: ContinueInput): Promise<string> {
  const { repository, scratch } = workspace;
  await check(workspace, state, input.adapt);
  const conflicted = state.paths.map(({ path }) => parseQuotedPath(path));
  const tree = await stageAndWrite(repository, state.worktree, conflicted, input.adapt);
  const [source, onto] = await Promise.all([scratch.reader.commit(state.sources[state.at]?.commit ?? state.from), scratch.reader.commit(state.tip)]);
  if (source === null || onto === null) throw new AppError("object-missing", "The commit in conflict is missing from the repository", { hint: "git fetch" });
  if (tree === onto.tree) {
    throw incomplete(state, "the resolution leaves the line as it is, so there is nothing to commit", `morello skip ${state.line.name}`);
  }
  const changed = (await touchedPaths(workspace.engine.tree, state.tree, tree)).map(({ path }) => path);
  const beyond = changed.filter((path) => !conflicted.includes(path));
  if (beyond.length > 0 && !input.adapt) throw beyondConflict(state, beyond);
  const { committer, options } = state;
  const adapted = input.adapt && beyond.length > 0 ? [{ key: "Adapted", value: (input.reason ?? "").trim().replace(/\s+/g, " ") }] : [];
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

async function check(workspace: Workspace, state: ResolutionState, adapt: boolean): Promise<void> {
  const { head, unmerged } = await layoutState(workspace.repository, state.worktree);
  if (head !== state.tip) {
    throw incomplete(state, `HEAD of its work tree moved to ${head.slice(0, 12)}`, `git -C ${state.worktree} reset --soft ${state.tip}`);
  }
  const markers: string[] = [];
  const undecided: BytePath[] = [];
  for (const { path: quoted, base, ours, theirs } of state.paths) {
    const path = parseQuotedPath(quoted);
    const file = readLaidFile(state.worktree, path);
    if (file !== null) {
      const sides = await Promise.all([base, ours, theirs].map(async (stage) => (stage === null ? null : await workspace.scratch.reader.read(stage.oid))));
      for (const line of markerLines(file, sides.flatMap((side) => (side === null ? [] : [side.body])))) markers.push(`${quoted}:${line}`);
    }
    // Both sides of a file there: an edited file says enough. Else keeping and deleting are both answers: one must be given.
    const oneSided = ours === null || theirs === null;
    if (oneSided && unmerged.has(path) && isThere(state.worktree, path)) undecided.push(path);
  }
  if (markers.length > 0) {
    throw new AppError("resolution-incomplete", `Conflict markers are left in ${list(markers)}`, { hint: `edit the files in ${state.worktree}, then morello continue`, data: { markers } });
  }
  if (undecided.length > 0) {
    const names = undecided.map(quotePath);
    throw new AppError("resolution-incomplete", `One side deleted ${list(names)}, the other changed it, and nobody said which counts`, {
      hint: `git -C ${state.worktree} rm ${names[0]}   to delete, or   git -C ${state.worktree} add ${names[0]}   to keep`,
      data: { paths: names },
    });
  }
  if (adapt) return;
  const conflicted = new Set<string>(state.paths.map(({ path }) => parseQuotedPath(path)));
  const beyond = (await unstaged(workspace.repository, state.worktree)).filter((path) => !conflicted.has(path));
  if (beyond.length > 0) throw beyondConflict(state, beyond);
}

function beyondConflict(state: ResolutionState, paths: readonly BytePath[]): AppError {
  const names = paths.map(quotePath);
  return new AppError("resolution-incomplete", `${list(names)} changed and ${names.length === 1 ? "was" : "were"} not in conflict`, {
    hint: `take it in with: morello continue ${state.line.name} --adapt --reason "why"   (or git -C ${state.worktree} checkout ${state.tip.slice(0, 12)} -- ${names[0]})`,
    data: { paths: names },
  });
}

function incomplete(state: ResolutionState, why: string, hint: string): AppError {
  return new AppError("resolution-incomplete", `Cannot continue on ${state.line.name}: ${why}`, { hint, data: { line: state.line.name } });
}

function list(names: readonly string[]): string {
  return names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}
