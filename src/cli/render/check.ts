// Where policy is not met, grouped by commit.
import type { CheckOutcome, Violation } from "../../wire/check.ts";
import { cleaned } from "./clean.ts";
import { count, type View } from "./view.ts";

export function renderCheck(_view: View, given: CheckOutcome): string {
  const outcome = cleaned(given);
  const lines = outcome.kind === "message" ? [] : outcome.lines;
  const violations: Violation[] = lines.flatMap((line) => line.violations);
  return [
    ...violations.map(({ severity, rule, commit, message }) => `${severity} ${rule} ${commit ?? ""} ${message}`),
    count(violations.length, "violation"),
  ]
    .map((text) => `${text}\n`)
    .join("");
}
