// Records to and from the in-toto statements that envelopes hold. What a statement is about follows from its record.
import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import {
  RECORD_TYPE,
  STATEMENT_TYPE,
  Statement,
  type Envelope,
  type LedgerRecord,
  type Statement as StatementShape,
} from "../wire/record.ts";
import { parseEnvelope } from "./dsse.ts";

/** SHA-256 in hexadecimal, as `previous` and `trust` name envelopes. */
export function digestOf(bytes: Uint8Array | string): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The bytes that are signed. */
export function statementBytes(record: LedgerRecord): Buffer {
  const statement: StatementShape = {
    _type: STATEMENT_TYPE,
    subject: subjectOf(record),
    predicateType: RECORD_TYPE,
    predicate: record,
  };
  return Buffer.from(JSON.stringify(statement), "utf8");
}

export type Read =
  | { readonly kind: "read"; readonly record: LedgerRecord; readonly envelope: Envelope }
  | { readonly kind: "unreadable"; readonly why: string };

/** Reads an envelope's bytes; the signatures in it are not looked at. */
export function readEnvelope(bytes: Buffer): Read {
  const parsed = parseEnvelope(bytes);
  if (parsed.kind === "bad") return { kind: "unreadable", why: parsed.why };
  const { envelope } = parsed;
  try {
    const payload = Buffer.from(envelope.payload, "base64").toString("utf8");
    const { subject, predicate } = Statement.parse(JSON.parse(payload));
    if (!isDeepStrictEqual(subject, subjectOf(predicate))) return unreadable("its subject is not what its record says");
    return { kind: "read", record: predicate, envelope };
  } catch {
    return unreadable("it does not have the shape of a record");
  }
}

function unreadable(why: string): Read {
  return { kind: "unreadable", why };
}

/** The objects that a record is about, named as in-toto names them; its key where there is none. */
function subjectOf(record: LedgerRecord): StatementShape["subject"] {
  return [{ name: record.target === "" ? record.kind : record.target, digest: digestsOf(record) }];
}

function digestsOf(record: LedgerRecord): Record<string, string> {
  switch (record.kind) {
    case "landed":
      return { gitCommit: record.commit, gitTree: record.tree };
    case "request":
    case "intent":
      return { gitCommit: record.result, gitTree: record.resultTree };
    case "reverted":
      return { gitCommit: record.commit };
    case "release":
      return { gitTag: record.tag, gitCommit: record.commit };
    case "gap":
      return { gitCommit: record.to };
    case "image":
      return { sha256: record.digest.replace(/^sha256:/, "") };
    case "approval":
      return { sha256: digestOf(Buffer.from(record.approval.payload, "base64")) };
    case "trust":
      return { sha256: digestOf(JSON.stringify(record.state)) };
    case "checkpoint":
      return record.tip === null ? { key: record.key } : { gitCommit: record.tip };
    case "waiver":
      return record.commit === null ? { key: record.key } : { gitCommit: record.commit };
    case "skipped":
      return { key: record.key };
  }
}
