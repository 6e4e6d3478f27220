// Any JSON value -> the SHA-256 of its one canonical form.
import { createHash } from "node:crypto";

/** Lower-case hexadecimal, of UTF-8 JSON without blanks and with keys in order of their code units (RFC 8785). */
export function digestOf(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}

/** Values in the order of their canonical forms: forges give lists in an order of their own. */
export function inOrder<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, key: canonical(value) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ value }) => value);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(",")}}`;
}
