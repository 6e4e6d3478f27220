// Whether the approvals that landed commits rely on cover them: signed by an approver, every field, used once.
import type { RecordOf } from "../../wire/record.ts";
import { openApproval, uncovered, type Series } from "../approval.ts";
import type { Findings } from "./findings.ts";
import type { Signed } from "./signed.ts";

export class Approvals {
  readonly #findings: Findings;
  readonly #signed: Signed;
  readonly #selfApproval: boolean;
  readonly #approvals = new Map<string, RecordOf<"approval">>();
  readonly #nonces = new Set<string>();
  readonly #used = new Map<string, number>();
  readonly #landed: { readonly record: RecordOf<"landed">; readonly signers: readonly string[] }[] = [];
  readonly #byCommit = new Map<string, RecordOf<"landed">>();
  readonly #byBase = new Map<string, RecordOf<"landed">>();

  /** `selfApproval`: who lands a pick may have approved it. */
  constructor(findings: Findings, signed: Signed, selfApproval: boolean) {
    this.#findings = findings;
    this.#signed = signed;
    this.#selfApproval = selfApproval;
  }

  approved(record: RecordOf<"approval">): void {
    this.#approvals.set(record.key, record);
    const opened = openApproval(record.approval);
    if (opened.kind === "void") {
      this.#findings.add("approval", record.seq, `the approval is void: ${opened.why}`);
    } else if (this.#nonces.has(opened.approval.nonce)) {
      this.#findings.add("approval", record.seq, "the approval was recorded before: its nonce is known");
    } else {
      this.#nonces.add(opened.approval.nonce);
    }
  }

  /** `signers`: fingerprints of the keys that signed the record. */
  landed(record: RecordOf<"landed">, signers: readonly string[]): void {
    if (this.#approvals.size === 0 && record.approvals.length === 0) return; // an approval comes before what it covers
    this.#byCommit.set(record.commit, record);
    this.#byBase.set(record.base, record);
    if (record.approvals.length > 0) this.#landed.push({ record, signers });
  }

  /** When all records were seen: an approval may cover several that landed in one go. */
  end(): void {
    for (const { record, signers } of this.#landed) {
      for (const key of record.approvals) {
        const why = this.#refusal(record, signers, key);
        if (why !== null) this.#findings.add("approval", record.seq, `the approval ${key.slice(0, 12)}: ${why}`);
      }
    }
  }

  #refusal(record: RecordOf<"landed">, signers: readonly string[], key: string): string | null {
    const approval = this.#approvals.get(key);
    if (approval === undefined) return "this ledger does not hold it";
    if (approval.seq > record.seq) return "it came after what it approves";
    const opened = openApproval(approval.approval);
    if (opened.kind === "void") return opened.why;
    const { approval: says, signatures } = opened;
    const use = `${says.nonce} ${record.sources.join(" ")}`;
    const usedBy = this.#used.get(use);
    this.#used.set(use, record.seq);
    if (usedBy !== undefined) return `it was used before, by record ${usedBy}`;
    const refused = this.#signed.refusal(record, signatures, "approver");
    if (refused !== null) return refused.message;
    const principal = this.#signed.principalOf(record, signatures);
    if (principal !== null && principal !== says.approver) return `${principal} signed it for ${says.approver}`;
    const own = says.approver === record.by.email || signatures.some((each) => signers.includes(each.fingerprint));
    if (own && !this.#selfApproval) return `${says.approver} approved what they landed themselves`;
    return uncovered(says, this.#seriesOf(record, says.sources))[0] ?? null;
  }

  /** The records beside this one that landed in the same go, as many as the approval has sources. */
  #seriesOf(record: RecordOf<"landed">, sources: readonly string[]): Series {
    const series: [RecordOf<"landed">, ...RecordOf<"landed">[]] = [record];
    const at = sources.indexOf(record.sources[0] ?? "");
    for (let back = 0; back < at; back++) {
      const before = this.#byCommit.get(series[0].base);
      if (before === undefined) break;
      series.unshift(before);
    }
    while (series.length < sources.length) {
      const after = this.#byBase.get((series.at(-1) ?? record).commit);
      if (after === undefined) break;
      series.push(after);
    }
    return series;
  }
}
