// Two copies of a log that each went on alone: what only the local one has is recorded anew on top of the other. What
// happens once and stands there already is left out; positions, attempts and signatures are made afresh.
import { run } from "../git/run.ts";
import type { Scratch } from "../git/scratch.ts";
import type { LedgerRecord } from "../wire/record.ts";
import { append, type Appended, type Draft, type Writer } from "./append.ts";
import { bodyOf } from "./draft.ts";
import { readEntry, type Entry } from "./entry.ts";
import { logAt, type LedgerContext, type Log } from "./log.ts";
import { attemptPath, tagPath } from "./place.ts";

/**
 * Appends the local log's own records to the remote one, in their order, with their times and writers. `update` moves
 * the local log's ref from what it holds. Throws `ledger-broken` if either cannot be read.
 */
export async function resettle(
  context: LedgerContext,
  local: Log,
  remote: Log & { readonly tip: string },
  writer: Writer,
): Promise<Appended> {
  const { scratch } = context;
  const own = await ownEntries(scratch, local, remote);
  // A key that changed its attempt is named by the records that rely on it.
  const renamed = new Map<string, string>();
  let log = logAt(context, { ...remote, refname: local.refname, held: local.held, forked: null });
  const entries: Entry[] = [];
  const already: string[] = [];
  let update: Appended["update"] = { refname: local.refname, expected: local.held, to: remote.tip };
  for (const entry of own) {
    if (entry.record.seq === 0) continue; // the other log has a first record of its own
    const step = await append(scratch, log, [await draftOf(scratch, entry, renamed)], writer);
    const [settled] = step.entries;
    if (settled !== undefined) renamed.set(entry.record.key, settled.record.key);
    ({ log, update } = step);
    entries.push(...step.entries);
    already.push(...step.already);
  }
  return { log, entries, already, update };
}

/** Entries of the local log that the remote one does not hold, oldest first. */
async function ownEntries(scratch: Scratch, local: Log, remote: { readonly tip: string }): Promise<readonly Entry[]> {
  if (local.tip === null) return [];
  const listed = await run(scratch, ["rev-list", "--first-parent", local.tip, `^${remote.tip}`]);
  const commits = new Set(listed.stdout.toString("latin1").split("\n"));
  return (await local.entries()).filter(({ commit }) => commits.has(commit));
}

/** A record as it was before it had its place. */
async function draftOf(
  scratch: Scratch,
  { record, commit }: Entry,
  renamed: ReadonlyMap<string, string>,
): Promise<Draft> {
  const { kind, target, sources, time, by, attempt } = record;
  const read = await readEntry(scratch.reader, commit);
  const parents = read.kind === "entry" ? read.log.parents.slice(record.seq === 0 ? 0 : 1) : [];
  const path = tagPath(target);
  const tag = kind === "release" ? await scratch.reader.read(`${commit}:${attemptPath(path, attempt)}`) : null;
  const blobs = tag === null ? [] : [{ path, bytes: tag.body }];
  const body = settledBody(record, (key) => renamed.get(key) ?? key);
  return { kind, target, sources, parents, blobs, body, origin: { time, by } } as Draft;
}

/** What a record says, with the keys of others as they are now. */
function settledBody(record: LedgerRecord, rename: (key: string) => string): object {
  const body = bodyOf(record);
  if (record.kind === "landed")
    return { ...body, approvals: record.approvals.map(rename), waivers: record.waivers.map(rename) };
  return record.kind === "release" ? { ...body, landed: record.landed.map(rename) } : body;
}
