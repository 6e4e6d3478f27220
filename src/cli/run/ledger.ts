// `morello ledger`: reading records, and proving them.
import { ledgerLog, ledgerShow, type LedgerLogInput } from "../../usecase/ledgers/show-log.ts";
import { ledgerExport, type LedgerExportInput } from "../../usecase/ledgers/export-ledgers.ts";
import { ledgerTrust, type LedgerTrustInput } from "../../usecase/ledgers/change-trust.ts";
import { ledgerVerify, type LedgerVerifyInput } from "../../usecase/ledgers/verify-ledgers.ts";
import { renderLedgerLog, renderLedgerShow } from "../render/ledger.ts";
import { renderLedgerExport, renderLedgerTrust } from "../render/ledger-trust.ts";
import { renderLedgerVerify } from "../render/ledger-verify.ts";
import type { Session } from "../session.ts";

export async function runLedgerLog(session: Session, input: LedgerLogInput): Promise<number> {
  session.show(await ledgerLog(session.deps, input), renderLedgerLog);
  return 0;
}

export async function runLedgerShow(session: Session, name: string): Promise<number> {
  session.show(await ledgerShow(session.deps, { name }), renderLedgerShow);
  return 0;
}

/** Exits with 1 unless all holds. */
export async function runLedgerVerify(session: Session, input: LedgerVerifyInput): Promise<number> {
  const outcome = await ledgerVerify(session.deps, input);
  session.show(outcome, renderLedgerVerify);
  return outcome.ok ? 0 : 1;
}

export async function runLedgerExport(session: Session, input: LedgerExportInput): Promise<number> {
  session.show(await ledgerExport(session.deps, input), renderLedgerExport);
  return 0;
}

export async function runLedgerTrust(session: Session, input: LedgerTrustInput): Promise<number> {
  session.show(await ledgerTrust(session.deps, input), renderLedgerTrust);
  return 0;
}
