// What policy says of commits that land, and in whose name that was written down.
import type { Violation } from "../../wire/check.ts";
import type { LineResult, RecordingReport } from "../../wire/outcome.ts";
import { paint, shortId, symbol, type View } from "./view.ts";
import { wrap } from "./width.ts";

/** Violations of lines, those that refuse first; the results must be clean already. */
export function policyLines(view: View, results: readonly LineResult[]): string[] {
  const said = results.flatMap(({ line, violations }) => violations.map((violation) => ({ line, violation })));
  said.sort((a, b) => Number(isAdvice(a.violation)) - Number(isAdvice(b.violation)));
  if (view.plain) return said.map(({ line, violation }) => plainLine(line, violation));
  const shown = said.flatMap(({ line, violation }) => {
    const tone = isAdvice(violation) ? "warn" : "bad";
    const mark = paint(view, tone, symbol(view, isAdvice(violation) ? "refused" : "bad"));
    const which = violation.commit === null ? "" : ` ${shortId(violation.commit)}`;
    const text = wrap(`${line}${which}  ${violation.message}`, view.width - 4);
    const hint = wrap(waived(violation) ?? violation.hint, view.width - 6);
    return [
      ...text.map((row, n) => (n === 0 ? `  ${mark} ${row}` : `    ${row}`)),
      ...hint.map((row) => `      ${paint(view, "quiet", row)}`),
    ];
  });
  return shown.length === 0 ? [] : ["", paint(view, "strong", "Policy"), ...shown];
}

function isAdvice({ severity, waiver }: Violation): boolean {
  return severity === "warning" || waiver !== null;
}

function waived({ waiver }: Violation): string | null {
  return waiver === null ? null : `waived by ${waiver.by}: ${waiver.reason}`;
}

function plainLine(line: string, violation: Violation): string {
  const { rule, commit, message, hint } = violation;
  const how = violation.waiver !== null ? "waived" : violation.severity;
  return `${line}: ${how}: ${rule}: ${commit === null ? "" : `${commit}: `}${message} (${waived(violation) ?? hint})`;
}

/** What a person should know of the records: a key that is trusted from now on, or why they prove nothing. */
export function recordedLines(view: View, recorded: RecordingReport | null): string[] {
  const notes = [
    ...(recorded?.firstUse === true
      ? [`the ledger begins: ${recorded.key ?? ""} is its root key, trusted on first use`]
      : []),
    ...(recorded?.warning == null ? [] : [recorded.warning]),
  ];
  if (view.plain) return notes.map((note) => `note: ${note}`);
  const rows = notes.flatMap((note) => wrap(note, view.width - 2).map((row, n) => (n === 0 ? row : `  ${row}`)));
  return rows.map((row) => (row.startsWith("  ") ? row : `${paint(view, "quiet", symbol(view, "note"))} ${row}`));
}
