// The approvals that a line's ledger holds, and those that cover what is about to land.
import { openApproval } from "../../ledger/approval.ts";
import type { Entry } from "../../ledger/entry.ts";
import { standingOf } from "../../ledger/trust.ts";
import type { Approval, Trust } from "../../wire/record.ts";

export interface RecordedApproval {
  /** Of the record. */
  readonly key: string;
  readonly approval: Approval;
  /** Principals of keys that may approve and have signed it. */
  readonly approvers: readonly string[];
}

/** By the record's key; those that are void or that nobody may have signed are left out. */
export function approvalsOf(entries: readonly Entry[], trust: Trust | null): ReadonlyMap<string, RecordedApproval> {
  return new Map(
    entries.flatMap(({ record }) => {
      if (record.kind !== "approval") return [];
      const opened = openApproval(record.approval);
      if (opened.kind === "void" || trust === null) return [];
      const { approval, signatures } = opened;
      const approvers = signatures.flatMap((signature) => {
        const standing = standingOf(trust, signature, "approver", record.time);
        return standing.kind === "holds" ? [standing.key.principal] : [];
      });
      return approvers.includes(approval.approver) ? [[record.key, { key: record.key, approval, approvers }]] : [];
    }),
  );
}

/** What is about to land: what an approval must be for. */
export interface Covered extends Pick<
  Approval,
  "repository" | "target" | "base" | "sources" | "resultTree" | "policy"
> {
  /** Unix seconds. */
  readonly now: number;
  /** Nonces of approvals that have served before. */
  readonly used: ReadonlySet<string>;
}

/** Whether an approval is for exactly that. */
export function covers({ approval }: RecordedApproval, wanted: Covered): boolean {
  return (
    approval.repository === wanted.repository &&
    approval.target === wanted.target &&
    approval.base === wanted.base &&
    approval.resultTree === wanted.resultTree &&
    approval.policy === wanted.policy &&
    approval.sources.join() === wanted.sources.join() &&
    wanted.now < approval.expires &&
    !wanted.used.has(approval.nonce)
  );
}
