// Names of the rules, in the order in which people see them: what breaks a line first, taste last.

export const RULE_IDS = [
  "markers",
  "resurrected",
  "x-line-lies",
  "unreachable-source",
  "ledger",
  "moved-tag",
  "end-of-life",
  "class-approvals",
  "unmerged-source",
  "duplicate",
  "source-reverted",
  "newer-lines-first",
  "x-line",
  "author",
  "version-files",
  "reason",
  "issue",
  "signed",
  "self-contained",
  "one-concern",
  "message-form",
] as const;

export type RuleId = (typeof RULE_IDS)[number];
