import type { CommitRule } from "../rule.ts";

export const newerLinesFirst: CommitRule = {
  id: "newer-lines-first",
  about: "commit",
  description: "Every newer maintained line has the fix, so that nobody loses it by an upgrade.",
  severity: "warning",
  hint: "morello pick REV --onto all",
  needs: ["missingOn"],
  check: ({ classed, missingOn }) => {
    if (missingOn.length === 0) return [];
    const what = (classed.source?.commit ?? classed.commit).slice(0, 12);
    const shown =
      missingOn.length <= 4
        ? missingOn.join(", ")
        : `${missingOn.slice(0, 4).join(", ")} and ${missingOn.length - 4} more`;
    return [
      {
        message: `newer lines lack this fix: ${shown}`,
        hint: `morello pick ${what} --onto ${missingOn.join(",")}`,
      },
    ];
  },
};
