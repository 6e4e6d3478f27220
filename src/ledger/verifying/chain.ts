// Whether log commits make a log: each adds exactly its one record, at its place, under its key. Trees are computed from
// the records and compared by object ID; git is not asked for a difference.
import type { ObjectReader } from "../../git/objects.ts";
import type { Commit } from "../../object/commit.ts";
import { hashObject, type ObjectFormat } from "../../object/hash.ts";
import type { LedgerRecord } from "../../wire/record.ts";
import { keptAlive, logCommit, type Entry } from "../entry.ts";
import { GrowingTree, type WrittenTree } from "../growing-tree.ts";
import { attemptOf, recordKey } from "../key.ts";
import { attemptPath, recordPath, tagPath } from "../place.ts";
import type { Findings } from "./findings.ts";
import type { Loaded } from "./load.ts";

/** Where a check goes on from: a log commit that was found to hold before. */
export interface ChainStart {
  readonly entry: Entry;
  readonly tree: GrowingTree;
}

export class Chain {
  readonly #reader: ObjectReader;
  readonly #format: ObjectFormat;
  readonly #line: string;
  readonly #findings: Findings;
  #tree: GrowingTree;
  #last: Entry | null;
  /** How many log commits came before the next one. */
  #length: number;
  #repository: string | null;
  /** The record before could not be read, so nothing can be said of what follows from it. */
  #lost = false;
  readonly #attempts = new Map<string, number>();
  /** Every record from the first on was seen, so attempts can be counted. */
  #whole: boolean;

  constructor(
    reader: ObjectReader,
    format: ObjectFormat,
    line: string,
    findings: Findings,
    start: ChainStart | null = null,
  ) {
    this.#reader = reader;
    this.#format = format;
    this.#line = line;
    this.#findings = findings;
    this.#tree = start?.tree ?? new GrowingTree(format);
    this.#last = start?.entry ?? null;
    this.#length = start === null ? 0 : start.entry.record.seq + 1;
    this.#repository = start?.entry.record.repository ?? null;
    this.#whole = start === null;
  }

  /** The repository's identity that the first record fixed. */
  get repository(): string | null {
    return this.#repository;
  }

  /** The position of the log commit that was looked at last. */
  get at(): number {
    return this.#length - 1;
  }

  /** The trees that a log commit should have brought, the root last; none if its record could not be read. */
  async link(loaded: Loaded): Promise<readonly WrittenTree[]> {
    const { entry, log } = loaded;
    if (this.#length === 0 && entry !== null && log !== null && log.parents.length > 0 && entry.record.seq > 0) {
      await this.#beginAt(entry, log.tree);
      return [];
    }
    const at = this.#length++;
    if (entry === null || log === null || loaded.blob === null) {
      this.#findings.add("unreadable", at, `${loaded.commit.slice(0, 12)}: ${loaded.why}`);
      await this.#resume(log?.tree ?? null);
      this.#last = null;
      this.#lost = true;
      return [];
    }
    this.#place(entry, at);
    await this.#name(entry.record, at);
    if (logCommitId(this.#format, log, entry.record, loaded.blob) !== loaded.commit)
      this.#findings.add("tree", at, `${loaded.commit.slice(0, 12)} is not the log commit that its record makes`);
    const kept = log.parents.slice(at === 0 ? 0 : 1);
    const absent = keptAlive(entry.record).filter((oid) => !kept.includes(oid));
    for (const oid of absent)
      this.#findings.add("evidence", at, `the log commit does not keep ${oid.slice(0, 12)} alive`);
    const written = await this.#grow(loaded, entry, loaded.blob, at);
    if (this.#tree.oid !== log.tree) {
      this.#findings.add("tree", at, `${loaded.commit.slice(0, 12)} changes the ledger's tree by more than its record`);
      await this.#resume(log.tree);
    }
    this.#last = entry;
    this.#lost = false;
    return written;
  }

  /** The log is not here from its beginning: what is here is looked at, and nothing is proved. */
  async #beginAt(entry: Entry, tree: string): Promise<void> {
    const { seq, repository } = entry.record;
    const message = `the log is cut off: the ${seq} records before ${entry.commit.slice(0, 12)} are not here`;
    this.#findings.add("missing-object", null, message, "git fetch --unshallow, or git fsck --full");
    this.#length = seq + 1;
    this.#last = entry;
    this.#repository = repository;
    this.#whole = false;
    await this.#resume(tree);
  }

  #place(entry: Entry, at: number): void {
    const { record } = entry;
    this.#repository ??= record.repository;
    if (record.repository !== this.#repository || record.line !== this.#line) {
      const of = record.repository === this.#repository ? `of '${record.line}'` : `of another repository`;
      this.#findings.add("foreign", at, `the record ${record.key.slice(0, 12)} is ${of}`);
    }
    if (record.seq !== at)
      this.#findings.add("chain", at, `the record says it is number ${record.seq}, and it is number ${at}`);
    if (!this.#lost && record.previous !== (this.#last?.digest ?? null))
      this.#findings.add("chain", at, "the record does not follow the one before it");
    const first = this.#line === "" ? "trust" : "checkpoint";
    if (at === 0 && record.kind !== first)
      this.#findings.add("chain", at, `the log begins with ${record.kind}, not with ${first}`);
    if ((record.kind === "trust") !== (this.#line === ""))
      this.#findings.add("foreign", at, `a record of kind ${record.kind} does not belong in this log`);
  }

  async #name(record: LedgerRecord, at: number): Promise<void> {
    const { repository, target, sources, kind, attempt } = record;
    if (record.key !== recordKey(record)) this.#findings.add("key", at, "the record's key is not that of what it says");
    const about = { repository, target, sources, kind };
    const name = JSON.stringify(about);
    const counted = kind === "landed" || kind === "release" ? JSON.stringify({ ...about, kind: "reverted" }) : name;
    const known = this.#attempts.get(counted);
    const next = known !== undefined ? known + 1 : this.#whole ? 1 : await attemptOf(about, (key) => this.#has(key));
    if (attempt !== next)
      this.#findings.add("key", at, `the record says it is attempt ${attempt}, and the next one is ${next}`);
    if (counted === name) this.#attempts.set(name, next);
  }

  async #has(key: string): Promise<boolean> {
    const path = recordPath(key);
    await this.#tree.openAbove(path, (oid) => this.#read(oid));
    return this.#tree.has(path);
  }

  async #grow({ tag }: Loaded, { record }: Entry, blob: string, at: number): Promise<readonly WrittenTree[]> {
    const files = [{ path: recordPath(record.key), oid: blob }];
    if (record.kind === "release") {
      const path = attemptPath(tagPath(record.target), record.attempt);
      if (tag !== null) files.push({ path, oid: hashObject(this.#format, "blob", tag) });
      if (tag === null || hashObject(this.#format, "tag", tag) !== record.tag)
        this.#findings.add("evidence", at, `the ledger does not keep the tag object of ${record.version}`);
    }
    const trees: WrittenTree[] = [];
    for (const [n, { path, oid }] of files.entries()) {
      await this.#tree.openAbove(path, (tree) => this.#read(tree));
      const written = this.#tree.add(path, oid);
      if (written === null) this.#findings.add("key", at, `${path} is recorded already`);
      const last = n === files.length - 1;
      trees.push(...(written ?? []).slice(0, last ? undefined : -1)); // the root is written once, with all of them
    }
    return trees;
  }

  /** Goes on from what a log commit holds, whatever it should hold. */
  async #resume(tree: string | null): Promise<void> {
    try {
      if (tree !== null) this.#tree = GrowingTree.of(this.#format, await this.#read(tree));
    } catch {
      return; // what is said of the next one says enough
    }
  }

  async #read(tree: string): Promise<WrittenTree> {
    const found = await this.#reader.read(tree);
    if (found?.type === "tree") return found;
    throw new Error(`the tree ${tree} is not here`);
  }
}

/** The ID of the commit that adds a record, given its tree and its parents. */
function logCommitId(format: ObjectFormat, { tree, parents }: Commit, record: LedgerRecord, blob: string): string {
  return hashObject(format, "commit", logCommit(record, { tree, parents, blob }));
}
