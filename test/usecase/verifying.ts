// Histories whose lines have verify commands, and a person who is asked about them.
import type { AllowQuestion } from "../../src/usecase/verifying/allow-commands.ts";
import type { VerifyOptions } from "../../src/usecase/verifying/verify-trees.ts";
import type { ApplyOutcome } from "../../src/wire/outcome.ts";
import type { VerifyResult } from "../../src/wire/verify.ts";
import type { History } from "../support/history.ts";
import { fixStory, ran, VERIFY } from "./setting.ts";

export type Verify = string | { readonly command: string; readonly timeLimit?: string };

/** `morello.yaml` with a verify command, or a line's other settings too, for each pattern. */
export function configuration(
  lines: Readonly<Record<string, Verify>>,
  more: Readonly<Record<string, string>> = {},
): string {
  const entries = Object.entries(lines).map(([pattern, verify]) => ({ pattern, verify, ...more }));
  return JSON.stringify({ lines: entries }); // which is YAML, too
}

/** `fixStory` with a configuration on main behind the fix, which is to be picked by its object ID. */
export function verifiedStory(
  lines: Readonly<Record<string, Verify>>,
  more: Readonly<Record<string, string>> = {},
): History {
  return configured(fixStory(), lines, more);
}

export function configured(
  story: History,
  lines: Readonly<Record<string, Verify>>,
  more: Readonly<Record<string, string>> = {},
): History {
  return story.checkout("main").commit("configuration", { files: { "morello.yaml": configuration(lines, more) } });
}

export interface Person {
  readonly asked: AllowQuestion[];
  readonly verify: VerifyOptions;
}

/** Answers every question in the same way, and remembers it. */
export function person(answer: boolean, more: Partial<VerifyOptions> = {}): Person {
  const asked: AllowQuestion[] = [];
  const allow = (question: AllowQuestion): Promise<boolean> => {
    asked.push(question);
    return Promise.resolve(answer);
  };
  return { asked, verify: { ...VERIFY, allow, ...more } };
}

/** `release/v2.7: passed`, a line each that has a command. */
export function verdicts(outcome: ApplyOutcome): string[] {
  return ran(outcome).lines.flatMap(({ line, verify }) => (verify === null ? [] : [`${line}: ${verify.kind}`]));
}

export function verdictOn(outcome: ApplyOutcome, line: string): VerifyResult {
  const found = ran(outcome).lines.find((result) => result.line === line)?.verify;
  if (found === null || found === undefined) throw new Error(`Nothing was verified on ${line}`);
  return found;
}
