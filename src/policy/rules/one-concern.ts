import { strayInFix } from "../concern.ts";
import type { CommitRule } from "../rule.ts";

export const oneConcern: CommitRule = {
  id: "one-concern",
  about: "commit",
  description:
    "A fix does nothing else: no renaming, moving, reformatting or rewording of what it has no need to touch.",
  severity: "warning",
  hint: "put what is not the fix into a commit of its own: git rebase -i, then edit",
  needs: ["files"],
  check: ({ message, files, parents }) => {
    const stray = parents.length > 1 ? [] : strayInFix(message, files);
    if (stray.length === 0) return [];
    const kinds = [...new Set(stray.map(({ kind }) => kind))].join(" and ");
    const paths = stray.map(({ path, line }) => ({ path, line }));
    return [{ message: `beside the fix there is ${kinds} that it does not need`, paths }];
  },
};
