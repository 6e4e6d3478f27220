// The line's tip as its ledger knows it: what came after has no record.
import type { ObjectReader } from "../../git/objects.ts";
import { readEntry } from "../../ledger/entry.ts";
import type { Log } from "../../ledger/log.ts";
import type { LedgerRecord } from "../../wire/record.ts";

/** Records from the newest back. What cannot be read ends it: `morello ledger verify` says why. */
export async function* backwards(reader: ObjectReader, tip: string | null): AsyncGenerator<LedgerRecord> {
  for (let at: string | null = tip; at !== null;) {
    const [read, log] = await Promise.all([readEntry(reader, at), reader.commit(at)]);
    if (read.kind === "broken" || log === null) return;
    yield read.entry.record;
    at = read.entry.record.seq === 0 ? null : (log.parents[0] ?? null);
  }
}

/** Null where there is no ledger. A run that was undone has left the line where the run began. */
export async function knownTip(reader: ObjectReader, { tip }: Pick<Log, "tip">): Promise<string | null> {
  const undone = new Set<string>();
  const untagged = new Set<string>();
  let before: string | null = null;
  for await (const record of backwards(reader, tip)) {
    switch (record.kind) {
      case "reverted":
        if (record.target.startsWith("refs/tags/")) {
          untagged.add(record.target);
          break;
        }
        if (record.revert !== null) return before ?? record.revert;
        undone.add(record.commit);
        break;
      case "landed":
        if (!undone.has(record.commit)) return before ?? record.commit;
        before = record.base;
        break;
      case "release": // the tip was tagged, or a commit with the version on top of it
        if (!untagged.delete(record.target)) return before ?? record.commit;
        break;
      case "gap":
        return before ?? record.to;
      case "checkpoint":
        if (record.tip !== null || before !== null) return before ?? record.tip;
        break;
      case "trust":
      case "request":
      case "approval":
      case "waiver":
      case "intent":
      case "skipped":
      case "image":
    }
  }
  return before;
}
