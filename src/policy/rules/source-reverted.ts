import type { CommitRule } from "../rule.ts";

export const sourceReverted: CommitRule = {
  id: "source-reverted",
  about: "commit",
  description: "The source was not taken back on main.",
  severity: "warning",
  hint: "read why it was reverted before the line keeps it",
  needs: ["sourceRevertedBy"],
  check: ({ sourceRevertedBy: by }) =>
    by === null
      ? []
      : [{ message: `its source was reverted on main, by ${by.slice(0, 12)}`, hint: `git show ${by.slice(0, 12)}` }],
};
