// What was put right before the verb began.
import type { Notice } from "../../usecase/workspace.ts";
import { clean } from "./clean.ts";

const RESULTS: Readonly<Record<Notice["result"], string>> = {
  finished: "its branches had moved in part, and now all have",
  dropped: "nothing had moved, and nothing has",
  overtaken: "somebody has moved a branch since, so it was left as it is",
};

/** One line for stderr. */
export function noticeText({ lines, result }: Notice): string {
  return `note: an earlier run on ${lines.map(clean).join(", ")} was cut off: ${RESULTS[result]}\n`;
}
