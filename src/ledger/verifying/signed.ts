// Whether records are signed by keys that might sign them then, by the key state that each names and those that came
// into force before it.
import type { LedgerSigner } from "../../wire/ledger.ts";
import { RECORD_NAMESPACE, type LedgerRecord, type Role } from "../../wire/record.ts";
import { openEnvelope } from "../dsse.ts";
import type { Entry } from "../entry.ts";
import type { GoodSignature, Verified } from "../ssh/sshsig.ts";
import { standingOf, type KeyStanding, type KeyState, type TrustLog } from "../trust.ts";
import type { Findings } from "./findings.ts";

/** The signatures of a record's envelope. */
export function signaturesOf({ envelope }: Entry): readonly Verified[] {
  return openEnvelope(envelope, RECORD_NAMESPACE).signatures;
}

export class Signed {
  readonly #states: readonly KeyState[];
  readonly #byDigest: ReadonlyMap<string, number>;
  /** For each state the position of the last record that was there before it. */
  readonly #before: readonly number[];
  readonly #findings: Findings;
  readonly #counts = new Map<string, { key: string; records: number }>();
  /** The newest key state that a record named so far. */
  #seen: number;
  #signed = 0;

  /** `commits`: the line's log, oldest first. `after`: the record behind which the look begins. */
  constructor(
    trust: TrustLog | null,
    line: string,
    commits: readonly string[],
    findings: Findings,
    after: LedgerRecord | null = null,
  ) {
    this.#states = trust?.states ?? [];
    this.#findings = findings;
    this.#byDigest = new Map(this.#states.map(({ digest }, at) => [digest, at]));
    this.#seen = this.#byDigest.get(after?.trust ?? "") ?? -1;
    this.#before = this.#placesOf(line, new Map(commits.map((commit, at) => [commit, at])));
  }

  /**
   * Where each state found the log. A tip that is not there any more means that the log was rolled back, unless a later
   * state names one that is: then it was settled anew, and root keys have seen it.
   */
  #placesOf(line: string, positions: ReadonlyMap<string, number>): number[] {
    const places: number[] = [];
    let later: number | null = null;
    for (const { tips } of this.#states.toReversed()) {
      const tip = tips[line];
      const at: number | null = tip === undefined ? -1 : (positions.get(tip) ?? later);
      if (at === null) {
        const message = `the trust log saw the log commit ${tip?.slice(0, 12) ?? ""}, and this log does not hold it`;
        const hint = "if it was settled anew, a root key says so: morello ledger trust --threshold 1 --reason WHY";
        this.#findings.add("rolled-back", null, message, hint);
      }
      if (tip !== undefined) later = at;
      places.unshift(at ?? -1);
    }
    return places;
  }

  /** How many records are signed, by whom: most records first. */
  get signers(): LedgerSigner[] {
    const known = this.#states.flatMap(({ trust }) => trust.keys);
    return [...this.#counts]
      .map(([fingerprint, { key, records }]) => ({
        fingerprint,
        principal: known.findLast((trusted) => trusted.key === key)?.principal ?? null,
        records,
      }))
      .sort((a, b) => b.records - a.records);
  }

  get signed(): number {
    return this.#signed;
  }

  /** Looks at one record, in the log's order. */
  check({ record }: Entry, signatures: readonly Verified[], at: number): void {
    const good = signatures.filter((signature) => signature.kind === "good");
    for (const signature of signatures)
      if (signature.kind === "bad") this.#findings.add("bad-signature", at, signature.why);
    if (good.length > 0) this.#signed += 1;
    for (const { fingerprint, key } of good) {
      const counted = this.#counts.get(fingerprint) ?? { key, records: 0 };
      counted.records += 1;
      this.#counts.set(fingerprint, counted);
    }
    const named = record.trust === null ? -1 : this.#byDigest.get(record.trust);
    if (named === undefined) {
      this.#findings.add("trust-order", at, "the record names a key state that the trust log does not hold");
      return;
    }
    if (named < this.#seen)
      this.#findings.add("trust-order", at, "the record names an older key state than one before it does");
    this.#seen = Math.max(this.#seen, named);
    if (signatures.length === 0 && this.#inForce(record, at).length > 0)
      this.#findings.add("unsigned", at, "the record is not signed, and the trust log asks for it");
    else if (good.length > 0) this.#judge(record, good, at);
  }

  /** Why none of these signatures counts as that role's, when that record was written; null if one does. */
  refusal(
    record: LedgerRecord,
    signatures: readonly GoodSignature[],
    role: Role,
  ): Exclude<KeyStanding, { kind: "holds" }> | null {
    for (const { trust } of this.#inForce(record, record.seq)) {
      const standings = signatures.map((signature) => standingOf(trust, signature, role, record.time));
      const refused = standings.filter((standing) => standing.kind !== "holds");
      if (refused[0] === undefined || refused.length < standings.length) continue;
      if (!this.#vouchedLater(record, signatures, role)) return refused[0];
    }
    return null;
  }

  /** Whether a root vouched for a key after it had signed, in so many words: from a day on that has passed by then. */
  #vouchedLater(record: LedgerRecord, signatures: readonly GoodSignature[], role: Role): boolean {
    const newest = this.#states.at(-1)?.trust;
    return signatures.some((signature) => {
      const standing = newest === undefined ? null : standingOf(newest, signature, role, record.time);
      return standing?.kind === "holds" && standing.key.validAfter !== null;
    });
  }

  /** The principal of the first key that the states in force then know. */
  principalOf(record: LedgerRecord, signatures: readonly GoodSignature[]): string | null {
    for (const { trust } of this.#inForce(record, record.seq))
      for (const { key } of signatures) {
        const known = trust.keys.find((trusted) => trusted.key === key);
        if (known !== undefined) return known.principal;
      }
    return null;
  }

  #judge(record: LedgerRecord, good: readonly GoodSignature[], at: number): void {
    const isWord = record.kind === "approval" || record.kind === "waiver"; // an approver's own
    if (isWord && this.refusal(record, good, "approver") === null) return;
    const refused = this.refusal(record, good, "writer");
    if (refused === null) return;
    const day = new Date(record.time * 1000).toISOString().slice(0, "2026-01-02".length);
    const vouch = `if you know whose it is: morello ledger trust --add KEY.pub --as EMAIL --since ${day}`;
    this.#findings.add(refused.kind, at, refused.message, refused.kind === "unknown-key" ? vouch : undefined);
  }

  /** The state that the record names, and the newest that began before it: a revoked key cannot write as of old. */
  #inForce(record: LedgerRecord, at: number): readonly KeyState[] {
    const named = record.trust === null ? -1 : (this.#byDigest.get(record.trust) ?? -1);
    const began = this.#before.findLastIndex((before) => before < at);
    const wanted = began > named ? [named, began] : [named];
    return wanted.flatMap((state) => this.#states[state] ?? []);
  }
}
