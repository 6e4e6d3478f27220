import type { LineRule } from "../rule.ts";

export const movedTag: LineRule = {
  id: "moved-tag",
  about: "line",
  description: "No release tag was moved or taken away after it was recorded.",
  severity: "error",
  hint: "morello audit",
  check: (line) => line.movedTags,
};
