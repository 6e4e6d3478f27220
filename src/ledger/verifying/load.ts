// Reads log commits with their records and what those name: many requests under way at once, answers in the log's order.
import type { GitObject, ObjectReader } from "../../git/objects.ts";
import { parseCommit, type Commit } from "../../object/commit.ts";
import { hashObject, type ObjectFormat } from "../../object/hash.ts";
import { RECORD_NAMESPACE } from "../../wire/record.ts";
import { verifyEnvelope } from "../dsse.ts";
import { keptAlive, logEntry, type Entry } from "../entry.ts";
import { attemptPath, tagPath } from "../place.ts";
import type { Verified } from "../ssh/sshsig.ts";

/** A log commit as it was read. */
export interface Loaded {
  readonly commit: string;
  /** Null: it cannot be read. */
  readonly log: Commit | null;
  /** Null: it cannot be read, `why` says how. */
  readonly entry: Entry | null;
  readonly blob: string | null;
  readonly why: string;
  /** Of the record's envelope, each checked. */
  readonly signatures: readonly Verified[];
  /** The landed commit of a `landed` record. */
  readonly landed: Commit | null;
  /** Objects that the record names and that are not here. */
  readonly missing: readonly string[];
  /** The bytes of a release's tag object, as the ledger keeps them. */
  readonly tag: Buffer | null;
}

const WINDOW = 64;
/** Windows that are read while one is looked at. */
const AHEAD = 3;

export async function* load(
  reader: ObjectReader,
  format: ObjectFormat,
  commits: readonly string[],
): AsyncGenerator<Loaded> {
  const windows: Promise<Loaded[]>[] = [];
  let next = 0;
  while (next < commits.length || windows.length > 0) {
    while (next < commits.length && windows.length < AHEAD) {
      const window = commits.slice(next, next + WINDOW);
      const reading = Promise.all(window.map((commit) => loadOne(reader, format, commit)));
      reading.catch(() => undefined); // thrown where it is awaited
      windows.push(reading);
      next += WINDOW;
    }
    yield* (await windows.shift()) ?? [];
  }
}

async function loadOne(reader: ObjectReader, format: ObjectFormat, commit: string): Promise<Loaded> {
  const unread = { commit, log: null, entry: null, blob: null, signatures: [], landed: null, missing: [], tag: null };
  const found = await intact(reader, format, commit);
  if (typeof found === "string") return { ...unread, why: `the log commit ${found}` };
  const log = found.type === "commit" ? parsed(found.body) : null;
  if (log === null) return { ...unread, why: "the log commit is not written as git writes commits" };
  const read = await logEntry(commit, log, (blob) => intact(reader, format, blob));
  if (read.kind === "broken") return { ...unread, log, why: read.why };
  const { entry, blob } = read;
  const { record, envelope } = entry;
  const landed = record.kind === "landed" ? await quietly(reader.commit(record.commit)) : null;
  const tag =
    record.kind === "release"
      ? await quietly(reader.read(`${log.tree}:${attemptPath(tagPath(record.target), record.attempt)}`))
      : null;
  const named = [...keptAlive(record), ...(record.kind === "landed" ? [record.tree] : [])];
  const [signatures, there] = await Promise.all([
    verifyEnvelope(envelope, RECORD_NAMESPACE),
    Promise.all(named.map((oid) => quietly(reader.info(oid)))),
  ]);
  const missing = named.filter((_, n) => there[n] === null);
  return { commit, log, entry, blob, why: "", signatures, landed, missing, tag: tag?.body ?? null };
}

/** The object, if its bytes are those that its ID is of; else what is wrong with it. */
export async function intact(reader: ObjectReader, format: ObjectFormat, oid: string): Promise<GitObject | string> {
  try {
    const found = await reader.read(oid);
    if (found === null) return "is not here";
    return hashObject(format, found.type, found.body) === oid ? found : "has other bytes than its object ID says";
  } catch {
    return "cannot be read: its file is damaged";
  }
}

function parsed(body: Buffer): Commit | null {
  try {
    return parseCommit(body);
  } catch {
    return null;
  }
}

/** What is damaged is as good as not here. */
async function quietly<T>(reading: Promise<T | null>): Promise<T | null> {
  return reading.catch(() => null);
}
