// Appends records to a log by making objects in the scratch repository: one log commit each. No ref moves; whoever
// transfers the objects moves the ref from the value expected, together with the branch that the records are about.
import { AppError } from "../error.ts";
import type { ObjectFormat } from "../object/hash.ts";
import { serialiseCommit } from "../object/commit.ts";
import type { RefUpdate } from "../git/refs.ts";
import type { Scratch } from "../git/scratch.ts";
import type { Identity } from "../wire/basic.ts";
import { LedgerRecord, RECORD_NAMESPACE, type RecordKind, type RecordOf } from "../wire/record.ts";
import { countersign, seal, serialiseEnvelope } from "./dsse.ts";
import { identityLine, keptAlive, logMessage, type Entry } from "./entry.ts";
import { GrowingTree, type WrittenTree } from "./growing-tree.ts";
import { attemptOf, isOnce, recordKey } from "./key.ts";
import { logAt, type Log } from "./log.ts";
import { attemptPath, recordPath } from "./place.ts";
import type { RecordSigner } from "./signer.ts";
import { digestOf, statementBytes } from "./statement.ts";

/** What every record says, whatever its kind. */
type CommonKey =
  | "kind"
  | "repository"
  | "line"
  | "target"
  | "sources"
  | "attempt"
  | "key"
  | "seq"
  | "previous"
  | "trust"
  | "policy"
  | "time"
  | "by";

/** What only a record of that kind says. */
export type Body<Kind extends RecordKind> = Omit<RecordOf<Kind>, CommonKey>;

/** A record before it has its place in the log. */
export interface DraftOf<Kind extends RecordKind> {
  readonly kind: Kind;
  /** Full refname. */
  readonly target: string;
  readonly sources: readonly string[];
  readonly body: Body<Kind>;
  /** Further commits that the log keeps alive; the landed one and its sources are kept in any case. */
  readonly parents: readonly string[];
  /** Further files of the ledger's tree: a release keeps the bytes of its tag object at `tagPath`. */
  readonly blobs?: readonly { readonly path: string; readonly bytes: Uint8Array }[];
  /** Who wrote it and when, of a record that is settled anew; default: the writer's. */
  readonly origin?: { readonly time: number; readonly by: Identity };
}
export type Draft = { [Kind in RecordKind]: DraftOf<Kind> }[RecordKind];

export interface Writer {
  /** The repository's identity; see `repositoryIdentity`. */
  readonly repository: string;
  /** Digest of the trust log's last envelope; null where there is none. */
  readonly trust: string | null;
  readonly policy: string | null;
  /** Unix seconds. */
  readonly time: number;
  readonly by: Identity;
  /** Null: the records are unsigned. */
  readonly signer: RecordSigner | null;
  /** Root keys that sign too, for a change of trust. */
  readonly cosigners?: readonly RecordSigner[];
}

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
  return { kind: "checkpoint", target, sources: [], body: { tip, baseline: tip, tips: {} }, parents: [] };
}

/**
 * Makes one log commit for each draft. What happens once and is recorded already is left out. A log that is empty
 * takes a `checkpoint` first, the trust log a `trust` record. Throws `ledger-broken`.
 */
export async function append(scratch: Scratch, log: Log, drafts: readonly Draft[], writer: Writer): Promise<Appended> {
  const format = scratch.repository.objectFormat;
  const before = await log.last();
  if (before !== null && before.record.repository !== writer.repository) throw anotherRepository(log, before, writer);
  const tree = before === null ? new GrowingTree(format) : await treeOf(scratch, format, before.commit);
  const read = (oid: string): Promise<WrittenTree> => treeObject(scratch, oid);
  const has = async (key: string): Promise<boolean> => {
    await tree.openAbove(recordPath(key), read);
    return tree.has(recordPath(key));
  };
  const entries: Entry[] = [];
  const already: string[] = [];
  let last = before;
  for (const draft of drafts) {
    const about = { repository: writer.repository, target: draft.target, sources: draft.sources, kind: draft.kind };
    const attempt = await attemptOf(about, has);
    const key = recordKey({ ...about, attempt });
    if (isOnce(draft.kind) && (await has(key))) {
      already.push(key);
      continue;
    }
    mayFollow(log, draft, last);
    const record = LedgerRecord.parse({
      repository: writer.repository,
      line: log.line,
      target: draft.target,
      sources: draft.sources,
      attempt,
      key,
      seq: last === null ? 0 : last.record.seq + 1,
      previous: last?.digest ?? null,
      trust: writer.trust,
      policy: writer.policy,
      time: draft.origin?.time ?? writer.time,
      by: draft.origin?.by ?? writer.by,
      kind: draft.kind,
      ...draft.body,
    });
    let envelope = await seal(statementBytes(record), RECORD_NAMESPACE, writer.signer);
    for (const cosigner of writer.cosigners ?? []) envelope = await countersign(envelope, RECORD_NAMESPACE, cosigner);
    const bytes = serialiseEnvelope(envelope);
    const blob = scratch.write("blob", bytes);
    const files = [
      { path: recordPath(key), oid: blob },
      ...(draft.blobs ?? []).map((file) => ({
        path: attemptPath(file.path, attempt),
        oid: scratch.write("blob", file.bytes),
      })),
    ];
    for (const { path, oid } of files) {
      await tree.openAbove(path, read);
      const written = tree.add(path, oid);
      if (written === null) throw new AppError("ledger-broken", `The ledger of ${log.line} has ${path} already`);
      for (const { body } of written) scratch.write("tree", body);
    }
    const who = identityLine({ ...record.by, date: `${record.time} +0000` });
    const commit = scratch.write(
      "commit",
      serialiseCommit({
        tree: tree.oid,
        parents: [...new Set([...(last === null ? [] : [last.commit]), ...keptAlive(record), ...draft.parents])],
        author: who,
        committer: who,
        message: logMessage(record, { key, blob }),
      }),
    );
    last = { record, envelope, bytes, digest: digestOf(bytes), commit };
    entries.push(last);
  }
  if (last === null) throw new AppError("internal", "An append to an empty log without a record");
  const { line, refname, held } = log;
  return {
    log: logAt({ scratch }, { line, refname, held, tip: last.commit, forked: log.forked, fetch: null }),
    entries,
    already,
    update: { refname, expected: held, to: last.commit },
  };
}

function mayFollow({ line }: Log, { kind, parents }: Draft, last: Entry | null): void {
  const first = line === "" ? "trust" : "checkpoint";
  // The first parent of the first log commit would be taken for a log commit.
  if (last === null && (kind !== first || parents.length > 0))
    throw new AppError("internal", `A log begins with a ${first} without parents, not with ${kind}`);
  if ((kind === "trust") !== (line === ""))
    throw new AppError("internal", `A record of kind ${kind} in the log of '${line}'`);
}

function anotherRepository({ line }: Log, { record }: Entry, writer: Writer): AppError {
  return new AppError(
    "ledger-broken",
    `The ledger of ${line} belongs to the repository ${record.repository.slice(0, 12)}, and this is ${writer.repository.slice(0, 12)}`,
    { hint: `morello ledger show ${record.key.slice(0, 12)}` },
  );
}

async function treeOf(scratch: Scratch, format: ObjectFormat, commit: string): Promise<GrowingTree> {
  return GrowingTree.of(format, await treeObject(scratch, `${commit}^{tree}`));
}

async function treeObject(scratch: Scratch, name: string): Promise<WrittenTree> {
  const found = await scratch.reader.read(name);
  if (found?.type === "tree") return found;
  throw new AppError("object-missing", `Cannot read the ledger's tree ${name.slice(0, 12)}`, {
    hint: "git fsck --full",
    data: { object: name },
  });
}
