// Facts as literals: a clean pick on a line that demands nothing, and what is changed of them.
import { mergePolicy } from "../../src/policy/default.ts";
import type { CommitFacts, LineFacts, Problem, Rule } from "../../src/policy/rule.ts";
import type { PolicySection } from "../../src/policy/settings.ts";
import type { ClassedCommit } from "../../src/wire/class.ts";

export const PICK = "1".repeat(40);
export const SOURCE = "2".repeat(40);
export const OTHER = "3".repeat(40);
export const X_LINE = `(cherry picked from commit ${SOURCE})`;
export const MESSAGE = `fix: limit the queue\n\nIt grew without end.\n\n${X_LINE}\n`;

const CLASSED: ClassedCommit = {
  commit: PICK,
  subject: "fix: limit the queue",
  author: "Ada",
  date: "2026-03-04T10:00:00+01:00",
  class: "exact",
  source: {
    commit: SOURCE,
    subject: "fix: limit the queue",
    author: "Ada",
    date: "2026-03-04T10:00:00+01:00",
    evidence: "claimed",
    reach: "trusted",
  },
  moreSources: [],
  lies: false,
  conflicted: [],
  beyond: [],
  rangeDiff: "",
  kept: { author: true, date: true, message: true },
  reverts: [],
  merge: false,
};

export const NATIVE: ClassedCommit = { ...CLASSED, class: "native", source: null };

export function pick(more: Partial<CommitFacts> = {}, classed: Partial<ClassedCommit> = {}): CommitFacts {
  const ada = { name: "Ada", email: "ada@example.com" };
  return {
    commit: PICK,
    message: MESSAGE,
    parents: [OTHER],
    author: ada,
    committer: { name: "Bot", email: "bot@example.com" },
    sourceAuthor: ada,
    classed: { ...CLASSED, ...classed },
    record: null,
    approvals: [],
    files: [],
    markers: [],
    resurrected: [],
    duplicateOf: null,
    sourceRevertedBy: null,
    missingOn: [],
    verify: null,
    messageProblems: [],
    ...more,
  };
}

export function line(policy: PolicySection = {}, more: Partial<LineFacts> = {}): LineFacts {
  return {
    name: "release/v2.7",
    refname: "refs/heads/release/v2.7",
    endOfLife: false,
    settings: mergePolicy([policy]),
    ledger: [],
    movedTags: [],
    ...more,
  };
}

/** What a rule says of one commit. */
export function problems(rule: Rule, facts: CommitFacts, on: LineFacts = line()): readonly Problem[] {
  return rule.about === "line" ? rule.check(on, [facts]) : rule.check(facts, on);
}
