// What a push brings to lines, commit by commit: its class and what policy says of it. Policy, lines and trusted sources
// are the server's as it is before the push, but for main, which a push may move first.
import { run } from "../../git/run.ts";
import { HEADS, TAGS, type RefRecord } from "../../line/ref.ts";
import type { DetectedLine } from "../../line/detect.ts";
import type { Refusal } from "../../wire/guard.ts";
import { checkCommits } from "../checking/check-commits.ts";
import { contextOf } from "../checking/context.ts";
import { historyOf, linesOf, type Workspace } from "../workspace.ts";
import type { Update } from "./updates.ts";

export interface PushedLine {
  readonly update: Update;
  readonly line: DetectedLine;
}

/** Refusals in the order of the lines, commits oldest first. `pushed`: all of the push. */
export async function checkLines(
  server: Workspace,
  lines: readonly PushedLine[],
  pushed: readonly Update[],
): Promise<Refusal[]> {
  const moved = lines.flatMap(({ update, line }) => (update.to === null ? [] : [{ update, line, to: update.to }]));
  const refusals: Refusal[] = [];
  if (moved.length === 0) return refusals;
  const workspace = duringPush(server, pushed);
  const tips = moved.map(({ to }) => to);
  const graph = await historyOf(workspace, tips);
  const asPushed = { ...workspace, detected: moved.map(({ line, to }) => ({ ...line, localTip: to })) };
  const known = new Map(linesOf(asPushed, graph).map((line) => [line.refname, line]));
  for (const { update, to } of moved) {
    const line = known.get(update.refname);
    const commits = await newCommits(workspace, update, to);
    if (line === undefined || commits.length === 0) continue;
    const context = await contextOf(workspace, line, null);
    const { violations } = await checkCommits(workspace, graph, line, commits, context, { refusingOnly: true });
    for (const { rule, severity, waiver, commit, subject, message, hint } of violations) {
      if (severity === "error" && waiver === null)
        refusals.push({ rule, refname: update.refname, commit, subject, message, hint });
    }
  }
  return refusals;
}

/** Oldest first. A line that the push makes brings what neither main nor another line has. */
async function newCommits({ scratch, main, detected }: Workspace, { from }: Update, to: string): Promise<string[]> {
  const there = from === null ? detected.flatMap(({ localTip }) => localTip ?? []) : [from];
  const known = from === null && main !== null ? [...there, main.tip] : there;
  if (known.length === 0) return []; // the first push to an empty repository: what is there is history
  const args = ["rev-list", "--topo-order", "--reverse", to, "--not", ...known];
  const listed = await run(scratch, args);
  return listed.stdout.toString("latin1").split("\n").filter(Boolean);
}

/**
 * Sources may come with the push: what it brings to main is main's, and what it brings to other branches is there,
 * unmerged. What it brings to lines vouches for nothing.
 */
function duringPush(server: Workspace, pushed: readonly Update[]): Workspace {
  const { main, detected } = server;
  const lines = new Set(detected.map(({ refname }) => refname));
  const moved = new Map(pushed.map((update) => [update.refname, update.to]));
  const free = ({ refname }: { refname: string }): boolean =>
    !lines.has(refname) && (refname.startsWith(HEADS) || refname.startsWith(TAGS));
  const kept = server.refs.filter((ref) => !free(ref) || !moved.has(ref.refname));
  const brought = pushed.flatMap(({ refname, to }): RefRecord[] =>
    to === null || !free({ refname })
      ? []
      : [{ refname, oid: to, peeled: null, committerTime: 0, upstream: null, symref: null }],
  );
  const tip = main === null ? null : moved.get(main.refname);
  return { ...server, refs: [...kept, ...brought], main: main === null || tip == null ? main : { ...main, tip } };
}
