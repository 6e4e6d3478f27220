// The plain phrases that people see for the words that code and JSON use. CONTEXT.md shows the same table; a test holds
// the two together.
import type { LineResult } from "../../wire/outcome.ts";
import type { PickOutcome } from "../../wire/plan.ts";
import type { VerifyResult } from "../../wire/verify.ts";

type Phrases<Word extends string> = Readonly<Record<Word, string>>;

/** How a fix stands on a line. */
const standing = {
  "recorded": "already there, by the ledger",
  "equivalent": "already there, as the same patch",
  "corresponding": "probably there, in another form",
  "reverted": "was there, and was reverted",
  "absent": "not there",
  "not affected": "not needed here",
} as const;

/** How sure Morello is that two commits are the same fix. */
const band = {
  same: "the same fix",
  ask: "perhaps the same fix: please look",
  different: "another fix",
} as const;

/** What a pick of one commit onto one line would do. */
const outcome: Phrases<PickOutcome["kind"]> = {
  "already-there": "already there",
  "clean": "applies cleanly",
  "redundant": "nothing left to change",
  "conflict": "conflicts",
  "not-applicable": "does not apply: the files are not on this line",
  "refused": "refused",
  "blocked": "waits for an earlier commit",
};

/** What became of a line's branch. */
const result: Phrases<LineResult["kind"]> = {
  "moved": "moved",
  "unchanged": "nothing to do",
  "stopped": "stopped",
  "held-back": "not moved, because another line stopped",
};

/** What became of a line's verify command. */
const verify: Phrases<VerifyResult["kind"]> = {
  "passed": "verified",
  "failed": "verify command failed",
  "timed-out": "verify command took too long",
  "skipped": "not verified",
  "not-allowed": "verify command not allowed",
  "could-not-run": "could not be verified",
};

/** How a landed commit compares with the pick that Morello computes. */
const landed = {
  exact: "exactly the fix",
  resolved: "the fix, with conflicts resolved by hand",
  adapted: "the fix, changed by hand",
  native: "made on this line",
} as const;

export const PHRASES = { standing, band, outcome, result, verify, class: landed } as const;
