import type { CommitRule } from "../rule.ts";

export const xLineLies: CommitRule = {
  id: "x-line-lies",
  about: "commit",
  description: "What a commit says that it was picked from, its contents bear out.",
  severity: "error",
  hint: "name the commit that this one carries, or take the line out of the message",
  needs: [],
  check: ({ message, classed }) => {
    if (!classed.lies) return [];
    const named = /cherry[- ]?picked from commit ([0-9a-f]{7,64})/i.exec(message)?.[1]?.slice(0, 12);
    const whom = named === undefined ? "another commit" : named;
    return [
      {
        message: `it says that it was picked from ${whom}, and does something else`,
        hint: hintFor(classed.commit, named),
      },
    ];
  },
};

function hintFor(commit: string, named: string | undefined): string {
  return named === undefined ? xLineLies.hint : `git range-diff ${named}^! ${commit.slice(0, 12)}^!`;
}
