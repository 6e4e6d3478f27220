// The name of a record: what it is about, digested, so that a second record of one effect finds its place taken.
import { createHash } from "node:crypto";
import type { RecordKind } from "../wire/record.ts";

export interface Keyed {
  /** The repository's identity. */
  readonly repository: string;
  /** Full refname. */
  readonly target: string;
  /** In the order of picking. */
  readonly sources: readonly string[];
  readonly kind: RecordKind;
  readonly attempt: number;
}

/** SHA-256 in hexadecimal. */
export function recordKey({ repository, target, sources, kind, attempt }: Keyed): string {
  const named = [repository, target, sources.join(","), kind, String(attempt)].join("\0");
  return createHash("sha256").update(named).digest("hex");
}

/** These happen once, and once more after each revert. */
export function isOnce(kind: RecordKind): boolean {
  return kind === "landed" || kind === "release";
}

/**
 * The attempt of the next record: for what happens once, one more than the `reverted` records of the same target and
 * sources; for other kinds, one more than the records of that kind. `has` tells whether a key is taken.
 */
export async function attemptOf(
  about: Omit<Keyed, "attempt">,
  has: (key: string) => boolean | Promise<boolean>,
): Promise<number> {
  const counted = isOnce(about.kind) ? ({ ...about, kind: "reverted" } as const) : about;
  let attempt = 1;
  while (await has(recordKey({ ...counted, attempt }))) attempt += 1;
  return attempt;
}
