// Answers about immutable objects, kept as JSON: what was found out once is not found out again.
import type { Store } from "./store.ts";

/** The answer under a key; undefined if it is not known. Whoever asks knows its shape by the key. */
export function recall<T>(store: Store, key: string): T | undefined {
  const stored = store.get(`known/${key}`);
  if (stored === undefined) return undefined;
  try {
    return JSON.parse(stored.toString("utf8")) as T;
  } catch {
    return undefined; // a bad disk
  }
}

export function remember(store: Store, answers: Iterable<readonly [key: string, answer: unknown]>): void {
  const values = [...answers].map(
    ([key, answer]) => [`known/${key}`, Buffer.from(JSON.stringify(answer), "utf8")] as const,
  );
  if (values.length > 0) store.put(values);
}
