import type { CommitRule } from "../rule.ts";

export const duplicate: CommitRule = {
  id: "duplicate",
  about: "commit",
  description: "The line did not have the fix before.",
  severity: "warning",
  hint: "leave it out, or say in the message what is new in it",
  needs: ["duplicateOf"],
  check: ({ duplicateOf }) =>
    duplicateOf === null ? [] : [{ message: `the line has this fix already, as ${duplicateOf.slice(0, 12)}` }],
};
