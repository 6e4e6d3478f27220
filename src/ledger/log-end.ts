// The end of a log, where records are added one by one: the newest record, and the tree as it grows. Makes objects in
// the scratch repository alone.
import { AppError } from "../error.ts";
import type { Scratch } from "../git/scratch.ts";
import { LedgerRecord, type Envelope } from "../wire/record.ts";
import type { Draft, Writer } from "./draft.ts";
import { serialiseEnvelope } from "./dsse.ts";
import { keptAlive, logCommit, type Entry } from "./entry.ts";
import { GrowingTree, type WrittenTree } from "./growing-tree.ts";
import { attemptOf, recordKey } from "./key.ts";
import type { Log } from "./log.ts";
import { attemptPath, recordPath } from "./place.ts";
import { digestOf } from "./statement.ts";

export class LogEnd {
  readonly #scratch: Scratch;
  readonly #line: string;
  readonly #tree: GrowingTree;
  #last: Entry | null;

  private constructor(scratch: Scratch, line: string, tree: GrowingTree, last: Entry | null) {
    this.#scratch = scratch;
    this.#line = line;
    this.#tree = tree;
    this.#last = last;
  }

  static async of(scratch: Scratch, log: Log): Promise<LogEnd> {
    const last = await log.last();
    const format = scratch.repository.objectFormat;
    const tree =
      last === null
        ? new GrowingTree(format)
        : GrowingTree.of(format, await treeObject(scratch, `${last.commit}^{tree}`));
    return new LogEnd(scratch, log.line, tree, last);
  }

  get last(): Entry | null {
    return this.#last;
  }

  async has(key: string): Promise<boolean> {
    const path = recordPath(key);
    await this.#open(path);
    return this.#tree.has(path);
  }

  /** The record that a draft is, at this place. */
  async next(draft: Draft, writer: Writer): Promise<LedgerRecord> {
    this.#mayFollow(draft, writer);
    const { repository } = writer;
    const { target, sources, kind, origin } = draft;
    const about = { repository, target, sources, kind };
    const attempt = await attemptOf(about, (key) => this.has(key));
    return LedgerRecord.parse({
      ...about,
      line: this.#line,
      attempt,
      key: recordKey({ ...about, attempt }),
      ...this.#place(),
      trust: writer.trust,
      policy: writer.policy,
      time: origin?.time ?? writer.time,
      by: origin?.by ?? writer.by,
      ...draft.body,
    });
  }

  /** Whether a record was made for this place. */
  fits({ line, seq, previous }: LedgerRecord): boolean {
    const place = this.#place();
    return line === this.#line && seq === place.seq && previous === place.previous;
  }

  /** Makes the log commit that adds a record. */
  async put(
    record: LedgerRecord,
    envelope: Envelope,
    { parents, blobs = [] }: Pick<Draft, "parents" | "blobs">,
  ): Promise<Entry> {
    const scratch = this.#scratch;
    const { key, attempt } = record;
    const bytes = serialiseEnvelope(envelope);
    const blob = scratch.write("blob", bytes);
    await this.#add(recordPath(key), blob);
    for (const file of blobs) await this.#add(attemptPath(file.path, attempt), scratch.write("blob", file.bytes));
    const before = this.#last === null ? [] : [this.#last.commit];
    const all = [...new Set([...before, ...keptAlive(record), ...parents])];
    const commit = logCommit(record, { tree: this.#tree.oid, parents: all, blob });
    this.#last = { record, envelope, bytes, digest: digestOf(bytes), commit: scratch.write("commit", commit) };
    return this.#last;
  }

  #place(): Pick<LedgerRecord, "seq" | "previous"> {
    const last = this.#last;
    return { seq: last === null ? 0 : last.record.seq + 1, previous: last?.digest ?? null };
  }

  #mayFollow({ kind, parents }: Draft, { repository }: Writer): void {
    const line = this.#line;
    const first = line === "" ? "trust" : "checkpoint";
    // The first parent of the first log commit would be taken for a log commit.
    if (this.#last === null && (kind !== first || parents.length > 0))
      throw new AppError("internal", `A log begins with a ${first} without parents, not with ${kind}`);
    if ((kind === "trust") !== (line === ""))
      throw new AppError("internal", `A record of kind ${kind} in the log of '${line}'`);
    const record = this.#last?.record;
    if (record === undefined || record.repository === repository) return;
    const [theirs, ours] = [record.repository, repository].map((identity) => identity.slice(0, 12));
    throw new AppError(
      "ledger-broken",
      `The ledger of ${line} belongs to the repository ${theirs}, and this is ${ours}`,
      {
        hint: `morello ledger show ${record.key.slice(0, 12)}`,
      },
    );
  }

  async #add(path: string, oid: string): Promise<void> {
    await this.#open(path);
    const written = this.#tree.add(path, oid);
    if (written === null) throw new AppError("ledger-broken", `The ledger of ${this.#line} has ${path} already`);
    for (const { body } of written) this.#scratch.write("tree", body);
  }

  async #open(path: string): Promise<void> {
    await this.#tree.openAbove(path, (oid) => treeObject(this.#scratch, oid));
  }
}

async function treeObject(scratch: Scratch, name: string): Promise<WrittenTree> {
  const found = await scratch.reader.read(name);
  if (found?.type === "tree") return found;
  throw new AppError("object-missing", `Cannot read the ledger's tree ${name.slice(0, 12)}`, {
    hint: "git fsck --full",
    data: { object: name },
  });
}
