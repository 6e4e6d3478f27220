// `morello undo`: takes back what the last run moved. What was pushed is history, so there it is a revert.
import { followers } from "../apply/advance.ts";
import { transactions, type Transaction, type TransactionUpdate } from "../apply/journal.ts";
import { touchedPaths } from "../apply/touched.ts";
import { withLines } from "../apply/state.ts";
import { AppError } from "../error.ts";
import { currentIdentity, isOnRemote, readRef } from "../git/refs.ts";
import { serialiseCommit } from "../object/commit.ts";
import { quotePath } from "../object/path.ts";
import { subjectOf } from "../object/text.ts";
import type { UndoOutcome } from "../wire/outcome.ts";
import { missingIdentity } from "./identity.ts";
import { lineOfLog } from "../ledger/place.ts";
import { TAGS } from "../line/ref.ts";
import { taggedCommit } from "../release/tag.ts";
import { withReconciled } from "./reconciled.ts";
import { advanceRecorded } from "./recording/advance-recorded.ts";
import { recordReverts, type TakenBack } from "./recording/record-reverts.ts";
import type { Deps, Workspace } from "./workspace.ts";

export interface UndoInput {
  /** Asked before anything moves, with what would be done. */
  readonly confirm: (outcome: UndoOutcome) => Promise<boolean>;
}

export function undo(deps: Deps, { confirm }: UndoInput): Promise<UndoOutcome> {
  return withReconciled(deps, async (workspace) => {
    const { repository } = workspace;
    const last = transactions(repository).findLast(({ state }) => state === "done");
    if (last === undefined)
      throw new AppError("nothing-to-do", "There is no run to undo", {
        hint: "git reflog shows what moved by other means",
      });
    return withLines(
      repository,
      branchesOf(last).map(({ line }) => line),
      async () => {
        if (await isPublished(workspace, last)) {
          refusePublishedTag(last);
          return revert(workspace, last, confirm);
        }
        return restore(workspace, last, confirm);
      },
    );
  });
}

/** Logs only grow: they are no part of what goes back. */
function branchesOf({ updates }: Transaction): TransactionUpdate[] {
  return updates.filter(({ refname }) => lineOfLog(refname) === null);
}

/** Pushed by a run, or seen on a remote since: the whole of it or a part. */
async function isPublished({ repository }: Workspace, last: Transaction): Promise<boolean> {
  if (last.pushed !== null) return true;
  const commits = new Set([
    ...last.picks.map(({ commit }) => commit),
    // A tag's commit may well be on a remote, and the tag only here.
    ...branchesOf(last).flatMap(({ refname, to }) => (refname.startsWith(TAGS) ? [] : (to ?? []))),
  ]);
  for (const commit of commits) if (await isOnRemote(repository, commit)) return true;
  return false;
}

/** Tags never move, so a release that others have seen stays. */
function refusePublishedTag(last: Transaction): void {
  const tag = last.updates.find(({ refname }) => refname.startsWith(TAGS));
  if (tag === undefined) return;
  const name = tag.refname.slice(TAGS.length);
  throw new AppError("apply-refused", `Cannot undo: ${name} was pushed, and a tag that others have seen never goes`, {
    hint: `mend what is wrong on ${tag.line}, then: morello release ${tag.line}`,
    data: { line: tag.line, tag: name },
  });
}

async function restore(workspace: Workspace, last: Transaction, confirm: UndoInput["confirm"]): Promise<UndoOutcome> {
  const { repository, scratch, now } = workspace;
  const branches = branchesOf(last);
  const outcome: UndoOutcome = {
    kind: "undone",
    transaction: last.id,
    refs: branches.map(({ refname, expected, to }) => ({ refname, from: to ?? "", to: expected })),
  };
  for (const { line, refname, to } of branches) {
    const found = await readRef(repository, refname);
    if (found !== to) throw movedSince(line, refname, to, found);
  }
  if (!(await confirm(outcome))) throw declined();
  const back = branches.map(({ line, refname, expected, to }) => ({ line, refname, expected: to, to: expected }));
  const updates = await followers(repository, back);
  const recording = await recordReverts(
    workspace,
    takenBack(last, new Map(), await taggedBy(workspace, last)),
    "the run was undone",
  );
  await scratch.transfer(recording.tips, recording.known);
  const result = await advanceRecorded(repository, updates, recording, { picks: [], time: now, undoes: last.id });
  if (result.kind === "refused") {
    throw new AppError(
      "apply-refused",
      `Cannot undo: ${result.refname ?? "a branch"} moved this moment (${result.detail})`,
      { hint: "look at it, then run morello undo again" },
    );
  }
  return outcome;
}

/** `reverts`: by landed commit, the commit that takes it back. `tagged`: by tag object, the commit it names. */
function takenBack(
  last: Transaction,
  reverts: ReadonlyMap<string, string>,
  tagged: ReadonlyMap<string, string> = new Map(),
): TakenBack[] {
  return branchesOf(last).flatMap(({ line, refname: target, to }): TakenBack[] => {
    if (to === null) return [];
    const commit = tagged.get(to);
    if (commit !== undefined) return [{ line, target, tip: commit, landings: [], tags: [{ target, commit }] }];
    const landings = last.picks
      .filter(({ refname }) => refname === target)
      .map(({ source, commit }) => ({ source, commit, revert: reverts.get(commit) ?? null }));
    return [{ line, target, tip: to, landings, tags: [] }];
  });
}

async function taggedBy({ scratch }: Workspace, last: Transaction): Promise<Map<string, string>> {
  const tags = branchesOf(last).flatMap(({ refname, to }) => (refname.startsWith(TAGS) && to !== null ? [to] : []));
  const found = await Promise.all(tags.map(async (tag) => [tag, await taggedCommit(scratch, tag)] as const));
  return new Map(found.flatMap(([tag, commit]) => (commit === null ? [] : [[tag, commit] as const])));
}

function movedSince(line: string, refname: string, to: string | null, found: string | null): AppError {
  const short = (oid: string | null): string => oid?.slice(0, 12) ?? "nothing";
  return new AppError("apply-refused", `Cannot undo: ${line} moved since, from ${short(to)} to ${short(found)}`, {
    hint:
      found === null
        ? `git branch ${refname.slice("refs/heads/".length)} ${short(to)}   puts it back`
        : `git log ${short(to)}..${refname} shows what came after; git revert takes a single pick back`,
    data: { line, expected: to, found },
  });
}

function declined(): AppError {
  return new AppError("consent-needed", "Nothing was undone", { hint: "morello undo --yes" });
}

/** Reverts the run's picks on the lines as they stand, last pick first, computed like picks: in memory, then advanced. */
async function revert(workspace: Workspace, last: Transaction, confirm: UndoInput["confirm"]): Promise<UndoOutcome> {
  const { repository, scratch } = workspace;
  const identity = await currentIdentity(repository);
  if (identity === null) throw missingIdentity();
  const who = Buffer.from(identity, "utf8").toString("latin1");
  const reverted = await Promise.all(branchesOf(last).map((update) => revertLine(workspace, last, update, who)));
  const lines = reverted.map(({ report }) => report);
  const plan = (applied: boolean): UndoOutcome => ({ kind: "revert", transaction: last.id, applied, lines });
  if (lines.some(({ outcome }) => outcome === "conflict") || !(await confirm(plan(false)))) return plan(false);
  const moving = reverted.flatMap(({ report: { line, refname, commit }, tip }) =>
    commit === null ? [] : [{ line, refname, expected: tip, to: commit }],
  );
  const updates = await followers(repository, moving);
  const made = new Map(reverted.flatMap(({ commits }) => [...commits]));
  const recording = await recordReverts(workspace, takenBack(last, made), "it was reverted");
  await scratch.transfer(
    [...moving.map(({ to }) => to), ...recording.tips],
    [...moving.map(({ expected }) => expected), ...recording.known],
  );
  const result = await advanceRecorded(repository, updates, recording, { picks: [], time: workspace.now });
  if (result.kind === "refused") {
    throw new AppError("apply-refused", `Cannot revert: ${result.refname ?? "a branch"} moved this moment`, {
      hint: "run morello undo again",
    });
  }
  return plan(true);
}

type RevertedLine = Extract<UndoOutcome, { kind: "revert" }>["lines"][number];

async function revertLine(
  workspace: Workspace,
  last: Transaction,
  { line, refname, to }: Transaction["updates"][number],
  who: string,
): Promise<{ readonly report: RevertedLine; readonly tip: string; readonly commits: ReadonlyMap<string, string> }> {
  const { repository, scratch, engine } = workspace;
  const reverts = last.picks
    .filter((pick) => pick.refname === refname)
    .map(({ commit }) => commit)
    .toReversed();
  const start = await readRef(repository, refname);
  if (start === null) throw movedSince(line, refname, to, null);
  let tip = start;
  const commits = new Map<string, string>(); // by what they revert
  for (const oid of reverts) {
    const [picked, onto] = await Promise.all([scratch.reader.commit(oid), scratch.reader.commit(tip)]);
    const parent = picked === null ? null : await scratch.reader.commit(picked.parents[0] ?? "");
    if (picked === null || onto === null || parent === null) {
      throw new AppError(
        "object-missing",
        `Commit ${oid} cannot be reverted: it, or its parent, is missing from the repository`,
        { hint: "git fetch" },
      );
    }
    const [merge] = await engine.merge([{ base: picked.tree, ours: onto.tree, theirs: parent.tree }]);
    if (merge?.kind !== "clean") {
      const paths = merge?.kind === "conflict" ? merge.conflicts.map(({ path }) => quotePath(path)) : [];
      return {
        report: { line, refname, reverts, outcome: "conflict", commit: null, paths },
        tip: start,
        commits: new Map(),
      };
    }
    engine.publish(merge.tree);
    const subject = Buffer.from(subjectOf(picked.message), "utf8").toString("latin1");
    const message = `Revert "${subject}"\n\nThis reverts commit ${oid}.\n`;
    tip = scratch.write(
      "commit",
      serialiseCommit({ tree: merge.tree, parents: [tip], author: who, committer: who, message }),
    );
    commits.set(oid, tip);
  }
  const [before, after] = await Promise.all([scratch.reader.commit(start), scratch.reader.commit(tip)]);
  const touched = before === null || after === null ? [] : await touchedPaths(engine.tree, before.tree, after.tree);
  const paths = touched.map(({ path }) => quotePath(path));
  return { report: { line, refname, reverts, outcome: "clean", commit: tip, paths }, tip: start, commits };
}
