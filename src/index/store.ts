// The cache on disk: an LMDB environment under the git directory. Anyone may delete it at any time.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { RootDatabase } from "lmdb";
import type { Repository } from "../git/repository.ts";

/** Raised whenever a stored value changes its meaning: another version is another environment. */
const FORMAT = 1;

export interface Store {
  get(key: string): Buffer | undefined;
  /** Writes all pairs in one transaction. Losing a write is harmless, so nothing is said when the disk refuses. */
  put(pairs: Iterable<readonly [string, Uint8Array]>): void;
  /** Like `put`, but only if `key` still holds nothing: two processes that extend the cache cannot mix. */
  putNew(key: string, value: Uint8Array): boolean;
  /** Takes this repository's cache away, for a value that cannot be read. */
  destroy(): void;
  close(): Promise<void>;
}

const NOTHING: Store = {
  get: () => undefined,
  put: () => undefined,
  putNew: () => false,
  destroy: () => undefined,
  close: () => Promise.resolve(),
};

/** Opens the cache; one that keeps nothing where the repository is read-only or the cache cannot be used. */
export async function openStore(repository: Repository): Promise<Store> {
  const path = join(repository.commonDir, "morello", "cache", `index-${FORMAT}`);
  try {
    mkdirSync(path, { recursive: true });
    const { open } = await import("lmdb");
    return storeOn(
      open<Buffer, string>({ path, encoding: "binary", maxDbs: 1, noSync: true, compression: false }),
      path,
    );
  } catch {
    return NOTHING; // a cache that cannot be had only costs time
  }
}

function storeOn(database: RootDatabase<Buffer, string>, path: string): Store {
  const quietly = <T>(otherwise: T, action: () => T): T => {
    try {
      return action();
    } catch {
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
    destroy: () => rmSync(path, { recursive: true, force: true }),
    close: () => database.close(),
  };
}
