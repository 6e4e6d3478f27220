// One entry of a log: a log commit that adds one record, with all that can be read of it. Reads through one reader.
import type { Envelope, LedgerRecord } from "../wire/record.ts";
import type { GitObject, ObjectReader } from "../git/objects.ts";
import { serialiseCommit, type Commit } from "../object/commit.ts";
import { digestOf, readEnvelope } from "./statement.ts";

export interface Entry {
  readonly record: LedgerRecord;
  readonly envelope: Envelope;
  /** The envelope as the ledger keeps it. */
  readonly bytes: Buffer;
  /** SHA-256 of `bytes`. */
  readonly digest: string;
  /** The log commit that added it. */
  readonly commit: string;
}

/** What a log commit's message says: which record it adds, and the blob of its envelope. */
export interface LogMessage {
  readonly key: string;
  readonly blob: string;
}

/** The bytes of the log commit that adds a record. Who wrote the record and when is said by it alone. */
export function logCommit(
  record: LedgerRecord,
  { tree, parents, blob }: { readonly tree: string; readonly parents: readonly string[]; readonly blob: string },
): Buffer {
  const { name, email } = record.by;
  const who = Buffer.from(`${name} <${email}> ${record.time} +0000`, "utf8").toString("latin1");
  return serialiseCommit({ tree, parents, author: who, committer: who, message: logMessage(record, blob) });
}

/** For people who read the log with git alone. */
function logMessage({ kind, target, sources, key }: LedgerRecord, blob: string): string {
  const about = [sources.map((source) => source.slice(0, 12)).join(", "), target.replace(/^refs\/(heads|tags)\//, "")];
  const subject = [kind, about.filter((part) => part !== "").join(" on ")].filter((part) => part !== "").join(": ");
  return Buffer.from(`${subject}\n\nLedger-Key: ${key}\nLedger-Envelope: ${blob}\n`, "utf8").toString("latin1");
}

/** Null if the message is no log commit's. */
function parseLogMessage(message: string): LogMessage | null {
  const found = /\n\nLedger-Key: ([0-9a-f]{64})\nLedger-Envelope: ([0-9a-f]{40,64})\n$/.exec(message);
  return found === null ? null : { key: found[1] ?? "", blob: found[2] ?? "" };
}

/** Commits that the log commit of a record has for parents: so they stay, whatever becomes of their branches. */
export function keptAlive(record: LedgerRecord): readonly string[] {
  if (record.kind === "landed") return [record.commit, ...record.sources];
  return record.kind === "release" ? [record.commit] : [];
}

export type EntryRead =
  | { readonly kind: "entry"; readonly entry: Entry; readonly log: Commit; readonly blob: string }
  | { readonly kind: "broken"; readonly why: string };

/** Reads the record that a log commit adds. What cannot be read is a value: whoever verifies goes on. */
export async function readEntry(reader: ObjectReader, commit: string): Promise<EntryRead> {
  const log = await reader.commit(commit).catch(() => null); // damaged is as good as not here
  if (log === null) return { kind: "broken", why: "the log commit is not here, or damaged" };
  return logEntry(
    commit,
    log,
    async (blob) => (await reader.read(blob).catch(() => null)) ?? "is not here, or damaged",
  );
}

/** The same, of a log commit that was read; `read` gives an object, or what is wrong with it. */
export async function logEntry(
  commit: string,
  log: Commit,
  read: (oid: string) => Promise<GitObject | string>,
): Promise<EntryRead> {
  const broken = (why: string): EntryRead => ({ kind: "broken", why });
  const said = parseLogMessage(log.message);
  if (said === null) return broken("the log commit's message does not name a record");
  const found = await read(said.blob);
  if (typeof found === "string") return broken(`the record's envelope ${found}`);
  if (found.type !== "blob") return broken("the record's envelope is no blob");
  const { body: bytes } = found;
  const envelope = readEnvelope(bytes);
  if (envelope.kind === "unreadable") return broken(`the record cannot be read: ${envelope.why}`);
  if (envelope.record.key !== said.key) return broken("the log commit's message names another record than it adds");
  const { record } = envelope;
  return {
    kind: "entry",
    log,
    blob: said.blob,
    entry: { record, envelope: envelope.envelope, bytes, digest: digestOf(bytes), commit },
  };
}
