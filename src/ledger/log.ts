// Opens the log of a line, wherever this repository has it: local, published, or fetched from a remote. Writes nothing.
import { AppError } from "../error.ts";
import { run } from "../git/run.ts";
import type { Repository } from "../git/repository.ts";
import type { Scratch } from "../git/scratch.ts";
import { readEntry, type Entry } from "./entry.ts";
import { fetchLedgers, logRefname, recordPath, remoteLogRefname } from "./place.ts";
import { readEnvelope } from "./statement.ts";

/** What a log is read with; a workspace is one. */
export interface LedgerContext {
  readonly repository: Repository;
  readonly scratch: Scratch;
  /** Names of the remotes, the preferred one first. */
  readonly remotes: readonly string[];
}

/** A ref that holds a copy of a log. */
export interface LogRef {
  readonly refname: string;
  readonly tip: string;
}

export interface Log {
  readonly line: string;
  /** Where the next record goes. */
  readonly refname: string;
  /** What that ref holds now: what an append expects. Null: it does not exist. */
  readonly held: string | null;
  /** The newest log commit; null if there is no ledger here. A copy that is only ahead counts, wherever it is. */
  readonly tip: string | null;
  /** A copy with records that this one lacks, while this one has records that it lacks. */
  readonly forked: LogRef | null;
  /** Where there is no ledger here and a remote may have one: the command that brings it. */
  readonly fetch: string | null;
  /** The record of that name. Throws `ledger-broken`. */
  find(key: string): Promise<Entry | null>;
  /** The newest record. Throws `ledger-broken`. */
  last(): Promise<Entry | null>;
  /** All of them, oldest first. Throws `ledger-broken`. */
  entries(): Promise<readonly Entry[]>;
}

/** `published`: the configuration says so; where a published copy exists it counts as published all the same. */
export async function openLog(context: LedgerContext, line: string, published: boolean): Promise<Log> {
  const copies = await copiesOf(context, line);
  const local = copies.find(({ refname }) => refname === logRefname(line, true));
  const anywhere = published || copies.some(({ refname }) => refname !== logRefname(line, false));
  const refname = logRefname(line, anywhere);
  const held = anywhere ? (local?.tip ?? null) : (copies[0]?.tip ?? null);
  const [first, ...others] = copies;
  if (first === undefined) {
    const [remote] = context.remotes;
    return logAt(context, {
      line,
      refname,
      held,
      tip: null,
      forked: null,
      fetch: remote === undefined ? null : fetchLedgers(remote),
    });
  }
  let tip = first.tip;
  let forked: LogRef | null = null;
  for (const other of others) {
    if (await continues(context, other.tip, tip)) tip = other.tip;
    else if (!(await continues(context, tip, other.tip))) forked ??= other;
  }
  return logAt(context, { line, refname, held, tip, forked, fetch: null });
}

/** Every ref that holds this line's log: local ones first, then the remotes' in their order. */
async function copiesOf({ repository, remotes }: LedgerContext, line: string): Promise<LogRef[]> {
  const wanted = [
    logRefname(line, true),
    logRefname(line, false),
    ...remotes.map((remote) => remoteLogRefname(line, remote)),
  ];
  const listed = await run(repository, ["for-each-ref", "--format=%(refname)%09%(objectname)", ...wanted]);
  const found = new Map(
    listed.stdout
      .toString("utf8")
      .split("\n")
      .map((row) => row.split("\t") as [string, string]),
  );
  return wanted.flatMap((refname) => {
    const tip = found.get(refname);
    return tip === undefined ? [] : [{ refname, tip }];
  });
}

/** Whether the log at `tip` is that of `before` with more records, or the same. */
async function continues({ scratch }: LedgerContext, tip: string, before: string): Promise<boolean> {
  if (tip === before) return true;
  const [newer, older] = await Promise.all([readEntry(scratch.reader, tip), readEntry(scratch.reader, before)]);
  if (newer.kind === "broken" || older.kind === "broken") return false;
  return (await backFrom(scratch, tip, newer.entry.record.seq - older.entry.record.seq)) === before;
}

/** The log commit so many records before. */
async function backFrom(scratch: Scratch, tip: string, records: number): Promise<string | null> {
  return records < 0 ? null : ((await scratch.reader.info(`${tip}~${records}`))?.oid ?? null);
}

type Place = Omit<Log, "find" | "last" | "entries">;

/** A log as it is at some tip. */
export function logAt(context: Pick<LedgerContext, "scratch">, place: Place): Log {
  const { scratch } = context;
  const { line, tip } = place;
  const readAt = async (commit: string): Promise<Entry> => {
    const read = await readEntry(scratch.reader, commit);
    if (read.kind === "broken") throw broken(line, `${commit.slice(0, 12)}: ${read.why}`);
    return read.entry;
  };
  const last = async (): Promise<Entry | null> => (tip === null ? null : readAt(tip));
  return {
    ...place,
    last,
    find: async (key) => {
      if (tip === null) return null;
      const blob = await scratch.reader.read(`${tip}:${recordPath(key)}`);
      if (blob === null) return null;
      const read = readEnvelope(blob.body);
      if (read.kind === "unreadable") throw broken(line, `the record ${key.slice(0, 12)} cannot be read: ${read.why}`);
      const newest = await readAt(tip);
      const commit = await backFrom(scratch, tip, newest.record.seq - read.record.seq);
      const entry = commit === null ? null : await readAt(commit);
      if (entry?.record.key !== key) throw broken(line, `no log commit adds the record ${key.slice(0, 12)}`);
      return entry;
    },
    entries: async () => {
      const commits = await logCommits(scratch, tip);
      const found: Entry[] = [];
      for (let at = 0; at < commits.length; at += WINDOW) {
        found.push(...(await Promise.all(commits.slice(at, at + WINDOW).map(readAt))));
      }
      return found;
    },
  };
}

/** Requests that are under way together. */
const WINDOW = 1000;

/** Log commits, oldest first. Throws `object-missing` if the log is cut off. */
export async function logCommits(scratch: Scratch, tip: string | null): Promise<readonly string[]> {
  if (tip === null) return [];
  const listed = await run(scratch, ["rev-list", "--first-parent", "--reverse", tip]); // other parents are evidence
  return listed.stdout.toString("latin1").trimEnd().split("\n");
}

function broken(line: string, what: string): AppError {
  const name = line === "" ? "the trust log" : `the ledger of ${line}`;
  return new AppError("ledger-broken", `Cannot read ${name}: ${what}`, {
    hint: line === "" ? "morello ledger verify" : `morello ledger verify --line ${line}`,
    data: { line },
  });
}
