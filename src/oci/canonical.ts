// JSON values to bytes, one way only: keys in order of code units, no white space. Digests of manifests depend on it.

/** Values that are undefined are left out. */
export function canonicalJson(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(ordered(value)), "utf8");
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, ordered(inner)]));
}
