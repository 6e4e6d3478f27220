// A rule: what it is called, why it is there, and what it finds in a Containerfile.
import type { Containerfile } from "./steps.ts";

export interface Found {
  /** From 1. */
  readonly line: number;
  /** What stands there, and what is wanted. */
  readonly message: string;
}

export interface LintRule {
  readonly id: string;
  readonly severity: "error" | "warning";
  /** What it asks for: one sentence. */
  readonly description: string;
  /** What to write instead. */
  readonly hint: string;
  readonly check: (file: Containerfile) => readonly Found[];
}
