// `morello approve`: shows exactly what a signature will cover, signs it, and puts it into the line's ledger.
import { compareLanded } from "../apply/class.ts";
import { withLines } from "../apply/state.ts";
import { touchedPaths } from "../apply/touched.ts";
import { AppError } from "../error.ts";
import { patchBetween, treeStats } from "../git/diff.ts";
import { approvalBytes } from "../ledger/approval.ts";
import { seal } from "../ledger/dsse.ts";
import { standingOf } from "../ledger/trust.ts";
import { policyOf } from "../line/settings.ts";
import { emptyTree } from "../object/hash.ts";
import { quotePath } from "../object/path.ts";
import { policyDigest } from "../policy/digest.ts";
import type { ApprovalPreview, ApproveOutcome } from "../wire/approve.ts";
import type { Line } from "../wire/line.ts";
import type { Plan } from "../wire/plan.ts";
import { APPROVAL_NAMESPACE, type Approval } from "../wire/record.ts";
import { selectLines } from "../line/select.ts";
import { computeLines } from "./picks/compute-picks.ts";
import { computationOf } from "./picks/recompute.ts";
import { backwards } from "./recording/known-tip.ts";
import { appendNow } from "./recording/append-now.ts";
import { pushLogs } from "./recording/push-logs.ts";
import { openRecorder, type Recorder } from "./recording/recorder.ts";
import { withReconciled } from "./reconciled.ts";
import { summaryOf } from "./standings/standing.ts";
import { historyOf, linesOf, type Deps, type Workspace } from "./workspace.ts";

export interface ApproveInput {
  /** A plan that somebody sent, or null for what a line's ledger asks for. */
  readonly plan: Plan | null;
  /** The line, where there is no plan; of a plan, the lines that are meant (all: null). */
  readonly line: string | null;
  readonly comment: string | null;
  /** Null: as policy says. */
  readonly days: number | null;
  /** Fresh every time, 16 characters or more. */
  readonly nonce: () => string;
  /** Shows what would be signed; false stops. */
  readonly confirm: (previews: readonly ApprovalPreview[]) => Promise<boolean>;
  readonly push: boolean;
  readonly remote: string | null;
}

/** Something that may land, and wants approval. */
interface Proposal {
  readonly line: Line;
  readonly target: string;
  readonly base: string;
  readonly sources: readonly string[];
  readonly resultTree: string;
  readonly result: string;
}

/** Throws `unknown-key` without a key that may approve, `unknown-line`, `apply-refused` where a plan does not hold. */
export function approve(deps: Deps, input: ApproveInput): Promise<ApproveOutcome> {
  return withReconciled(deps, async (workspace) => {
    const recorder = await openRecorder(workspace);
    if (recorder === null)
      throw new AppError(
        "object-missing",
        "Cannot approve in a shallow clone: the repository's identity is not known",
        {
          hint: "git fetch --unshallow",
        },
      );
    const approver = approverOf(recorder, workspace.now);
    const graph = await historyOf(workspace, []);
    const lines = linesOf(workspace, graph);
    const proposals =
      input.plan === null
        ? await requested(workspace, recorder, selectLines(lines, [input.line ?? ""]).selected)
        : await planned(workspace, input.plan, lines, input.line);
    if (proposals.length === 0) return nothing(input, lines);
    const previews: ApprovalPreview[] = [];
    for (const proposal of proposals) previews.push(await preview(workspace, recorder, proposal, approver, input));
    if (!(await input.confirm(previews))) return { kind: "declined" };
    const approvals: Extract<ApproveOutcome, { kind: "approved" }>["approvals"] = [];
    for (const [n, proposal] of proposals.entries()) {
      const shown = previews[n];
      if (shown === undefined) continue;
      const record = await sign(workspace, recorder, proposal, shown.approval);
      const { diff: _, ...rest } = shown;
      approvals.push({ ...rest, record });
    }
    const pushed = input.push
      ? await pushLogs(
          workspace,
          proposals.map(({ line }) => line.name),
          input.remote,
        )
      : null;
    return { kind: "approved", key: recorder.signer?.fingerprint ?? "", approvals, pushed };
  });
}

/** The principal that the trust log knows the key by. */
function approverOf({ signer, trust, by }: Recorder, now: number): string {
  if (signer === null)
    throw new AppError("unknown-key", "An approval is a signature, and git is configured with no SSH key", {
      hint: "git config gpg.format ssh && git config user.signingKey ~/.ssh/id_ed25519.pub",
    });
  if (trust.state === null) return by.email;
  const standing = standingOf(trust.state, signer, "approver", now);
  if (standing.kind === "holds") return standing.key.principal;
  throw new AppError("unknown-key", `Cannot approve: ${standing.message}`, {
    hint: `morello ledger trust --add KEY.pub --as ${by.email} --role approver   (by somebody with a root key)`,
    data: { fingerprint: signer.fingerprint },
  });
}

function nothing({ line }: ApproveInput, lines: readonly Line[]): ApproveOutcome {
  const name = selectLines(lines, [line ?? "all"])
    .selected.map((one) => one.name)
    .join(", ");
  return { kind: "nothing", line: name, why: "nothing that would land on it as it is now waits for an approval" };
}

/** What ledgers ask for, where the line still is as it was. */
async function requested(workspace: Workspace, recorder: Recorder, lines: readonly Line[]): Promise<Proposal[]> {
  const found: Proposal[] = [];
  for (const line of lines) {
    const log = await recorder.open(line.name);
    const seen = new Set<string>();
    for await (const record of backwards(workspace.scratch.reader, log.tip)) {
      if (record.kind === "landed" || record.kind === "gap") break; // what is older was for another tip
      if (record.kind !== "request" || record.base !== line.tip || seen.has(record.resultTree)) continue;
      seen.add(record.resultTree);
      found.push({ ...record, line });
    }
  }
  return found;
}

/** What a plan would land, computed anew: nothing of the file is taken on trust. */
async function planned(
  workspace: Workspace,
  plan: Plan,
  lines: readonly Line[],
  wanted: string | null,
): Promise<Proposal[]> {
  const current = new Map(lines.map((line) => [line.name, line]));
  const computed = await computeLines(
    workspace,
    computationOf(plan, ({ line }) => current.get(line.name) ?? line),
  );
  return plan.lines.flatMap((said, n): Proposal[] => {
    const made = computed[n];
    const line = current.get(said.line.name);
    if (wanted !== null && said.line.name !== wanted) return [];
    if (made === undefined || line === undefined || said.firstFailure !== null || said.result === said.onto) return [];
    if (made.onto !== said.onto || made.result !== said.result)
      throw new AppError("apply-refused", `The plan for ${line.name} does not hold any more: the line moved`, {
        hint: `morello plan ${plan.revisions.join(" ")} --onto ${line.name} --out plan.json`,
        data: { line: line.name, planned: said.onto, found: made.onto },
      });
    const clean = made.picks.flatMap(({ source, outcome }) => (outcome.kind === "clean" ? [{ source, outcome }] : []));
    const resultTree = clean.at(-1)?.outcome.tree ?? "";
    const sources = clean.map(({ source }) => source);
    return [{ line, target: made.target.refname, base: made.onto, sources, resultTree, result: made.result }];
  });
}

const DAY = 86_400;

async function preview(
  workspace: Workspace,
  recorder: Recorder,
  { line, target, base, sources, resultTree, result }: Proposal,
  approver: string,
  input: ApproveInput,
): Promise<ApprovalPreview> {
  const { scratch, engine, repository, config, now } = workspace;
  const settings = policyOf(config, line.name);
  engine.publish(resultTree);
  const onto = (await scratch.reader.commit(base))?.tree ?? emptyTree(repository.objectFormat);
  const patches = await Promise.all(
    sources.map(async (source) => {
      const commit = await scratch.reader.commit(source);
      const parent = commit?.parents[0] === undefined ? null : await scratch.reader.commit(commit.parents[0]);
      const empty = emptyTree(repository.objectFormat);
      return { before: parent?.tree ?? empty, after: commit?.tree ?? empty };
    }),
  );
  const [compared] = await compareLanded(engine, [{ onto, tree: resultTree, patches }]);
  const touched = await touchedPaths(engine.tree, onto, resultTree);
  const [stat] = await treeStats(scratch, [[onto, resultTree]]);
  const approval: Approval = {
    repository: recorder.repository,
    target,
    base,
    sources: [...sources],
    resultTree,
    policy: policyDigest(settings),
    expires: now + (input.days ?? settings.approvalDays) * DAY,
    nonce: input.nonce(),
    approver,
    comment: input.comment,
  };
  return {
    line: line.name,
    approval,
    sources: await Promise.all(sources.map((source) => summaryOf(workspace, source))),
    class: compared?.kind === "compared" ? compared.class : "adapted",
    result,
    stat: stat ?? { files: touched.length, insertions: 0, deletions: 0 },
    paths: touched.map(({ path }) => quotePath(path)),
    diff: await patchBetween(scratch, onto, resultTree),
  };
}

/** Appends the approval; gives the record's key. */
async function sign(
  workspace: Workspace,
  recorder: Recorder,
  { line, target, sources }: Proposal,
  approval: Approval,
): Promise<string> {
  const envelope = await seal(approvalBytes(approval), APPROVAL_NAMESPACE, recorder.signer);
  const [entry] = await withLines(workspace.repository, [line.name], () =>
    appendNow(workspace, recorder, line, [
      { kind: "approval", target, sources, body: { approval: envelope }, parents: [...sources] },
    ]),
  );
  return entry?.record.key ?? "";
}
