// Publishes a release: branch, ledger and tag in one push, each from the value that the remote was seen to hold.
import { recordTransaction, transactions } from "../../apply/journal.ts";
import { AppError } from "../../error.ts";
import { push, type PushUpdate } from "../../git/push.ts";
import { readRef } from "../../git/refs.ts";
import { redact, run } from "../../git/run.ts";
import { logCommits, openLog, type Log } from "../../ledger/log.ts";
import { fetchLedgers, lineOfLog, logRefname } from "../../ledger/place.ts";
import { TAGS } from "../../line/ref.ts";
import type { ReleasePush } from "../../wire/release.ts";
import { committerOf } from "../identity.ts";
import { pushNotes } from "../recording/note.ts";
import type { Workspace } from "../workspace.ts";
import { refuse, type Refusal } from "./refuse.ts";
import type { Survey } from "./survey.ts";

export interface Published {
  /** Short name. */
  readonly tag: string;
  readonly tagObject: string;
  readonly commit: string;
  /** Full refname of the ledger's log. */
  readonly log: string;
}

const KEPT = {
  rejected: "the tag is here and nowhere else: fetch and look, then `morello undo`, or release again with --push",
  unreachable: "the tag is here; release again with --push when the remote can be reached",
};

/** Whether the remote's logs hold records that are not here: what is pushed would have to overwrite them. */
export async function refuseLogs(
  workspace: Workspace,
  { line, remote }: Survey,
  { refname }: Log,
): Promise<Refusal | null> {
  const seen = remote?.refs?.refs;
  if (remote === null || seen === undefined || refname !== logRefname(line.name, true)) return null;
  for (const name of ["", line.name]) {
    const theirs = seen.get(logRefname(name, true));
    const { tip } = await openLog(workspace, name, true);
    if (theirs === undefined || theirs === tip || (await logCommits(workspace.scratch, tip)).includes(theirs)) continue;
    const what = name === "" ? "the trust log" : `the ledger of ${name}`;
    const message = `${redact(remote.name)} has records in ${what} that are not here`;
    return refuse(line.name, "behind", message, fetchLedgers(remote.name));
  }
  return null;
}

/** Pushes what the remote lacks. Throws `push-rejected` where it holds something that this would overwrite. */
export async function pushRelease(
  workspace: Workspace,
  { line, remote, remoteBranch }: Survey,
  { tag, tagObject, commit, log }: Published,
): Promise<ReleasePush | null> {
  const seen = remote?.refs?.refs;
  if (remote === null || seen === undefined) return null;
  const { repository } = workspace;
  const wanted: (readonly [refname: string, to: string])[] = [[remoteBranch, commit]];
  // Logs that are kept in local refs are not for others yet.
  for (const refname of logRefname(line.name, true) === log ? [logRefname("", true), log] : []) {
    const held = await readRef(repository, refname);
    if (held !== null) wanted.push([refname, held]);
  }
  wanted.push([`${TAGS}${tag}`, tagObject]);
  const updates: PushUpdate[] = [];
  for (const [refname, to] of wanted) {
    const expected = seen.get(refname) ?? null;
    if (expected === to) continue;
    if (expected !== null && !(await mayFollow(workspace, refname, expected, to))) {
      if (refname === remoteBranch && (await continues(workspace, to, expected))) continue; // it has the commit, and more
      throw overwrites(remote.name, refname, expected);
    }
    updates.push({ refname, to, expected });
  }
  if (updates.length > 0) await push(repository, remote.name, updates, KEPT);
  const who = updates.some(({ refname }) => lineOfLog(refname) !== null) ? await committerOf(repository) : null;
  if (who !== null) await pushNotes(workspace, remote.name, who);
  const refs = updates.map(({ refname, to }) => ({ refname, to }));
  const pushed = { remote: redact(remote.name), refnames: refs.map(({ refname }) => refname) };
  const made = transactionOf(workspace, tag, tagObject);
  if (made !== null && made.pushed === null) recordTransaction(repository, { ...made, pushed });
  return { remote: pushed.remote, refs };
}

/** The run that made a tag here; null where another hand did. */
export function transactionOf({ repository }: Workspace, tag: string, tagObject: string) {
  const made = transactions(repository).findLast(
    ({ state, updates }) =>
      state === "done" && updates.some(({ refname, to }) => refname === `${TAGS}${tag}` && to === tagObject),
  );
  return made ?? null;
}

/** Branches go forward, logs along their own records, tags not at all. */
async function mayFollow(workspace: Workspace, refname: string, from: string, to: string): Promise<boolean> {
  if (refname.startsWith(TAGS)) return false;
  if (lineOfLog(refname) === null) return continues(workspace, from, to);
  return (await logCommits(workspace.scratch, to)).includes(from); // other parents of a log commit are evidence
}

/** Whether `to` holds all of `from`; what is not here is not known to. */
async function continues({ repository }: Workspace, from: string, to: string): Promise<boolean> {
  return (await run(repository, ["merge-base", "--is-ancestor", from, to], { ok: [0, 1, 128] })).status === 0;
}

function overwrites(remote: string, refname: string, found: string): AppError {
  const what = refname.replace(/^refs\/(?:heads|tags)\//, "");
  const here = refname.startsWith(TAGS) ? refname : refname.replace(/^refs\/heads\//, `refs/remotes/${remote}/`);
  return new AppError("push-rejected", `${redact(remote)} holds another ${what}: ${found.slice(0, 12)}`, {
    hint: refname.startsWith(TAGS)
      ? `git ls-remote ${redact(remote)} ${refname}; then morello undo, and release again`
      : `git fetch ${redact(remote)} '+${refname}:${here}', then run this again`,
    data: { remote: redact(remote), refname, found },
  });
}
