// The newest key state as outcomes show it.
import { fingerprintOfKey, type TrustLog } from "../../ledger/trust.ts";
import type { TrustReport } from "../../wire/ledger.ts";

/** Null where there is no trust log. */
export function trustReport(trust: TrustLog | null): TrustReport | null {
  const state = trust?.states.at(-1)?.trust;
  if (trust === null || state === undefined) return null;
  return {
    tip: trust.tip,
    threshold: state.threshold,
    keys: state.keys.map(({ key, principal, roles, validAfter, validBefore }) => {
      const fingerprint = fingerprintOfKey(key) ?? "unreadable";
      return { fingerprint, principal, roles, validAfter, validBefore, revoked: state.revoked.includes(fingerprint) };
    }),
    roots: [...trust.roots],
    pinned: trust.pinned,
  };
}
