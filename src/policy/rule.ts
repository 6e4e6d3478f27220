// What a rule is, and what it looks at. Rules are pure: whoever evaluates them has gathered the facts.
import type { ChangedFile } from "../patch/changed-file.ts";
import type { Severity } from "../wire/check.ts";
import type { ClassedCommit } from "../wire/class.ts";
import type { RuleId } from "./id.ts";
import type { PolicySettings } from "./settings.ts";

/** A line as rules see it. */
export interface LineFacts {
  readonly name: string;
  readonly refname: string;
  readonly endOfLife: boolean;
  readonly settings: PolicySettings;
  /** Where the line's ledger does not hold. */
  readonly ledger: readonly Problem[];
  /** Release tags that do not stand where they stood. */
  readonly movedTags: readonly Problem[];
}

/** Name and email, decoded for people. */
export interface Person {
  readonly name: string;
  readonly email: string;
}

/** What the ledger says of a landed commit. */
export interface Recorded {
  /** By a key that the trust log holds. */
  readonly signed: boolean;
  readonly reason: string | null;
  /** Paths whose conflicts a person has resolved, on the record. */
  readonly conflicted: readonly string[];
}

/** Facts about one commit that landed or would land. Those that cost are gathered where a rule that is on needs them. */
export interface CommitFacts {
  readonly commit: string;
  /** UTF-8 text. */
  readonly message: string;
  readonly parents: readonly string[];
  readonly author: Person;
  readonly committer: Person;
  /** Of the source commit; null without one. */
  readonly sourceAuthor: Person | null;
  readonly classed: ClassedCommit;
  /** Null: not recorded, or not yet. */
  readonly record: Recorded | null;
  /** Principals whose valid approvals cover this commit's result. */
  readonly approvals: readonly string[];
  /** Against the first parent. */
  readonly files: readonly ChangedFile[];
  /** Lines with conflict markers that the commit brings: `path`, 1-based line. */
  readonly markers: readonly Place[];
  /** Paths that the line had deleted and the commit brings back without its source adding them. */
  readonly resurrected: readonly string[];
  /** The commit that gave the line the same fix before; null if none did. */
  readonly duplicateOf: string | null;
  /** The commit on main that took the source out again; null if none did. */
  readonly sourceRevertedBy: string | null;
  /** Newer maintained lines that lack the fix. */
  readonly missingOn: readonly string[];
  /** What the line's verify command says of the commit's own tree; null if it has none or was not asked. */
  readonly verify: { readonly kind: string; readonly command: string } | null;
  /** What commitlint says of the message. */
  readonly messageProblems: readonly { readonly rule: string; readonly message: string }[];
}

/** Facts that cost, by the name of their field. */
export type Need =
  "files" | "markers" | "resurrected" | "duplicateOf" | "sourceRevertedBy" | "missingOn" | "verify" | "messageProblems";

export interface Place {
  /** As git quotes it. */
  readonly path: string;
  /** From 1; 0 for all of the file. */
  readonly line: number;
}

export interface Problem {
  readonly message: string;
  /** Where the rule's own hint is not the best. */
  readonly hint?: string;
  readonly paths?: readonly Place[];
}

interface Description {
  readonly id: RuleId;
  /** One line. */
  readonly description: string;
  /** Without configuration. `error` refuses. */
  readonly severity: Severity;
  /** What to do, in general: a command or a sentence. */
  readonly hint: string;
  /** Whether a line's settings ask for it in so many words: it is an error then, unless `rules` says otherwise. */
  readonly demanded?: (settings: PolicySettings) => boolean;
}

export interface CommitRule extends Description {
  readonly about: "commit";
  readonly needs: readonly Need[];
  check(facts: CommitFacts, line: LineFacts): readonly Problem[];
}

/** A rule that a line meets or not, whatever lands. */
export interface LineRule extends Description {
  readonly about: "line";
  check(line: LineFacts, landing: readonly CommitFacts[]): readonly Problem[];
}

export type Rule = CommitRule | LineRule;
