// The options of verbs that run lines' verify commands before they move anything.
import type { Verb } from "../verb.ts";

export interface VerifyFlags {
  readonly verify: boolean;
  readonly container: boolean;
}

export function verifies(verb: Verb): Verb {
  return verb.option("--no-verify", "do not run the lines' verify commands").option(...CONTAINER);
}

export const CONTAINER = ["--container", "run verify commands inside the lines' own images", false] as const;
