// Logs as a forger would write them: any records in any order, in objects that are sound for git.
import { GrowingTree } from "../../src/ledger/growing-tree.ts";
import { logCommit } from "../../src/ledger/entry.ts";
import type { LedgerContext, Log } from "../../src/ledger/log.ts";
import { recordPath } from "../../src/ledger/place.ts";
import type { LedgerRecord } from "../../src/wire/record.ts";
import type { TestRepository } from "../support/repository.ts";

export interface Forged {
  readonly record: LedgerRecord;
  /** The envelope as the tree holds it. */
  readonly bytes: Buffer;
  /** Default: the record's own. */
  readonly path?: string;
  /** Besides the log commit before. */
  readonly parents: readonly string[];
  /** Changes the log commit's bytes at the last moment. */
  readonly spoil?: (commit: Buffer) => Buffer;
  /** Changes the root tree's bytes at the last moment. */
  readonly spoilTree?: (tree: Buffer) => Buffer;
}

/** What stands in a log, to be written anew. */
export async function forgeable(context: LedgerContext, log: Log): Promise<Forged[]> {
  const entries = await log.entries();
  return Promise.all(
    entries.map(async ({ record, bytes, commit }, at) => {
      const parents = (await context.scratch.reader.commit(commit))?.parents ?? [];
      return { record, bytes, parents: parents.slice(at === 0 ? 0 : 1) };
    }),
  );
}

/** Writes a log of these records and moves its ref there, whatever it held. */
export async function forge(
  { scratch, repository: { objectFormat } }: LedgerContext,
  repository: TestRepository,
  refname: string,
  forged: readonly Forged[],
): Promise<string> {
  const tree = new GrowingTree(objectFormat);
  let tip: string | null = null;
  for (const { record, bytes, path, parents, spoil = same, spoilTree = same } of forged) {
    const blob = scratch.write("blob", bytes);
    for (const { body } of tree.add(path ?? recordPath(record.key), blob) ?? []) scratch.write("tree", body);
    const root = scratch.write("tree", spoilTree(tree.body));
    const before: readonly string[] = tip === null ? [] : [tip];
    tip = scratch.write("commit", spoil(logCommit(record, { tree: root, parents: [...before, ...parents], blob })));
  }
  await scratch.transfer([tip ?? ""], []);
  await repository.git(["update-ref", refname, tip ?? ""]);
  return tip ?? "";
}

const same = (bytes: Buffer): Buffer => bytes;

/** The bytes with one bit turned. */
export function flipped(bytes: Buffer, bit: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[bit >> 3]! ^= 1 << (bit & 7);
  return copy;
}
