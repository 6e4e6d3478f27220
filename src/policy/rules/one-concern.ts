import { strayHunks } from "../concern.ts";
import type { CommitRule } from "../rule.ts";
import { subjectOf } from "../../object/text.ts";
import { FIX_WORDS, fixReason } from "../../message/fix.ts";

/** Where tidying is what the commit is for, it is its one concern. */
const TIDYING =
  /\b(?:typos?|misspell\w*|spelling|grammar|wording|comments?|docs?|docstrings?|godoc|styles?|lint\w*|format\w*|white-?space|indent\w*|renam\w+|names?|shadow\w*|warnings?|vet|govet|imports?)\b/i;

export const oneConcern: CommitRule = {
  id: "one-concern",
  about: "commit",
  description:
    "A fix does nothing else: no renaming, moving, reformatting or rewording of what it has no need to touch.",
  severity: "warning",
  hint: "put what is not the fix into a commit of its own: git rebase -i, then edit",
  needs: ["files"],
  check: ({ message, files, parents }) => {
    if (parents.length > 1 || fixReason(message, FIX_WORDS) === null || TIDYING.test(subjectOf(message))) return [];
    const stray = strayHunks(files);
    if (stray.length === 0) return [];
    const kinds = [...new Set(stray.map(({ kind }) => kind))].join(" and ");
    const paths = stray.map(({ path, line }) => ({ path, line }));
    return [{ message: `beside the fix there is ${kinds} that it does not need`, paths }];
  },
};
