// `morello check`: where what landed, or a branch that is to land, does not meet policy.
import { isMet } from "../policy/evaluate.ts";
import type { CommitGraph } from "../index/graph.ts";
import type { CheckedLine, CheckOutcome } from "../wire/check.ts";
import type { Line } from "../wire/line.ts";
import { checkCommits } from "./checking/check-commits.ts";
import { contextOf, type CheckContext } from "./checking/context.ts";
import { pushedCommits } from "./checking/pushed-commits.ts";
import { lineCommits, rangeCommits, startOf, type Selected } from "./checking/select-commits.ts";
import { isRange } from "../git/revisions.ts";
import type { VerifyOptions } from "./verifying/verify-trees.ts";
import { withWorkspace, type Deps, type Workspace } from "./workspace.ts";

export interface CheckInput {
  /** A range, or lines: names and patterns. Empty: the line that HEAD is on, else every maintained line. */
  readonly what: readonly string[];
  /** The line that a range is meant for; null where it shows. */
  readonly line: string | null;
  /** Null: no verify command runs. */
  readonly verify: VerifyOptions | null;
}

/** Throws `unknown-revision`, `unknown-line`, `no-lines`, `usage`. */
export function check(deps: Deps, { what, line, verify }: CheckInput): Promise<CheckOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const contexts = contextReader(workspace, verify);
    const [range] = what;
    const selected =
      range !== undefined && isRange(range)
        ? await rangeCommits(workspace, range, line)
        : await lineCommits(workspace, line === null ? what : [...what, line], contexts);
    return outcomeOf(await checkAll(workspace, selected, contexts));
  });
}

/** `stdin`: what git tells its pre-push hook. Commits that the remote has are not looked at. */
export function checkPush(deps: Deps, stdin: string, verify: VerifyOptions | null): Promise<CheckOutcome> {
  return withWorkspace(deps, async (workspace) => {
    const contexts = contextReader(workspace, verify);
    const start = (graph: CommitGraph, line: Line) => startOf(workspace, graph, line, contexts);
    return outcomeOf(await checkAll(workspace, await pushedCommits(workspace, stdin, start), contexts));
  });
}

type ContextOf = (line: Line) => Promise<CheckContext>;

/** The ledger of a line is read once. */
function contextReader(workspace: Workspace, verify: VerifyOptions | null): ContextOf {
  const known = new Map<string, Promise<CheckContext>>();
  return (line) => {
    const found = known.get(line.name) ?? contextOf(workspace, line, verify);
    known.set(line.name, found);
    return found;
  };
}

async function checkAll(
  workspace: Workspace,
  { graph, selections }: Selected,
  contexts: ContextOf,
): Promise<CheckedLine[]> {
  const checked: CheckedLine[] = [];
  for (const { line, from, to, commits } of selections) {
    const found = await checkCommits(workspace, graph, line, commits, await contexts(line));
    checked.push({
      line: line.name,
      from,
      to,
      commits: [...found.commits],
      violations: [...found.violations],
      notices: [...found.notices],
    });
  }
  return checked;
}

function outcomeOf(lines: CheckedLine[]): CheckOutcome {
  return { kind: "checked", lines, ok: lines.every(({ violations }) => isMet(violations)) };
}
