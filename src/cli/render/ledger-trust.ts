// Whose keys are trusted, and what was written for others to check.
import type { LedgerExportOutcome, LedgerTrustOutcome, TrustKeyReport } from "../../wire/ledger.ts";
import { cleaned } from "./clean.ts";
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
    lines.push(...trust.keys.flatMap((key) => keyLines(view, key)));
    lines.push(`A change needs ${count(trust.threshold, "root signature")}.`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

/** The fingerprint in full: it is what `--revoke` takes. */
function keyLines(view: View, key: TrustKeyReport): string[] {
  const { principal, roles, fingerprint, revoked, validAfter, validBefore } = key;
  const dates = [
    ...(validAfter === null ? [] : [`from ${day(validAfter)}`]),
    ...(validBefore === null ? [] : [`until ${day(validBefore)}`]),
  ];
  const may = revoked ? "revoked" : [roles.join(", "), ...dates].join(" ");
  const mark = revoked ? paint(view, "bad", symbol(view, "bad")) : paint(view, "good", symbol(view, "good"));
  if (view.plain) return [`${principal}: ${may}, ${fingerprint}`];
  return [`${mark} ${paint(view, "strong", principal)}  ${may}`, `    ${paint(view, "id", fingerprint)}`];
}

function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

export function renderLedgerExport(_view: View, found: LedgerExportOutcome): string {
  const { directory, records, signed } = cleaned(found);
  return `${count(records, "record")}, ${signed} signed, written to ${directory}\n`;
}
