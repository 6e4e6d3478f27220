import { expect, test } from "vitest";
import { noticeText } from "../../src/cli/render/notice.ts";

test("a run that was cut off is told in one line, without what a branch name could do to a terminal", () => {
  expect(noticeText({ lines: ["release/v2.7", "x\u001b[2Jy"], result: "finished" })).toBe(
    "note: an earlier run on release/v2.7, x\\x1b[2Jy was cut off: its branches had moved in part, and now all have\n",
  );
});
