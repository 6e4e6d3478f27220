// What a rule is, and what it looks at. Rules are pure: whoever evaluates them has gathered the facts.
import type { AddedHunk, ClassedCommit } from "../wire/class.ts";
import type { Severity } from "../wire/check.ts";
import type { PolicySettings } from "./settings.ts";

/** A line as rules see it. */
export interface LineFacts {
  readonly name: string;
  readonly refname: string;
  readonly endOfLife: boolean;
  readonly maintained: boolean;
  readonly settings: PolicySettings;
}

/** One changed path of a commit. Text is decoded for people; binary files have no hunks. */
export interface ChangedFile {
  /** As git quotes it. */
  readonly path: string;
  readonly status: "added" | "deleted" | "modified" | "renamed" | "type";
  readonly binary: boolean;
  readonly hunks: readonly {
    readonly line: number;
    readonly removed: readonly string[];
    readonly added: readonly string[];
  }[];
}

/** Facts about one commit that landed or would land. What costs is a function, asked for by the rules that need it. */
export interface CommitFacts {
  readonly commit: string;
  /** UTF-8 text. */
  readonly message: string;
  readonly parents: readonly string[];
  readonly files: readonly ChangedFile[];
  readonly classed: ClassedCommit;
  /** Lines with conflict markers that the commit brings: `path`, 1-based line. */
  readonly markers: readonly { readonly path: string; readonly line: number }[];
  /** Paths that the line had deleted and the commit brings back without its source adding them. */
  readonly resurrected: readonly string[];
  readonly beyond: readonly AddedHunk[];
  /** The commit on this line that carries the same fix already; null if none does. */
  readonly duplicateOf: string | null;
  /** The commit on main that took the source out again; null if none did. */
  readonly sourceRevertedBy: string | null;
  /** Newer maintained lines that lack the fix. */
  readonly missingOn: readonly string[];
  /** Principals whose valid approvals cover this commit's result. */
  readonly approvals: readonly string[];
  /** What the line's verify command says of the commit's own tree; null if it has none or was not asked. */
  readonly verify: { readonly kind: string; readonly command: string } | null;
  /** Messages that the message linter gave, each with its severity. */
  readonly messageProblems: readonly { readonly rule: string; readonly message: string }[];
}

export interface Problem {
  readonly message: string;
  readonly hint?: string;
  readonly paths?: readonly { readonly path: string; readonly line: number }[];
}

export interface Rule {
  readonly id: string;
  /** One line. */
  readonly description: string;
  /** Without configuration. `error` refuses. */
  readonly severity: Severity;
  /** What to do, in general. */
  readonly hint: string;
  check(facts: CommitFacts, line: LineFacts): readonly Problem[];
}
