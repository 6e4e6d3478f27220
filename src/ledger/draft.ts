// Records before they have their place in a log, and whoever writes them.
import type { Identity } from "../wire/basic.ts";
import type { LedgerRecord, RecordKind, RecordOf } from "../wire/record.ts";
import type { RecordSigner } from "./signer.ts";

/** What every record says, whatever its kind. */
const COMMON = [
  "kind",
  "repository",
  "line",
  "target",
  "sources",
  "attempt",
  "key",
  "seq",
  "previous",
  "trust",
  "policy",
  "time",
  "by",
] as const;

/** What only a record of that kind says. */
export type Body<Kind extends RecordKind> = Omit<RecordOf<Kind>, (typeof COMMON)[number]>;

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
}

/** What only a record of its kind says. */
export function bodyOf(record: LedgerRecord): object {
  const common: readonly string[] = COMMON;
  return Object.fromEntries(Object.entries(record).filter(([name]) => !common.includes(name)));
}
