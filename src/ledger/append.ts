// Appends records to a log by making objects in the scratch repository: one log commit each. No ref moves; whoever
// transfers the objects moves the ref from the value expected, together with the branch that the records are about.
import { AppError } from "../error.ts";
import type { RefUpdate } from "../git/refs.ts";
import type { Scratch } from "../git/scratch.ts";
import { RECORD_NAMESPACE, type Envelope } from "../wire/record.ts";
import { seal, serialiseEnvelope } from "./dsse.ts";
import type { Draft, DraftOf, Writer } from "./draft.ts";
import type { Entry } from "./entry.ts";
import { isOnce } from "./key.ts";
import { LogEnd } from "./log-end.ts";
import { logAt, type Log } from "./log.ts";
import { readEnvelope, statementBytes } from "./statement.ts";

export type { Draft, DraftOf, Writer } from "./draft.ts";

export interface Appended {
  /** The log with the new records. */
  readonly log: Log;
  /** In the order of the drafts, those left out that were recorded already. */
  readonly entries: readonly Entry[];
  /** Keys of drafts that happen once and were recorded already. */
  readonly already: readonly string[];
  /** For the compare-and-swap. `to` is what the ref should hold, also if nothing was appended. */
  readonly update: RefUpdate & { readonly to: string };
}

/** The first record of a log: it fixes the repository's identity, and what was on the line before. `tip`: the line's. */
export function firstRecord(target: string, tip: string | null): DraftOf<"checkpoint"> {
  return { kind: "checkpoint", target, sources: [], body: { tip, baseline: tip, tips: {}, rules: null }, parents: [] };
}

/**
 * Makes one log commit for each draft. What happens once and is recorded already is left out. A log that is empty
 * takes a `checkpoint` first, the trust log a `trust` record. Throws `ledger-broken`.
 */
export async function append(scratch: Scratch, log: Log, drafts: readonly Draft[], writer: Writer): Promise<Appended> {
  const end = await LogEnd.of(scratch, log);
  const entries: Entry[] = [];
  const already: string[] = [];
  for (const draft of drafts) {
    const record = await end.next(draft, writer);
    if (isOnce(draft.kind) && (await end.has(record.key))) already.push(record.key);
    else
      entries.push(await end.put(record, await seal(statementBytes(record), RECORD_NAMESPACE, writer.signer), draft));
  }
  return appended(scratch, log, end, entries, already);
}

/** The envelope of the next record, for others to sign too; `appendEnvelope` puts it in its place. */
export async function propose(scratch: Scratch, log: Log, draft: Draft, writer: Writer): Promise<Envelope> {
  const record = await (await LogEnd.of(scratch, log)).next(draft, writer);
  return seal(statementBytes(record), RECORD_NAMESPACE, writer.signer);
}

/** Appends a record that was proposed for this place in the log. Throws `ledger-broken` if the log has gone on. */
export async function appendEnvelope(scratch: Scratch, log: Log, envelope: Envelope): Promise<Appended> {
  const end = await LogEnd.of(scratch, log);
  const read = readEnvelope(serialiseEnvelope(envelope));
  if (read.kind === "unreadable") throw new AppError("ledger-broken", `The proposal cannot be read: ${read.why}`);
  if (!end.fits(read.record)) {
    throw new AppError("ledger-broken", "The log has gone on since this was proposed", {
      hint: "propose it again",
    });
  }
  const entry = await end.put(read.record, envelope, { parents: [], blobs: [] });
  return appended(scratch, log, end, [entry], []);
}

function appended(
  scratch: Scratch,
  { line, refname, held, forked }: Log,
  { last }: LogEnd,
  entries: readonly Entry[],
  already: readonly string[],
): Appended {
  if (last === null) throw new AppError("internal", "An append to an empty log without a record");
  return {
    log: logAt({ scratch }, { line, refname, held, tip: last.commit, forked, fetch: null }),
    entries,
    already,
    update: { refname, expected: held, to: last.commit },
  };
}
