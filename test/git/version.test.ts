import { expect, test } from "vitest";
import { capabilitiesOf, MINIMUM_GIT } from "../../src/git/version.ts";
import { isAppError } from "../../src/error.ts";

test.each([
  ["2.38.0", false],
  ["2.39.5", false],
  ["2.39.5 (Apple Git-154)", false],
  ["2.48.1.windows.1", false],
  ["2.49.0", true],
  ["2.51.0.rc1.12.g3f2a9c1", true],
  ["3.0.0", true],
])("git %s can hold a conversation with merge-tree: %s", (version, conversation) => {
  const found = capabilitiesOf(version);
  expect(found.mergeConversation).toBe(conversation);
  expect(found.versionText).toBe(version);
});

test.each(["2.37.9", "1.9.1", "2.9.5", "what?"])(
  "git %s is refused, with the version wanted and what to do",
  (version) => {
    try {
      capabilitiesOf(version);
      expect.unreachable();
    } catch (error) {
      expect(isAppError(error, "git-too-old")).toBe(true);
      expect(String(error)).toContain(MINIMUM_GIT.join("."));
    }
  },
);
