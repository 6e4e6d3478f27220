import { approversOf } from "../approvals.ts";
import type { CommitRule } from "../rule.ts";

export const unmergedSource: CommitRule = {
  id: "unmerged-source",
  about: "commit",
  description:
    "A source that no trusted branch reaches is named, and has the approvals that policy.unmergedSource asks for.",
  severity: "warning",
  hint: "merge the source into main, or have the pick approved: morello approve LINE",
  demanded: ({ unmergedSource: needed }) => needed !== 0,
  needs: [],
  check: (facts, { name, settings }) => {
    const { source } = facts.classed;
    if (source?.reach !== "unmerged") return [];
    const needed = settings.unmergedSource;
    const named = `unmerged source: no trusted branch reaches ${source.commit.slice(0, 12)}`;
    if (needed === "refused") return [{ message: `${named}, and this line takes none such` }];
    if (needed === 0) return [{ message: named }];
    const given = approversOf(facts, settings).length;
    if (given >= needed) return [];
    return [{ message: `${named}; it has ${given} of ${needed} approvals`, hint: `morello approve ${name}` }];
  },
};
