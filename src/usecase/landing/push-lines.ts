// Publishes what a run moved: each remote gets its lines in one push, and nobody's commits are ever overwritten.
import { landedPicks } from "../../apply/journal.ts";
import { AppError } from "../../error.ts";
import { compareUrl } from "../../forge/compare-url.ts";
import { push, remoteUrl, type PushUpdate } from "../../git/push.ts";
import { isAncestor } from "../../git/refs.ts";
import { redact, run } from "../../git/run.ts";
import { splitRemoteRef } from "../../line/ref.ts";
import type { PushReport } from "../../wire/outcome.ts";
import type { Plan, PlannedLine } from "../../wire/plan.ts";
import { lineOfLog } from "../../ledger/place.ts";
import { pushNotes } from "../recording/note.ts";
import { logUpdates } from "../recording/push-logs.ts";
import type { Workspace } from "../workspace.ts";

/** A line with the tip that the remote is to hold. */
interface PushedLine {
  readonly planned: PlannedLine;
  readonly tip: string;
}

/**
 * Lines of the plan that have it all already, and whose upstream lacks it: an earlier run moved them and was killed or
 * refused before it could push. Lines that hold anything unpushed beside Morello's own picks are not among them.
 */
export async function unpushedLines({ repository }: Workspace, plan: Plan): Promise<PlannedLine[]> {
  if (plan.options.toBranch !== null) return [];
  const own = new Set(landedPicks(repository).map(({ commit }) => commit));
  const found: PlannedLine[] = [];
  for (const planned of plan.lines) {
    const { line, onto, result, firstFailure } = planned;
    const { difference } = line;
    if (firstFailure !== null || result !== onto || difference === null) continue;
    if (difference.behind > 0 || line.localTip !== onto) continue;
    const listed = await run(repository, ["rev-list", onto, `^${difference.upstreamTip}`]);
    const commits = listed.stdout.toString("latin1").split("\n").filter(Boolean);
    if (commits.every((commit) => own.has(commit))) found.push(planned);
  }
  return found;
}

/** Pushes the lines that are ahead. Throws `push-rejected`, `remote-failed`, or `usage` if no remote can be meant. */
export async function pushLines(
  workspace: Workspace,
  plan: Plan,
  lines: readonly PushedLine[],
  wanted: string | null,
): Promise<PushReport | null> {
  if (lines.length === 0) return null;
  const byRemote = new Map<string, PushedLine[]>();
  for (const line of lines) {
    const remote = wanted ?? remoteOf(workspace, line.planned);
    byRemote.set(remote, [...(byRemote.get(remote) ?? []), line]);
  }
  const refs: PushReport["refs"] = [];
  for (const [remote, group] of byRemote) {
    const updates: PushUpdate[] = [];
    for (const line of group) updates.push(...(await updateOf(workspace, remote, line)));
    if (updates.length > 0 && plan.options.toBranch === null) {
      const names = group.map(({ planned }) => planned.line.name);
      updates.push(...(await logUpdates(workspace, remote, names)));
    }
    if (updates.length > 0) await push(workspace.repository, remote, updates);
    if (updates.some(({ refname }) => lineOfLog(refname) !== null)) await pushNotes(workspace, remote, plan.committer);
    const url = await remoteUrl(workspace.repository, remote);
    for (const { planned, tip } of group) {
      const branch = planned.target.refname.slice("refs/heads/".length);
      const page = plan.options.toBranch === null ? null : compareUrl(url, planned.line.name, branch);
      refs.push({ line: planned.line.name, refname: planned.target.refname, to: tip, compareUrl: page });
    }
  }
  return { remote: [...byRemote.keys()].map(redact).join(", "), refs };
}

/** What to push of a line; nothing if the remote has it, perhaps with commits on top of it. */
async function updateOf(workspace: Workspace, remote: string, { planned, tip }: PushedLine): Promise<PushUpdate[]> {
  const { repository } = workspace;
  const expected = expectedThere(workspace, remote, planned);
  if (expected === null || (await isAncestor(repository, expected, tip))) {
    return expected === tip ? [] : [{ refname: planned.target.refname, to: tip, expected }];
  }
  if (await isAncestor(repository, tip, expected)) return [];
  const branch = planned.target.refname.slice("refs/heads/".length);
  throw new AppError("push-rejected", `${redact(remote)} holds commits on ${branch} that this pick is not made on`, {
    hint: `git log ${tip.slice(0, 12)}..${expected.slice(0, 12)} shows them; use another --to-branch KEY`,
    data: { remote: redact(remote), refname: planned.target.refname, expected, to: tip },
  });
}

/** What the remote's ref held when it was last seen. */
function expectedThere(workspace: Workspace, remote: string, { line, target }: PlannedLine): string | null {
  const seen = line.remoteRefname === null ? null : splitRemoteRef(line.remoteRefname, workspace.remotes);
  if (seen?.remote === remote && target.refname === line.refname) return line.difference?.upstreamTip ?? line.tip;
  const tracking = `refs/remotes/${remote}/${target.refname.slice("refs/heads/".length)}`;
  return workspace.refs.find(({ refname }) => refname === tracking)?.oid ?? null;
}

function remoteOf({ remotes }: Workspace, { line }: PlannedLine): string {
  const own = line.remoteRefname === null ? null : splitRemoteRef(line.remoteRefname, remotes);
  if (own !== null) return own.remote;
  if (remotes.includes("origin")) return "origin";
  if (remotes.length === 1 && remotes[0] !== undefined) return remotes[0];
  throw new AppError(
    "usage",
    remotes.length === 0
      ? "There is no remote to push to"
      : `Several remotes could take ${line.name}: ${remotes.join(", ")}`,
    {
      hint: remotes.length === 0 ? "git remote add origin URL" : "--remote NAME",
    },
  );
}
