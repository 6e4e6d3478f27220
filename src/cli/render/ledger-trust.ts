// Whose keys are trusted, and what was written for others to check.
import type { LedgerExportOutcome, LedgerTrustOutcome, TrustKeyReport } from "../../wire/ledger.ts";
import { cleaned } from "./clean.ts";
import { table, type Cell } from "./table.ts";
import { count, paint, symbol, type View } from "./view.ts";

export function renderLedgerTrust(view: View, found: LedgerTrustOutcome): string {
  const { trust, changed, pending } = cleaned(found);
  const lines: string[] = [];
  if (changed) lines.push(`${paint(view, "good", symbol(view, "good"))} The change is recorded.`);
  if (pending !== null) {
    const { file, have, needed } = pending;
    lines.push(
      `${paint(view, "warn", symbol(view, "waiting"))} ${file} has ${have} of ${count(needed, "root signature")}, so nothing has changed yet.`,
      `  The next one signs it with: morello ledger trust --sign ${file}`,
    );
  }
  if (trust === null) {
    lines.push(
      "No key is trusted yet: the first key that signs a record is, or the first that is added:",
      "  morello ledger trust --add KEY.pub --as EMAIL --role root,writer",
    );
  } else {
    lines.push(
      ...table(
        view,
        [{}, { shrink: 2 }, {}, { shrink: 1, least: 20 }],
        trust.keys.map((key) => keyRow(view, key)),
      ),
    );
    lines.push(`A change needs ${count(trust.threshold, "root signature")}.`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

function keyRow(
  view: View,
  { principal, roles, fingerprint, revoked, validAfter, validBefore }: TrustKeyReport,
): Cell[] {
  const dates = [
    ...(validAfter === null ? [] : [`from ${day(validAfter)}`]),
    ...(validBefore === null ? [] : [`until ${day(validBefore)}`]),
  ];
  return [
    revoked ? { text: symbol(view, "bad"), tone: "bad" } : { text: symbol(view, "good"), tone: "good" },
    { text: principal, tone: revoked ? "quiet" : "strong" },
    { text: revoked ? "revoked" : [roles.join(", "), ...dates].join(" "), tone: revoked ? "bad" : "plain" },
    { text: fingerprint, tone: "id" },
  ];
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

export function renderLedgerExport(_view: View, found: LedgerExportOutcome): string {
  const { directory, records, signed } = cleaned(found);
  return `${count(records, "record")}, ${signed} signed, written to ${directory}\n`;
}
