import type { LineRule } from "../rule.ts";

export const endOfLife: LineRule = {
  id: "end-of-life",
  about: "line",
  description: "Nothing lands on a line that is at its end of life.",
  severity: "warning",
  hint: "pick onto a maintained line: morello lines",
  check: ({ endOfLife: ended, name }, landing) =>
    ended && landing.length > 0 ? [{ message: `${name} is at its end of life, and takes no commits any more` }] : [],
};
