// What took long to compute and depends on nothing but its name: tables of images by digest, layers by tree. In the
// cache under the git directory, which anyone may delete at any time.
import { createHash } from "node:crypto";
import { isAppError } from "../../../error.ts";
import type { Store } from "../../../index/store.ts";
import { parseTable, serialiseTable, type FlatTable } from "../../../layer/flat-table.ts";

/** Raised whenever layers or tables of the same name would come out otherwise. */
const FORMAT = 1;

export interface ImageCache {
  /** The flat table under a name, computed where it is not known or cannot be read. */
  table(name: string, compute: () => Promise<FlatTable>): Promise<FlatTable>;
  /** A JSON value under a name. */
  value<T>(name: string, isOne: (value: unknown) => value is T, compute: () => Promise<T>): Promise<T>;
}

/** Keeps nothing: everything is computed. */
export const NO_CACHE: ImageCache = { table: (_, compute) => compute(), value: (_, _isOne, compute) => compute() };

export function imageCache(store: Store): ImageCache {
  const keyOf = (kind: string, name: string): string => `image-${kind}-${FORMAT}:${name}`;
  const keep = (key: string, text: string): void => store.put([[key, Buffer.from(text, "utf8")]]);
  return {
    table: async (name, compute) => {
      const key = keyOf("table", name);
      const held = store.get(key);
      const known = held === undefined ? null : readTable(held.toString("utf8"));
      if (known !== null) return known;
      const table = await compute();
      keep(key, serialiseTable(table));
      return table;
    },
    value: async (name, isOne, compute) => {
      const key = keyOf("value", name);
      const known = readJson(store.get(key));
      if (isOne(known)) return known;
      const value = await compute();
      keep(key, JSON.stringify(value));
      return value;
    },
  };
}

/** A short name for a long question. */
export function cacheName(...parts: readonly unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

function readTable(text: string): FlatTable | null {
  try {
    return parseTable(text);
  } catch (error) {
    if (isAppError(error, "state-invalid")) return null;
    throw error;
  }
}

function readJson(bytes: Buffer | undefined): unknown {
  try {
    return bytes === undefined ? undefined : (JSON.parse(bytes.toString("utf8")) as unknown);
  } catch {
    return undefined;
  }
}
