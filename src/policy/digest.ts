// A policy's digest: what approvals and records name, so that they are void under another policy.
import { createHash } from "node:crypto";
import type { PolicySettings } from "./settings.ts";

/** SHA-256 of the settings as JSON with sorted keys, in hexadecimal. */
export function policyDigest(settings: PolicySettings): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(settings)))
    .digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, sorted(item)]));
}
