// Carries a plan out: builds (and signs) its commits, moves them into the repository, advances the branches, pushes.
import { advance, followers, type Advance } from "../apply/advance.ts";
import { pickCommit } from "../apply/commit.ts";
import { recordTransaction, type LandedPick, type Transaction } from "../apply/journal.ts";
import { withLines } from "../apply/state.ts";
import { AppError } from "../error.ts";
import { compareUrl } from "../forge/compare-url.ts";
import { push, remoteUrl, type PushUpdate } from "../git/push.ts";
import { readRef } from "../git/refs.ts";
import { openSigner, withSignature, type Signer } from "../git/sign.ts";
import { splitRemoteRef } from "../line/ref.ts";
import type { Commit } from "../object/commit.ts";
import { hashObject } from "../object/hash.ts";
import type { ApplyOutcome, LineResult, PushReport } from "../wire/outcome.ts";
import type { Plan, PlannedLine } from "../wire/plan.ts";
import type { Workspace } from "./workspace.ts";

export interface ExecuteOptions {
  readonly keepGoing: boolean;
  readonly push: boolean;
  /** The remote to push to; null finds the line's own. */
  readonly remote: string | null;
  /** Null: as git is configured. */
  readonly sign: boolean | null;
}

/** A line's commits as they will land. */
export interface BuiltLine {
  readonly planned: PlannedLine;
  /** Landed commits by source commit. */
  readonly landed: ReadonlyMap<string, string>;
  readonly tip: string;
}

/** Executes a plan whose trees were made in this workspace's scratch repository. */
export async function execute(workspace: Workspace, plan: Plan, options: ExecuteOptions): Promise<ApplyOutcome> {
  if (plan.notes.some(({ kind }) => kind === "no-identity")) throw missingIdentity();
  const stopped = plan.lines.some(({ firstFailure }) => firstFailure !== null);
  const going = plan.lines.filter((line) => line.firstFailure === null && line.result !== line.onto);
  const moving = stopped && !options.keepGoing ? [] : going;
  const signer = moving.length === 0 ? null : await openSigner(workspace.repository, `${plan.committer.name} <${plan.committer.email}>`, options.sign);
  const names = moving.map(({ line }) => line.name);
  return withLines(workspace.repository, names, async () => {
    const built: BuiltLine[] = [];
    const advances: Advance[] = [];
    for (const line of await buildLines(workspace, plan, moving, signer)) {
      const { refname, expected, tip } = await currentTarget(workspace, plan, line);
      built.push({ ...line, tip });
      if (expected === tip) continue; // a branch of --to-branch that an earlier run made
      refuseDiverged(line.planned, refname);
      advances.push({ line: line.planned.line.name, refname, expected, to: tip });
    }
    const updates = await followers(workspace.repository, advances);
    await workspace.scratch.transfer(built.map(({ tip }) => tip), built.map(({ planned }) => planned.onto));
    let transaction: Transaction | null = null;
    if (updates.length > 0) {
      const picks = built.flatMap((line) => landedPicks(line));
      const result = await advance(workspace.repository, updates, picks, workspace.now);
      if (result.kind === "refused") return stale(workspace, plan);
      transaction = result.transaction;
    }
    const report = options.push ? await pushLines(workspace, plan, built, options.remote) : null;
    if (report !== null && transaction !== null) {
      const refnames = report.refs.map(({ refname }) => refname);
      recordTransaction(workspace.repository, { ...transaction, pushed: { remote: options.remote ?? report.remote, refnames } });
    }
    const worktrees = new Map(updates.map((update) => [update.line, update.worktrees]));
    const lines = plan.lines.map((line) => lineResult(line, built, worktrees.get(line.line.name) ?? [], stopped && !options.keepGoing));
    const common = { plan, transaction: transaction?.id ?? null, signed: signer !== null, lines, push: report };
    return stopped ? { kind: "stopped", ...common } : { kind: "applied", ...common };
  });
}

export function missingIdentity(): AppError {
  return new AppError("identity-missing", "git knows no name and email to commit with", {
    hint: 'git config user.name "Your Name" && git config user.email you@example.com',
  });
}

/** Builds the commits of each line, newest line first, so that `--via nearest` names what really landed there. */
export async function buildLines(
  workspace: Workspace,
  plan: Pick<Plan, "committer" | "options">,
  lines: readonly PlannedLine[],
  signer: Signer | null,
): Promise<BuiltLine[]> {
  const { scratch, engine, repository } = workspace;
  const renamed = new Map<string, string>(); // planned (unsigned) commit -> landed commit
  const built: BuiltLine[] = [];
  for (const planned of lines) {
    const landed = new Map<string, string>();
    let tip = planned.onto;
    for (const { source, from, outcome } of planned.picks) {
      if (outcome.kind !== "clean") continue;
      const commit = await scratch.reader.commit(source);
      if (commit === null) throw new AppError("object-missing", `Commit ${source} is missing from the repository`, { hint: "git fetch" });
      engine.publish(outcome.tree);
      const body = pickCommit({
        from: renamed.get(from) ?? from,
        source: commit,
        tree: outcome.tree,
        parent: tip,
        committer: plan.committer,
        signoff: plan.options.signoff,
        trailers: plan.options.trailers,
        message: plan.options.messages[source] ?? null,
      });
      const bytes = signer === null ? body : withSignature(body, await signer.sign(body), repository.objectFormat);
      tip = hashObject(repository.objectFormat, "commit", bytes);
      scratch.write("commit", bytes);
      renamed.set(outcome.commit, tip);
      landed.set(source, tip);
    }
    built.push({ planned, landed, tip });
  }
  return built;
}

function landedPicks({ planned, landed }: BuiltLine): LandedPick[] {
  return [...landed].map(([source, commit]) => ({ source, refname: planned.target.refname, commit }));
}

/**
 * Where a line's picks go. A branch of `--to-branch` that is there already is kept if it holds these very patches in
 * this order on this tip, and refused if it holds anything else.
 */
async function currentTarget({ repository, scratch }: Workspace, plan: Plan, line: BuiltLine): Promise<Target> {
  const { target, onto, picks, line: to } = line.planned;
  if (plan.options.toBranch === null) return { ...target, tip: line.tip };
  const found = await readRef(repository, target.refname);
  if (found === null || found === line.tip) return { refname: target.refname, expected: found, tip: line.tip };
  let at: string | undefined = found;
  for (const { outcome } of picks.toReversed()) {
    if (outcome.kind !== "clean" || at === undefined) continue;
    const commit: Commit | null = await scratch.reader.commit(at);
    at = commit?.tree === outcome.tree ? commit.parents[0] : undefined;
  }
  if (at === onto) return { refname: target.refname, expected: found, tip: found };
  const branch = target.refname.slice("refs/heads/".length);
  throw new AppError("apply-refused", `Branch ${branch} exists and holds other commits than this pick onto ${to.name}`, {
    hint: "use another --to-branch KEY, or delete the branch if nobody needs it",
    data: { refname: target.refname, found, wanted: line.tip },
  });
}

interface Target {
  readonly refname: string;
  readonly expected: string | null;
  /** What it is to hold. */
  readonly tip: string;
}

function refuseDiverged({ line, target }: PlannedLine, refname: string): void {
  const { difference } = line;
  if (difference === null || target.expected === null || refname !== line.refname) return;
  if (difference.ahead === 0 || difference.behind === 0) return;
  const upstream = difference.upstream.replace(/^refs\/remotes\//, "");
  throw new AppError("apply-refused", `Cannot move ${line.name}: it has ${difference.ahead} commits that ${upstream} lacks, and lacks ${difference.behind} of its own`, {
    hint: `git rebase ${upstream} ${line.name}   (or pick with --to-branch KEY)`,
    data: { line: line.name, ...difference },
  });
}

/** The refs of a plan that are no longer where it saw them. */
export async function stale({ repository }: Workspace, plan: Plan): Promise<ApplyOutcome> {
  const moved = await Promise.all(
    plan.lines.map(async ({ line, target }) => ({ line: line.name, refname: target.refname, expected: target.expected, found: await readRef(repository, target.refname) })),
  );
  return { kind: "stale", plan, moved: moved.filter(({ expected, found }) => expected !== found) };
}

async function pushLines(workspace: Workspace, plan: Plan, built: readonly BuiltLine[], wanted: string | null): Promise<PushReport | null> {
  const targets = built.filter(({ tip, planned }) => tip !== planned.onto);
  if (targets.length === 0) return null;
  const byRemote = new Map<string, BuiltLine[]>();
  for (const line of targets) {
    const remote = wanted ?? remoteOf(workspace, line.planned);
    byRemote.set(remote, [...(byRemote.get(remote) ?? []), line]);
  }
  const refs: PushReport["refs"] = [];
  for (const [remote, lines] of byRemote) {
    const updates = lines.map(({ planned, tip }): PushUpdate => ({ refname: planned.target.refname, to: tip, expected: expectedThere(workspace, remote, planned) }));
    await push(workspace.repository, remote, updates);
    const url = await remoteUrl(workspace.repository, remote);
    for (const { planned, tip } of lines) {
      const branch = planned.target.refname.slice("refs/heads/".length);
      const page = plan.options.toBranch === null ? null : compareUrl(url, planned.line.name, branch);
      refs.push({ line: planned.line.name, refname: planned.target.refname, to: tip, compareUrl: page });
    }
  }
  return { remote: [...byRemote.keys()].join(", "), refs };
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
  throw new AppError("usage", remotes.length === 0 ? "There is no remote to push to" : `Several remotes could take ${line.name}: ${remotes.join(", ")}`, {
    hint: remotes.length === 0 ? "git remote add origin URL" : "--remote NAME",
  });
}

function lineResult(planned: PlannedLine, built: readonly BuiltLine[], worktrees: readonly string[], heldBack: boolean): LineResult {
  const done = built.find((line) => line.planned === planned);
  const failed = planned.firstFailure !== null;
  const kind: LineResult["kind"] = failed ? "stopped" : planned.result === planned.onto ? "unchanged" : heldBack ? "held-back" : "moved";
  const conflict = planned.picks.some(({ outcome }) => outcome.kind === "conflict");
  return {
    line: planned.line.name,
    refname: planned.target.refname,
    kind,
    from: planned.target.expected,
    to: kind === "moved" ? (done?.tip ?? null) : planned.target.expected,
    picks: planned.picks.map((pick) => ({ ...pick, landed: done?.landed.get(pick.source) ?? null })),
    worktrees: [...worktrees],
    next: conflict ? `morello resolve ${planned.line.name}` : null,
  };
}
