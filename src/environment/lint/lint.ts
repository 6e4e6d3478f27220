// The text of a Containerfile -> what is wrong with it, by line. Runs nothing of it.
import { LAYER_RULES } from "./layers.ts";
import { PIN_RULES } from "./pins.ts";
import type { LintRule } from "./rule.ts";
import { SAFETY_RULES } from "./safety.ts";
import { parseContainerfile } from "./steps.ts";

export const LINT_RULES: readonly LintRule[] = [...PIN_RULES, ...SAFETY_RULES, ...LAYER_RULES];

export interface LintFinding {
  readonly rule: string;
  readonly severity: "error" | "warning";
  readonly line: number;
  readonly message: string;
  readonly hint: string;
}

/**
 * In order of line. A comment `# morello: allow RULE` on the line above a step, or at its end, takes that step out of a
 * rule. A text without FROM finds nothing but that.
 */
export function lintContainerfile(text: string): LintFinding[] {
  const file = parseContainerfile(text);
  if (file.stages.length === 0) {
    const hint = "name the file: morello image lint FILE";
    return [{ rule: "no-from", severity: "error", line: 1, message: "no FROM: this is no Containerfile", hint }];
  }
  const lines = text.split("\n");
  const allowed = (rule: string, line: number): boolean => {
    const said = [lines[line - 2], lines[line - 1]].map(
      (each) => /#\s*morello:\s*allow\s+([\w ,-]+)/.exec(each ?? "")?.[1],
    );
    return said.some((names) => names?.split(/[\s,]+/).includes(rule) === true);
  };
  return LINT_RULES.flatMap(({ id, severity, hint, check }) =>
    check(file).map(({ line, message }) => ({ rule: id, severity, line, message, hint })),
  )
    .filter(({ rule, line }) => !allowed(rule, line))
    .toSorted((a, b) => a.line - b.line);
}
