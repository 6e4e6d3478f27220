// Writes down what waits for approvals: who is asked finds it in the ledger, with the commits that would land.
import type { Draft } from "../../ledger/append.ts";
import { withLines } from "../../apply/state.ts";
import type { CheckedLanding } from "../landing/check-landing.ts";
import type { Workspace } from "../workspace.ts";
import { appendNow } from "./append-now.ts";
import { backwards } from "./known-tip.ts";
import { sourcesOf, type Landing } from "./landing.ts";
import { openRecorder } from "./recorder.ts";

/** Rules that an approval satisfies. */
const OF_APPROVALS = ["class-approvals", "unmerged-source"];

/**
 * One request for each line on which nothing but approvals is missing; none where the same is asked for already.
 * `held`: the caller has the lines already.
 */
export async function requestApprovals(
  workspace: Workspace,
  checked: readonly CheckedLanding[],
  sign: boolean | null,
  held = false,
): Promise<void> {
  const waiting = checked.filter(({ met, violations }) => {
    const refusing = violations.filter(({ severity, waiver }) => severity === "error" && waiver === null);
    return !met && refusing.every(({ rule }) => OF_APPROVALS.includes(rule));
  });
  const recorder = waiting.length === 0 ? null : await openRecorder(workspace, sign);
  if (recorder === null) return;
  const lines = held ? [] : waiting.map(({ landing }) => landing.line);
  await withLines(workspace.repository, lines, async () => {
    for (const { landing, violations } of waiting) {
      const log = await recorder.open(landing.line);
      if (await isRequested(workspace, log.tip, landing)) continue;
      const line = { name: landing.line, refname: landing.target, tip: landing.base };
      const needs = [...new Set(violations.map(({ message }) => message))];
      await appendNow(workspace, recorder, line, [requestDraft(landing, needs)], [landing.result]);
    }
  });
}

function requestDraft(landing: Landing, needs: readonly string[]): Draft {
  const { target, base, result, resultTree } = landing;
  const sources = sourcesOf(landing);
  const body = { base, result, resultTree, needs: [...needs] };
  return { kind: "request", target, sources, body, parents: [result, ...sources] };
}

async function isRequested(workspace: Workspace, tip: string | null, landing: Landing): Promise<boolean> {
  for await (const record of backwards(workspace.scratch.reader, tip)) {
    if (record.kind === "landed" || record.kind === "gap") return false; // the line moved since
    if (record.kind === "request" && record.base === landing.base && record.resultTree === landing.resultTree)
      return true;
  }
  return false;
}
