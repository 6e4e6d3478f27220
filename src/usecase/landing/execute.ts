// Carries a plan out: builds (and signs) its commits, moves them into the repository, advances the branches, pushes.
import { followers, type Advance } from "../../apply/advance.ts";
import { pickCommit } from "../../apply/commit.ts";
import { recordTransaction, type LandedPick, type Transaction } from "../../apply/journal.ts";
import { withLines } from "../../apply/state.ts";
import { AppError } from "../../error.ts";
import { readRef } from "../../git/refs.ts";
import { openSigner, withSignature, type Signer } from "../../git/sign.ts";
import type { Commit } from "../../object/commit.ts";
import { hashObject } from "../../object/hash.ts";
import type { ApplyOutcome, LineResult } from "../../wire/outcome.ts";
import type { Line } from "../../wire/line.ts";
import type { Plan, PlannedLine } from "../../wire/plan.ts";
import { isFit, type VerifyResult } from "../../wire/verify.ts";
import { checkLandings, type CheckedLanding } from "./check-landing.ts";
import { missingIdentity } from "../identity.ts";
import { landingsOf, withVerdict } from "./landings-of.ts";
import { pushLines, unpushedLines } from "./push-lines.ts";
import { advanceRecorded } from "../recording/advance-recorded.ts";
import { notePicks } from "../recording/note.ts";
import { requestApprovals } from "../recording/request-approvals.ts";
import { recordLandings } from "../recording/record-landings.ts";
import { verifyPlanned } from "../verifying/verify-plan.ts";
import type { VerifyOptions } from "../verifying/verify-trees.ts";
import type { Workspace } from "../workspace.ts";

export interface ExecuteOptions {
  readonly keepGoing: boolean;
  readonly push: boolean;
  /** The remote to push to; null finds the line's own. */
  readonly remote: string | null;
  /** Null: as git is configured. */
  readonly sign: boolean | null;
  readonly verify: VerifyOptions;
}

/** A line's commits as they will land. */
export interface BuiltLine {
  readonly planned: PlannedLine;
  /** Landed commits by source commit. */
  readonly landed: ReadonlyMap<string, string>;
  readonly tip: string;
}

/** A built line with where it goes. */
interface TargetedLine extends BuiltLine {
  /** What the target ref holds now: `tip` if there is nothing to move. */
  readonly expected: string | null;
}

/** Executes a plan whose trees were made in this workspace's scratch repository. */
export async function execute(workspace: Workspace, plan: Plan, options: ExecuteOptions): Promise<ApplyOutcome> {
  const { repository } = workspace;
  if (plan.notes.some(({ kind }) => kind === "no-identity")) throw missingIdentity();
  const conflicted = plan.lines.some(({ firstFailure }) => firstFailure !== null);
  const going = goingLines(plan);
  const inVain = conflicted && !options.keepGoing;
  const checked = await checkLines(workspace, plan, inVain ? [] : going, options.sign);
  const allowed = inVain ? [] : going.filter(({ line }) => checked.get(line.name)?.met !== false);
  const forbidden = !inVain && allowed.length < going.length;
  if (forbidden) await requestApprovals(workspace, [...checked.values()], options.sign);
  const verified = forbidden && !options.keepGoing ? [] : await verifyPlanned(workspace, allowed, options.verify);
  const verdicts = new Map(verified.map((result) => [result.line, result]));
  const fit = fitLines(going, new Set(allowed), verdicts);
  const stopped = conflicted || forbidden || verified.some((result) => !isFit(result));
  const heldBack = stopped && !options.keepGoing;
  const moving = heldBack ? [] : fit;
  const waiting = options.push && !heldBack ? await unpushedLines(workspace, plan) : [];
  const who = `${plan.committer.name} <${plan.committer.email}>`;
  const signer = moving.length === 0 ? null : await openSigner(repository, who, options.sign);
  const names = [...moving, ...waiting].map(({ line }) => line.name);
  return withLines(repository, names, async () => {
    const built: TargetedLine[] = [];
    for (const line of await buildLines(workspace, plan, moving, signer)) {
      built.push(await targeted(workspace, plan, line));
    }
    const going = built.filter(({ expected, tip }) => expected !== tip); // the others: branches that an earlier run made
    for (const { planned, expected } of going) refuseDiverged(planned.line, { ...planned.target, expected });
    const updates = await followers(repository, going.map(advanceOf));
    const landings = landingsOf(plan, going).map((landing) => withVerdict(landing, checked, verdicts));
    const recording = await recordLandings(workspace, landings, options.sign);
    await workspace.scratch.transfer(
      [...going.map(({ tip }) => tip), ...recording.tips],
      [...going.map(({ planned }) => planned.onto), ...recording.known],
    );
    let transaction: Transaction | null = null;
    if (updates.length > 0) {
      const run = { picks: going.flatMap(landedPicks), time: workspace.now };
      const result = await advanceRecorded(repository, updates, recording, run);
      if (result.kind === "refused") return stale(workspace, plan);
      transaction = result.transaction;
      await notePicks(workspace, recording.landed, plan.committer);
    }
    const pushing = [...built, ...waiting.map((planned) => ({ planned, tip: planned.onto }))];
    const report = options.push ? await pushLines(workspace, plan, pushing, options.remote) : null;
    if (report !== null && transaction !== null) {
      const refnames = report.refs.map(({ refname }) => refname);
      recordTransaction(repository, { ...transaction, pushed: { remote: report.remote, refnames } });
    }
    const worktrees = new Map(updates.map((update) => [update.line, update.worktrees]));
    const lines = plan.lines.map((line) =>
      lineResult(line, built, worktrees.get(line.line.name) ?? [], {
        verify: verdicts.get(line.line.name) ?? null,
        check: checked.get(line.line.name) ?? null,
      }),
    );
    const common = {
      plan,
      transaction: transaction?.id ?? null,
      signed: signer !== null,
      recorded: recording.signing,
      lines,
      push: report,
    };
    return stopped ? { kind: "stopped", ...common } : { kind: "applied", ...common };
  });
}

/** What policy says of lines, by name: of the commits as they would land, unsigned. */
async function checkLines(
  workspace: Workspace,
  plan: Plan,
  lines: readonly PlannedLine[],
  sign: boolean | null,
): Promise<ReadonlyMap<string, CheckedLanding>> {
  const unsigned = await buildLines(workspace, plan, lines, null);
  const checked = await checkLandings(workspace, landingsOf(plan, unsigned), sign);
  return new Map(checked.map((found) => [found.landing.line, found]));
}

/** Lines that have something to move, and no commit that stops. */
function goingLines({ lines }: Plan): PlannedLine[] {
  return lines.filter((line) => line.firstFailure === null && line.result !== line.onto);
}

/** Names of lines that policy refuses. Nobody need be asked about them. */
export async function forbiddenLines(
  workspace: Workspace,
  plan: Plan,
  { sign }: Pick<ExecuteOptions, "sign">,
): Promise<string[]> {
  const checked = await checkLines(workspace, plan, goingLines(plan), sign);
  return [...checked].flatMap(([line, { met }]) => (met ? [] : [line]));
}

/** The lines that may move: not those that did not pass, nor those whose picks name commits of such a line as source. */
function fitLines(
  going: readonly PlannedLine[],
  allowed: ReadonlySet<PlannedLine>,
  verdicts: ReadonlyMap<string, VerifyResult>,
): PlannedLine[] {
  const lost = new Set<string>();
  return going.filter((planned) => {
    const { line, picks } = planned;
    const verdict = verdicts.get(line.name);
    const passed = allowed.has(planned) && (verdict === undefined || isFit(verdict));
    const fit = passed && !picks.some(({ from }) => lost.has(from));
    if (!fit) for (const { outcome } of picks) if (outcome.kind === "clean") lost.add(outcome.commit);
    return fit;
  });
}

function advanceOf({ planned, expected, tip }: TargetedLine): Advance {
  return { line: planned.line.name, refname: planned.target.refname, expected, to: tip };
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
      if (commit === null)
        throw new AppError("object-missing", `Commit ${source} is missing from the repository`, { hint: "git fetch" });
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
async function targeted({ repository, scratch }: Workspace, plan: Plan, line: BuiltLine): Promise<TargetedLine> {
  const { target, onto, picks, line: to } = line.planned;
  if (plan.options.toBranch === null) return { ...line, expected: target.expected };
  const found = await readRef(repository, target.refname);
  if (found === null || found === line.tip) return { ...line, expected: found };
  let at: string | undefined = found;
  const landed: [source: string, commit: string][] = [];
  for (const { source, outcome } of picks.toReversed()) {
    if (outcome.kind !== "clean" || at === undefined) continue;
    const commit: Commit | null = await scratch.reader.commit(at);
    landed.unshift([source, at]);
    at = commit?.tree === outcome.tree ? commit.parents[0] : undefined;
  }
  if (at === onto) return { ...line, landed: new Map(landed), tip: found, expected: found };
  const branch = target.refname.slice("refs/heads/".length);
  throw new AppError(
    "apply-refused",
    `Branch ${branch} exists and holds other commits than this pick onto ${to.name}`,
    {
      hint: "use another --to-branch KEY, or delete the branch if nobody needs it",
      data: { refname: target.refname, found, wanted: line.tip },
    },
  );
}

/** Throws `apply-refused` where moving the local branch would leave commits behind that only it has. */
export function refuseDiverged(line: Line, { refname, expected }: PlannedLine["target"]): void {
  const { difference } = line;
  if (difference === null || expected === null || refname !== line.refname) return;
  if (difference.ahead === 0 || difference.behind === 0) return;
  const upstream = difference.upstream.replace(/^refs\/remotes\//, "");
  throw new AppError(
    "apply-refused",
    `Cannot move ${line.name}: it has ${difference.ahead} commits that ${upstream} lacks, and lacks ${difference.behind} of its own`,
    {
      hint: `git rebase ${upstream} ${line.name}   (or pick with --to-branch KEY)`,
      data: { line: line.name, ...difference },
    },
  );
}

/** The refs of a plan that are no longer where it saw them. */
async function stale({ repository }: Workspace, plan: Plan): Promise<ApplyOutcome> {
  const moved = await Promise.all(
    plan.lines.map(async ({ line, target }) => ({
      line: line.name,
      refname: target.refname,
      expected: target.expected,
      found: await readRef(repository, target.refname),
    })),
  );
  return { kind: "stale", plan, moved: moved.filter(({ expected, found }) => expected !== found) };
}

function lineResult(
  planned: PlannedLine,
  built: readonly TargetedLine[],
  worktrees: readonly string[],
  { verify, check }: { readonly verify: VerifyResult | null; readonly check: CheckedLanding | null },
): LineResult {
  const done = built.find((line) => line.planned === planned);
  const conflict = planned.picks.some(({ outcome }) => outcome.kind === "conflict");
  const from = done?.expected ?? planned.target.expected;
  return {
    line: planned.line.name,
    refname: planned.target.refname,
    kind: resultKind(planned, done, verify, check),
    from,
    to: done?.tip ?? from,
    picks: planned.picks.map((pick) => ({ ...pick, landed: done?.landed.get(pick.source) ?? null })),
    verify,
    violations: [...(check?.violations ?? [])],
    worktrees: [...worktrees],
    next: conflict ? `morello resolve ${planned.line.name}` : null,
  };
}

function resultKind(
  planned: PlannedLine,
  done: TargetedLine | undefined,
  verify: VerifyResult | null,
  check: CheckedLanding | null,
): LineResult["kind"] {
  if (check?.met === false) return "stopped";
  if (planned.firstFailure !== null || (verify !== null && !isFit(verify))) return "stopped";
  if (planned.result === planned.onto || (done !== undefined && done.expected === done.tip)) return "unchanged";
  return done === undefined ? "held-back" : "moved";
}
