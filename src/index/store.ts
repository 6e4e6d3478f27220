// The cache on disk: an LMDB environment under the git directory. Anyone may delete it at any time.
import { mkdirSync, rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import type { RootDatabase } from "lmdb";
import type { Repository } from "../git/repository.ts";
import { isWhole } from "./database-file.ts";

/** Raised whenever a stored value changes its meaning: another version is another environment. */
const FORMAT = 3;

export interface Store {
  get(key: string): Buffer | undefined;
  /** Writes all pairs in one transaction. Losing a write is harmless, so nothing is said when the disk refuses. */
  put(pairs: Iterable<readonly [string, Uint8Array]>): void;
  /** Like `put`, but only if `key` still holds nothing: two processes that extend the cache cannot mix. */
  putNew(key: string, value: Uint8Array): boolean;
  /**
   * Reads and writes in one transaction, alone of all processes: `change` gives new values, null to remove a key.
   * False: nothing was written.
   */
  update(change: (get: Store["get"]) => Iterable<readonly [string, Uint8Array | null]>): boolean;
  /** Takes this repository's cache away, for a value that cannot be read. */
  destroy(): void;
  close(): Promise<void>;
}

/** Keeps nothing: everything is read from git each time. */
export const NO_STORE: Store = {
  get: () => undefined,
  put: () => undefined,
  putNew: () => false,
  update: () => false,
  destroy: () => undefined,
  close: () => Promise.resolve(),
};

/** Bytes; a transaction writes far less. */
const ROOM = 16 * 2 ** 20;

function hasRoom(directory: string): boolean {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize >= ROOM;
}

/** Opens the cache; one that keeps nothing where the repository is read-only or the cache cannot be used. */
export async function openStore(repository: Repository): Promise<Store> {
  const path = join(repository.commonDir, "morello", "cache", `index-${FORMAT}`);
  try {
    if (!hasRoom(repository.commonDir)) return NO_STORE; // mapped memory that the disk refuses is a signal, no error
    if (!isWhole(join(path, "data.mdb"))) rmSync(path, { recursive: true, force: true });
    mkdirSync(path, { recursive: true });
    const { open } = await import("lmdb");
    // A power cut loses the last writes, never the database.
    const options = { path, encoding: "binary", maxDbs: 1, compression: false, noMetaSync: true } as const;
    return storeOn(open<Buffer, string>(options), path);
  } catch {
    return NO_STORE; // a cache that cannot be had only costs time
  }
}

/** `MDB_PAGE_NOTFOUND`, `MDB_CORRUPTED`, `MDB_PANIC`, `MDB_INVALID`: what a bad disk can leave. */
function isDamage(error: unknown): boolean {
  return error instanceof Error && "code" in error && [-30797, -30796, -30795, -30793].includes(Number(error.code));
}

function storeOn(database: RootDatabase<Buffer, string>, path: string): Store {
  const destroy = (): void => rmSync(path, { recursive: true, force: true });
  const quietly = <T>(otherwise: T, action: () => T): T => {
    try {
      return action();
    } catch (error) {
      if (isDamage(error)) destroy();
      return otherwise;
    }
  };
  return {
    get: (key) => quietly(undefined, () => database.getBinary(key)),
    put: (pairs) => {
      quietly(undefined, () =>
        database.transactionSync(() => {
          for (const [key, value] of pairs) database.putSync(key, Buffer.from(value));
        }),
      );
    },
    putNew: (key, value) =>
      quietly(false, () =>
        database.transactionSync(() => {
          if (database.doesExist(key)) return false;
          database.putSync(key, Buffer.from(value));
          return true;
        }),
      ),
    update: (change) =>
      quietly(false, () =>
        database.transactionSync(() => {
          for (const [key, value] of change((wanted) => database.getBinary(wanted))) {
            if (value === null) database.removeSync(key);
            else database.putSync(key, Buffer.from(value));
          }
          return true;
        }),
      ),
    destroy,
    close: () => database.close(),
  };
}
