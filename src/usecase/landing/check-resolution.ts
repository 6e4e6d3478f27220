// Whether a person's resolution is ready: no marker left, every question answered, nothing changed that was not asked.
import { markerLines } from "../../apply/markers.ts";
import type { ResolutionPath, ResolutionState } from "../../apply/resolution.ts";
import type { Touched } from "../../apply/touched.ts";
import { AppError } from "../../error.ts";
import { holdsBlob, isThere, layoutState, readLaidFile, unstaged } from "../../git/layout.ts";
import { parseQuotedPath, quotePath, type BytePath } from "../../object/path.ts";
import { isRegular } from "../../object/tree.ts";
import type { Workspace } from "../workspace.ts";

/** Throws `resolution-incomplete` with every path that is not ready. */
export async function checkResolution(workspace: Workspace, state: ResolutionState, adapt: boolean): Promise<void> {
  const { head, unmerged } = await layoutState(workspace.repository, state.worktree);
  if (head !== state.tip) {
    const hint = `git -C ${state.worktree} reset --soft ${state.tip}`;
    throw incomplete(state, `HEAD of its work tree moved to ${head.slice(0, 12)}`, hint);
  }
  const markers: string[] = [];
  const oneSided: BytePath[] = [];
  const untouched: BytePath[] = [];
  for (const conflicted of state.paths) {
    const path = parseQuotedPath(conflicted.path);
    const lines = await markersIn(workspace, state, conflicted);
    markers.push(...lines.map((line) => `${conflicted.path}:${line}`));
    if (!unmerged.has(path) || !isThere(state.worktree, path)) continue;
    // Keeping and deleting are both answers: one must be given.
    if (conflicted.ours === null || conflicted.theirs === null) oneSided.push(path);
    else if (lines.length === 0 && (await isUntouched(workspace, state, conflicted))) untouched.push(path);
  }
  if (markers.length > 0) throw markersLeft(state, markers);
  if (oneSided.length > 0) throw undecided(state, oneSided);
  if (untouched.length > 0) throw unchosen(state, untouched);
  if (adapt) return;
  const conflicted = new Set<string>(state.paths.map(({ path }) => parseQuotedPath(path)));
  const beyond = (await unstaged(workspace.repository, state.worktree)).filter((path) => !conflicted.has(path));
  refuseBeyond(state, beyond);
}

async function markersIn(
  { scratch }: Workspace,
  { worktree }: ResolutionState,
  { path, base, ours, theirs }: ResolutionPath,
): Promise<number[]> {
  const file = readLaidFile(worktree, parseQuotedPath(path));
  if (file === null) return [];
  const stages = [base, ours, theirs].filter((stage) => stage !== null);
  const sides = await Promise.all(stages.map(({ oid }) => scratch.reader.read(oid)));
  return markerLines(
    file,
    sides.flatMap((side) => side?.body ?? []),
  );
}

/** Where there are no lines to mark (binary files, links, submodules), ours lies there until a person says otherwise. */
async function isUntouched(
  { repository }: Workspace,
  { worktree }: ResolutionState,
  { path, ours, theirs }: ResolutionPath,
): Promise<boolean> {
  if (ours === null || theirs === null) return false;
  if (!isRegular(ours.mode) || !isRegular(theirs.mode)) return true;
  return holdsBlob(repository, worktree, parseQuotedPath(path), ours.oid);
}

/** Throws if paths changed that were not in conflict. */
export function refuseBeyond(state: ResolutionState, paths: readonly BytePath[]): void {
  if (paths.length === 0) return;
  const names = paths.map(quotePath);
  throw new AppError(
    "resolution-incomplete",
    `${list(names)} changed and ${names.length === 1 ? "was" : "were"} not in conflict`,
    {
      hint: `take it in with: morello continue ${state.line.name} --adapt --reason "why"   (or put it back: git -C ${state.worktree} checkout ${state.tree.slice(0, 12)} -- ${names[0]})`,
      data: { paths: names },
    },
  );
}

/** Throws if a file that was changed beyond the conflict holds markers: a conflicted file under a new name, say. */
export async function refuseMarkersBeyond(
  { scratch }: Workspace,
  state: ResolutionState,
  beyond: readonly Touched[],
): Promise<void> {
  const markers: string[] = [];
  for (const { path, before, after } of beyond) {
    if (after === null || !isRegular(after.mode)) continue;
    const [old, now] = await Promise.all([
      before === null ? null : scratch.reader.read(before.oid),
      scratch.reader.read(after.oid),
    ]);
    const lines = now === null ? [] : markerLines(now.body, old === null ? [] : [old.body]);
    markers.push(...lines.map((line) => `${quotePath(path)}:${line}`));
  }
  if (markers.length > 0) throw markersLeft(state, markers);
}

function markersLeft({ worktree }: ResolutionState, markers: readonly string[]): AppError {
  return new AppError("resolution-incomplete", `Conflict markers are left in ${list(markers)}`, {
    hint: `edit the files in ${worktree}, then morello continue`,
    data: { markers },
  });
}

function undecided({ worktree }: ResolutionState, paths: readonly BytePath[]): AppError {
  const names = paths.map(quotePath);
  return new AppError(
    "resolution-incomplete",
    `One side deleted ${list(names)}, the other changed it, and nobody said which counts`,
    {
      hint: `git -C ${worktree} rm ${names[0]}   to delete, or   git -C ${worktree} add ${names[0]}   to keep`,
      data: { paths: names },
    },
  );
}

function unchosen({ worktree }: ResolutionState, paths: readonly BytePath[]): AppError {
  const names = paths.map(quotePath);
  return new AppError(
    "resolution-incomplete",
    `Both sides changed ${list(names)}, and nobody said what it is to hold`,
    {
      hint: `git -C ${worktree} checkout --theirs ${names[0]}   (or --ours, or write it), then   git -C ${worktree} add ${names[0]}`,
      data: { paths: names },
    },
  );
}

export function incomplete(state: ResolutionState, why: string, hint: string): AppError {
  return new AppError("resolution-incomplete", `Cannot continue on ${state.line.name}: ${why}`, {
    hint,
    data: { line: state.line.name },
  });
}

function list(names: readonly string[]): string {
  return names.length <= 5 ? names.join(", ") : `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`;
}
