import { expect, it } from "vitest";
import { fixReason } from "../../src/message/fix.ts";

const WORDS = { types: ["fix", "bug", "security"], trailers: ["Fixes", "Cc: stable"] };

it.each([
  ["fix: leak", "fix"],
  ["fix(loader)!: leak", "fix"],
  ["BUG: leak in the loader", "BUG"],
  ["[fix] leak", "fix"],
  ["Fix leak", "Fix"],
  ["Fixes a leak", "Fixes"],
  ["daemon: fix leak", "fix"],
  ["net/http, net/url: fixed leak", "fixed"],
  ["libnet: bridge: Fix leak", "Fix"],
  ['limit the queue\n\nFixes: 1a2b3c4d5e6f ("queue")\n', "Fixes"],
  ["limit the queue\n\nCc: stable@vger.kernel.org # 6.1\n", "Cc: stable"],
  ["limit the queue\n\ncc: <stable@x>\n", "Cc: stable"],
])("%j is a fix, by %s", (message, reason) => {
  expect(fixReason(message, WORDS)).toBe(reason);
});

it.each([
  "feat: fix up the docs later",
  "docs: how to fix a leak",
  "Prefix every line",
  "Fixture for the loader",
  'Revert "fix: leak"',
  "limit the queue\n\nCc: somebody@example.com\nFixes:\n",
  "",
])("%j is none", (message) => {
  expect(fixReason(message, WORDS)).toBeNull();
});
