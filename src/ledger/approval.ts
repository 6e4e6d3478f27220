// Approvals to and from the statements that approvers sign, and whether one covers what landed.
import { isDeepStrictEqual } from "node:util";
import {
  APPROVAL_NAMESPACE,
  APPROVAL_TYPE,
  ApprovalStatement,
  STATEMENT_TYPE,
  type Approval,
  type Envelope,
  type RecordOf,
} from "../wire/record.ts";
import { openEnvelope } from "./dsse.ts";
import type { GoodSignature } from "./ssh/sshsig.ts";

/** The bytes that an approver signs. */
export function approvalBytes(approval: Approval): Buffer {
  const statement: ApprovalStatement = {
    _type: STATEMENT_TYPE,
    subject: subjectOf(approval),
    predicateType: APPROVAL_TYPE,
    predicate: approval,
  };
  return Buffer.from(JSON.stringify(statement), "utf8");
}

function subjectOf({ target, resultTree }: Approval): ApprovalStatement["subject"] {
  return [{ name: target, digest: { gitTree: resultTree } }];
}

export type OpenedApproval =
  | { readonly kind: "approval"; readonly approval: Approval; readonly signatures: readonly GoodSignature[] }
  | { readonly kind: "void"; readonly why: string };

/** Reads a signed approval. Whether its keys may approve is said by the trust log. */
export function openApproval(envelope: Envelope): OpenedApproval {
  const { payload, signatures } = openEnvelope(envelope, APPROVAL_NAMESPACE);
  const good = signatures.filter((signature) => signature.kind === "good");
  const bad = signatures.find((signature) => signature.kind === "bad");
  if (bad !== undefined) return { kind: "void", why: bad.why };
  if (good.length === 0) return { kind: "void", why: "it is not signed" };
  try {
    const { subject, predicate } = ApprovalStatement.parse(JSON.parse(payload.toString("utf8")));
    if (isDeepStrictEqual(subject, subjectOf(predicate))) {
      return { kind: "approval", approval: predicate, signatures: good };
    }
    return { kind: "void", why: "its subject is not what it says" };
  } catch {
    return { kind: "void", why: "it does not have the shape of an approval" };
  }
}

/** What landed in one go, in order: each on the one before. */
export type Series = readonly [RecordOf<"landed">, ...RecordOf<"landed">[]];

/** Why an approval does not cover what landed, field by field; empty: it covers all of it. */
export function uncovered(approval: Approval, series: Series): string[] {
  const [first] = series;
  const last = series.at(-1) ?? first;
  const sources = series.flatMap((record) => record.sources);
  const differing: readonly (readonly [field: string, holds: boolean])[] = [
    ["repository", approval.repository === first.repository],
    ["target", approval.target === first.target],
    ["base", approval.base === first.base],
    ["sources", isDeepStrictEqual(approval.sources, sources)],
    ["result tree", approval.resultTree === last.tree],
    ["policy", series.every(({ policy }) => policy === approval.policy)],
  ];
  const wrong = differing.filter(([, holds]) => !holds).map(([field]) => `it is for another ${field}`);
  return series.every(({ time }) => time < approval.expires) ? wrong : [...wrong, "it had expired"];
}
