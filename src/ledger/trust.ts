// The trust log: who may sign what, state after state, each signed by root keys of the state before. Read and checked
// as a whole, since a state that does not follow from the first says nothing.
import { readState, statePath, STATE_SCHEMA, writeState } from "../apply/state.ts";
import { readConfig } from "../git/refs.ts";
import type { Repository } from "../git/repository.ts";
import type { LedgerFinding } from "../wire/ledger.ts";
import { RECORD_NAMESPACE, type Role, type Trust, type TrustedKey } from "../wire/record.ts";
import { openEnvelope } from "./dsse.ts";
import type { Entry } from "./entry.ts";
import { logAt, openLog, type LedgerContext, type Log } from "./log.ts";
import { parsePublicKey } from "./ssh/public-key.ts";
import type { GoodSignature } from "./ssh/sshsig.ts";
import { Chain } from "./verifying/chain.ts";
import { Findings } from "./verifying/findings.ts";
import { followLog } from "./verifying/follow.ts";
import { load } from "./verifying/load.ts";

/** One state of the keys, as a trust record fixed it. */
export interface KeyState {
  /** Of the record's envelope: what other records name. */
  readonly digest: string;
  /** Unix seconds. */
  readonly time: number;
  readonly trust: Trust;
  /** Tips of the lines' logs when it was written. */
  readonly tips: Readonly<Record<string, string>>;
}

export interface TrustLog {
  readonly log: Log;
  readonly tip: string;
  /** Oldest first. */
  readonly states: readonly KeyState[];
  /** Fingerprints of the root keys that signed the first state. */
  readonly roots: readonly string[];
  readonly pinned: "configured" | "remembered" | "first-use";
  /** What does not hold; then nothing that names a state of this log can be proved. */
  readonly findings: readonly LedgerFinding[];
}

/** The trust log, checked; null if there is none here. `tip`: looked at instead of the refs, since it is being pushed. */
export async function readTrust(context: LedgerContext, published = false, tip?: string): Promise<TrustLog | null> {
  const opened = await openLog(context, "", published);
  const log = tip === undefined ? opened : logAt(context, { ...opened, tip });
  if (log.tip === null) return null;
  const findings = new Findings("");
  const { reader } = context.scratch;
  const { objectFormat } = context.repository;
  const chain = new Chain(reader, objectFormat, "", findings);
  const states: KeyState[] = [];
  let roots: readonly string[] = [];
  for await (const loaded of load(reader, objectFormat, await followLog(context.scratch, log.tip))) {
    await chain.link(loaded);
    const { entry } = loaded;
    if (entry?.record.kind !== "trust") continue;
    const { state, time, tips } = entry.record;
    const before = states.at(-1)?.trust ?? state;
    const signers = rootSigners(entry, before);
    if (signers.length < before.threshold) {
      findings.add(
        "threshold",
        entry.record.seq,
        `a change of keys has ${signers.length} signatures by root keys, and ${before.threshold} are needed`,
      );
      continue; // who may not change the keys changes nothing
    }
    if (states.length === 0) roots = signers;
    states.push({ digest: entry.digest, time, trust: state, tips });
  }
  if (log.forked !== null)
    findings.add("forked", null, `${log.refname} and ${log.forked.refname} each have what the other lacks`);
  const pin = await pinnedRoots(context.repository);
  if (pin !== null && !pin.roots.some((root) => roots.includes(root))) {
    findings.add(
      "root-key",
      null,
      `the trust log begins with ${roots.join(", ") || "no root key"}, and ${pin.roots.join(", ")} was expected`,
      pin.by === "configured"
        ? "git config --get-all morello.rootKey"
        : `if the root key was changed on purpose: git config morello.rootKey ${roots[0] ?? "FINGERPRINT"}`,
    );
  }
  return { log, tip: log.tip, states, roots, pinned: pin?.by ?? "first-use", findings: findings.listed };
}

interface Remembered {
  readonly schema: string;
  readonly roots: readonly string[];
}

async function pinnedRoots(
  repository: Repository,
): Promise<{ readonly by: "configured" | "remembered"; readonly roots: readonly string[] } | null> {
  const configured = await readConfig(repository, "morello.rootKey");
  if (configured !== null) return { by: "configured", roots: configured.split(/[\s,]+/) };
  const remembered = readState<Remembered>(statePath(repository, "trust.json"));
  return remembered === null ? null : { by: "remembered", roots: remembered.roots };
}

/** Remembers the first root keys, where nothing was pinned: from now on a trust log with others does not hold. */
export function foundTrust(
  repository: Repository,
  { roots, pinned, findings }: Pick<TrustLog, "roots" | "pinned" | "findings">,
): void {
  if (pinned !== "first-use" || findings.length > 0 || roots.length === 0) return;
  writeState(statePath(repository, "trust.json"), { schema: STATE_SCHEMA, roots });
}

/** Fingerprints of the root keys of a state that signed a record. */
export function rootSigners({ envelope, record }: Pick<Entry, "envelope" | "record">, trust: Trust): readonly string[] {
  const signers = openEnvelope(envelope, RECORD_NAMESPACE).signatures.flatMap((signature) => {
    if (signature.kind === "bad") return [];
    return standingOf(trust, signature, "root", record.time).kind === "holds" ? [signature.fingerprint] : [];
  });
  return [...new Set(signers)];
}

export type KeyStanding =
  | { readonly kind: "holds"; readonly key: TrustedKey }
  | { readonly kind: "unknown-key" | "expired-key" | "revoked-key" | "role"; readonly message: string };

/** Whether a key may sign as that at that time. `time`: Unix seconds. */
export function standingOf(
  trust: Trust,
  { key, fingerprint }: Pick<GoodSignature, "key" | "fingerprint">,
  role: Role,
  time: number,
): KeyStanding {
  const known = trust.keys.filter((trusted) => trusted.key === key);
  const [first] = known;
  const who = first === undefined ? fingerprint : `${first.principal} (${fingerprint})`;
  if (trust.revoked.includes(fingerprint)) return { kind: "revoked-key", message: `the key of ${who} was revoked` };
  if (first === undefined) return { kind: "unknown-key", message: `nobody vouches for the key ${fingerprint}` };
  const fitting = known.filter(({ roles }) => roles.includes(role));
  if (fitting.length === 0) return { kind: "role", message: `the key of ${who} may not sign as ${role}` };
  const valid = fitting.find(
    ({ validAfter, validBefore }) => (validAfter ?? time) <= time && time < (validBefore ?? time + 1),
  );
  return valid === undefined
    ? { kind: "expired-key", message: `the key of ${who} was not valid then` }
    : { kind: "holds", key: valid };
}

/** A key as one is trusted; null if the text is no public key. */
export function fingerprintOfKey(key: string): string | null {
  const parsed = parsePublicKey(key);
  return parsed.kind === "key" ? parsed.fingerprint : null;
}
