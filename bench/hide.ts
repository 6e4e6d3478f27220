// A message without what gives the original away: lines that say where the commit was picked from, the original's
// object ID, and numbers of pull requests.
import { claimsOf } from "../src/message/claims.ts";

const PULLS = /(?:[\w.-]+\/[\w.-]+)?(?:#|\bgh-)\d+|https?:\/\/\S+\/(?:pull|merge_requests)\/\d+\S*/gi;

export function withoutReferences(message: string, original: string): string {
  return message
    .split("\n")
    .filter((line) => claimsOf(`.\n\n${line}`).pickedFrom.length === 0)
    .map((line) =>
      line
        .replace(/\b[0-9a-f]{7,64}\b/g, (digits) => (original.startsWith(digits) ? "" : digits))
        .replace(PULLS, "")
        .replace(/\(\s*\)/g, ""),
    )
    .join("\n");
}
