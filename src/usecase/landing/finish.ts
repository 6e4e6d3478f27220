// Ends a resolved series: the branch advances to it and the work tree of the resolution goes.
import { followers } from "../../apply/advance.ts";
import { transactions } from "../../apply/journal.ts";
import { forgetPending } from "../../apply/pending.ts";
import { removeResolution, type ResolutionState } from "../../apply/resolution.ts";
import { worktreeOf } from "../../apply/resolution.ts";
import { AppError } from "../../error.ts";
import { removeLayout } from "../../git/layout.ts";
import { readRef } from "../../git/refs.ts";
import type { Repository } from "../../git/repository.ts";
import type { ContinueOutcome } from "../../wire/outcome.ts";
import { isFit, type VerifyResult } from "../../wire/verify.ts";
import { refuseDiverged } from "./execute.ts";
import { isMet } from "../../policy/evaluate.ts";
import type { Violation } from "../../wire/check.ts";
import { advanceRecorded } from "../recording/advance-recorded.ts";
import type { Landing } from "../recording/landing.ts";
import { notePicks } from "../recording/note.ts";
import { recordLandings } from "../recording/record-landings.ts";
import { requestApprovals } from "../recording/request-approvals.ts";
import { checkLandings } from "./check-landing.ts";
import { resolvedLanding } from "./resolved-landing.ts";
import type { Series } from "./series.ts";
import { verifyTrees, type VerifyOptions } from "../verifying/verify-trees.ts";
import type { Workspace } from "../workspace.ts";

/** Throws `apply-refused` if the branch moved meanwhile, `verify-failed`; the resolution is kept then. */
export async function finish(workspace: Workspace, series: Series, options: VerifyOptions): Promise<ContinueOutcome> {
  const { repository, scratch } = workspace;
  const { line, target, landed, tip, plan } = series;
  const found = await readRef(repository, target.refname);
  if (found !== target.expected && found !== tip) throw moved(line.name, target.expected, found);
  refuseDiverged(line, target);
  const landing = await resolvedLanding(workspace, series);
  const isLine = target.refname === line.refname; // not a branch of `--to-branch`
  const [checked] =
    isLine && found !== tip ? await checkLandings(workspace, landed.length === 0 ? [] : [landing], null) : [];
  if (checked?.met === false) {
    await requestApprovals(workspace, [checked], null, true);
    throw forbidden(line.name, checked.violations);
  }
  const commit = landed.length === 0 ? null : await scratch.reader.commit(tip);
  let verify: Landing["verify"] = null;
  if (commit !== null && found !== tip) {
    const subject = { line, tree: commit.tree, sources: landed.map(({ source }) => source) };
    const [verdict] = await verifyTrees(workspace, [subject], options);
    if (verdict !== undefined && !isFit(verdict)) throw unfit(verdict);
    if (verdict !== undefined) verify = { command: verdict.command, kind: verdict.kind };
  }
  let transaction: string | null = null;
  if (found !== tip && landed.length > 0) {
    const updates = await followers(repository, [
      { line: line.name, refname: target.refname, expected: target.expected, to: tip },
    ]);
    const picks = landed.map((pick) => ({ ...pick, refname: target.refname }));
    const recording = await recordLandings(
      workspace,
      checked === undefined ? [] : [{ ...checked.landing, verify }],
      null,
    );
    await scratch.transfer(recording.tips, [tip, ...recording.known]);
    const result = await advanceRecorded(repository, updates, recording, { picks, time: workspace.now });
    if (result.kind === "refused") throw moved(line.name, target.expected, await readRef(repository, target.refname));
    transaction = result.transaction.id;
    await notePicks(workspace, recording.landed, plan.committer);
  }
  await closeResolution(repository, { line, worktree: worktreeOf(repository, line.name) });
  forgetPending(repository, line.name);
  return advanced(series, tip, transaction);
}

function advanced({ line, target, landed }: Series, to: string, transaction: string | null): ContinueOutcome {
  return {
    kind: "advanced",
    line: line.name,
    refname: target.refname,
    from: target.expected,
    to,
    landed: landed.map(({ commit }) => commit),
    transaction,
  };
}

/** The work tree goes first: while the state is there, it can be found and ended. */
export async function closeResolution(
  repository: Repository,
  { line, worktree }: Pick<ResolutionState, "line" | "worktree">,
): Promise<void> {
  await removeLayout(repository, worktree);
  removeResolution(repository, line.name);
}

/** Whether a run moved the branch to this resolution's end and was killed before it could clear up. */
export function isFinished(repository: Repository, { target, sources, at }: ResolutionState): boolean {
  const source = sources[at]?.commit;
  return transactions(repository).some(
    ({ state, updates, picks }) =>
      state === "done" &&
      updates.some(({ refname, expected }) => refname === target.refname && expected === target.expected) &&
      picks.some((pick) => pick.source === source && pick.refname === target.refname),
  );
}

function forbidden(line: string, violations: readonly Violation[]): AppError {
  const refusing = violations.filter((violation) => !isMet([violation]));
  return new AppError(
    "policy-refused",
    `Policy of ${line} refuses it: ${refusing.map(({ message }) => message).join("; ")}`,
    {
      hint: refusing[0]?.hint.replace(/\bLINE\b/g, line) ?? `morello check --line ${line}`,
      data: { line, violations: refusing },
    },
  );
}

function unfit(result: VerifyResult): AppError {
  const why = result.reason ?? `its verify command says no: ${result.command}`;
  const output = result.output === null ? "" : `: ${result.output}`;
  return new AppError("verify-failed", `${result.line} was not moved: ${why}`, {
    hint: `mend the resolution, which stays laid out, and run morello continue ${result.line} again; the output is kept${output}`,
    data: { verify: result },
  });
}

function moved(line: string, expected: string | null, found: string | null): AppError {
  const short = (oid: string | null): string => oid?.slice(0, 12) ?? "absent";
  return new AppError(
    "apply-refused",
    `${line} moved while its conflict was being resolved: from ${short(expected)} to ${short(found)}`,
    {
      hint: `nothing is lost: the resolution stays laid out; morello abort ${line} and pick again, or put the branch back`,
      data: { line, expected, found },
    },
  );
}
