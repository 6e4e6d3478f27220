// What a push brings to lines, commit by commit: its class, what policy says of it, and whether the ledger says the
// same. Policy, lines and trusted sources are the server's as it is before the push.
import { isAncestor } from "../../git/refs.ts";
import { run } from "../../git/run.ts";
import type { CommitGraph } from "../../index/graph.ts";
import type { DetectedLine } from "../../line/detect.ts";
import { HEADS, TAGS, type RefRecord } from "../../line/ref.ts";
import type { ClassedCommit } from "../../wire/class.ts";
import type { Refusal } from "../../wire/guard.ts";
import type { Line } from "../../wire/line.ts";
import { checkCommits } from "../checking/check-commits.ts";
import { NO_CONTEXT } from "../checking/context.ts";
import { classCommits } from "../classing/class-commits.ts";
import { historyOf, linesOf, type Workspace } from "../workspace.ts";
import type { NewRecords } from "./check-logs.ts";
import type { Finding } from "./judge.ts";
import { recordLie } from "./record-lie.ts";
import type { Update } from "./updates.ts";

export interface PushedLine {
  readonly update: Update;
  readonly line: DetectedLine;
}

/** Refusals line by line, commits oldest first. `pushed`: all of the push; `added`: what it adds to ledgers, by line. */
export async function checkLines(
  server: Workspace,
  lines: readonly PushedLine[],
  pushed: readonly Update[],
  added: ReadonlyMap<string, NewRecords>,
): Promise<Refusal[]> {
  const moved = lines.map(({ update, line }) => ({ update, line: { ...line, localTip: update.to ?? line.localTip } }));
  const recorded = server.detected.filter(
    ({ name }) => added.has(name) && moved.every(({ line }) => line.name !== name),
  );
  const concerned = [...moved.map(({ line }) => line), ...recorded];
  if (concerned.length === 0) return [];
  const workspace = duringPush(server, pushed);
  const graph = await historyOf(
    workspace,
    concerned.flatMap(({ localTip }) => localTip ?? []),
  );
  const refusals: Refusal[] = [];
  for (const line of linesOf({ ...workspace, detected: concerned }, graph)) {
    const update = moved.find((each) => each.line.name === line.name)?.update;
    refusals.push(...(await checkLine({ workspace, graph, line, update, records: added.get(line.name) })));
  }
  return refusals;
}

interface Concerned {
  readonly workspace: Workspace;
  readonly graph: CommitGraph;
  readonly line: Line;
  /** Undefined: the push leaves the line where it is. */
  readonly update: Update | undefined;
  readonly records: NewRecords | undefined;
}

async function checkLine({ workspace, graph, line, update, records }: Concerned): Promise<Refusal[]> {
  const context = records?.context ?? NO_CONTEXT;
  const refusals: Refusal[] = [];
  const classed = new Map<string, ClassedCommit>();
  const commits = update === undefined ? [] : await newCommits(workspace, update);
  if (commits.length > 0) {
    const checked = await checkCommits(workspace, graph, line, commits, context, { refusingOnly: true });
    for (const one of checked.commits) classed.set(one.commit, one);
    for (const { rule, severity, waiver, commit, subject, message, hint } of checked.violations) {
      if (severity === "error" && waiver === null)
        refusals.push({ rule, refname: line.refname, commit, subject, message, hint });
    }
  }
  const landed = records?.landed ?? [];
  const others = landed.map(({ commit }) => commit).filter((commit) => !classed.has(commit));
  const request = { line, commits: others, recorded: context.sources, search: false, rangeDiffs: false };
  for (const one of await classCommits(workspace, graph, request)) classed.set(one.commit, one);
  if (records === undefined) return refusals;
  const { refname, before } = records;
  for (const record of landed) {
    const one = classed.get(record.commit);
    const lie = recordLie(record, one) ?? (await unheardOf(workspace, before, one));
    if (lie !== null) refusals.push({ ...lie, refname, commit: record.commit, subject: one?.subject ?? "" });
  }
  return refusals;
}

/** A record does not vouch for its own source: an older one must name it, or a branch or tag reach it. */
async function unheardOf(
  { scratch }: Workspace,
  before: string | null,
  classed: ClassedCommit | undefined,
): Promise<Finding | null> {
  const source = classed?.source ?? null;
  if (source === null || source.reach === "trusted" || source.reach === "unmerged") return null;
  if (before !== null && (await isAncestor(scratch, source.commit, before))) return null; // logs hold what they name
  return {
    rule: "record-unreachable",
    message: `no branch, tag or older record reaches the source ${source.commit.slice(0, 12)}`,
    hint: "push the branch that the source is on, with the line or before it",
  };
}

/** Oldest first. A line that the push makes brings what neither main nor another line has. */
async function newCommits({ scratch, main, detected }: Workspace, { from, to }: Update): Promise<string[]> {
  if (to === null) return [];
  const there = from === null ? detected.flatMap(({ localTip }) => localTip ?? []) : [from];
  const known = from === null && main !== null ? [...there, main.tip] : there;
  if (known.length === 0) return []; // the first push to an empty repository: what is there is history
  const args = ["rev-list", "--topo-order", "--reverse", to, "--not", ...known];
  const listed = await run(scratch, args);
  return listed.stdout.toString("latin1").split("\n").filter(Boolean);
}

/**
 * Sources may come with the push, and then they are there, unmerged. What it brings to main is not trusted yet: another
 * hook may refuse a part of a push (gitolite's does) and let the rest through. What it brings to lines vouches for
 * nothing.
 */
function duringPush(server: Workspace, pushed: readonly Update[]): Workspace {
  const lines = new Set(server.detected.map(({ refname }) => refname));
  const brought = pushed.filter(
    ({ refname }) => !lines.has(refname) && (refname.startsWith(HEADS) || refname.startsWith(TAGS)),
  );
  const moved = new Set(brought.map(({ refname }) => refname));
  const records = brought.flatMap(({ refname, to }): RefRecord[] =>
    to === null ? [] : [{ refname, oid: to, peeled: null, committerTime: 0, upstream: null, symref: null }],
  );
  return { ...server, refs: [...server.refs.filter(({ refname }) => !moved.has(refname)), ...records] };
}
