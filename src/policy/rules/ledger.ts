import type { LineRule } from "../rule.ts";

export const ledger: LineRule = {
  id: "ledger",
  about: "line",
  description: "The line's ledger holds together: every record where it was written, in order and unaltered.",
  severity: "error",
  hint: "morello ledger verify",
  check: (line) => line.ledger,
};
