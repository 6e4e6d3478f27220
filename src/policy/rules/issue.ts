import { pickedFrom } from "../picked.ts";
import type { CommitRule } from "../rule.ts";

const ISSUE = /(?<![\w&])(?:[\w.-]+\/[\w.-]+)?#\d+\b|\b[A-Z][A-Z0-9]+-\d+\b|\/(?:issues|browse)\/[\w-]+/;

export const issue: CommitRule = {
  id: "issue",
  about: "commit",
  description: "A pick names an issue, where policy.issue asks.",
  severity: "warning",
  hint: 'morello pick REV --onto LINE --trailer "Issue=#123"',
  demanded: (settings) => settings.issue !== false,
  needs: [],
  check: ({ classed, message }, { settings }) => {
    if (settings.issue === false || pickedFrom(classed) === null) return [];
    const wanted = settings.issue === true ? ISSUE : new RegExp(settings.issue, "m");
    if (wanted.test(message)) return [];
    const how = settings.issue === true ? "#123 or PROJ-123" : settings.issue;
    return [{ message: `the message names no issue (${how})` }];
  },
};
