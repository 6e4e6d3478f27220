import type { CommitRule } from "../rule.ts";

export const unreachableSource: CommitRule = {
  id: "unreachable-source",
  about: "commit",
  description: "Every source is reached from a branch or tag of this repository, or from the ledger.",
  severity: "error",
  hint: "git fetch --all --tags; if it comes from another repository, push it to a branch of this one for review",
  needs: [],
  check: ({ classed: { source } }) => {
    const id = source?.commit.slice(0, 12) ?? "";
    if (source?.reach === "unreachable")
      return [{ message: `no branch, tag or record reaches its source ${id}: that an object is there says nothing` }];
    if (source?.reach === "missing") return [{ message: `its source ${id} is not in this repository` }];
    return [];
  },
};
