import type { LintRule } from "../../src/environment/lint/rule.ts";
import { code, page, plain, table } from "./markdown.ts";

/** Every rule of `morello image lint`, in the order of the table in `src/environment/lint/`. */
export function containerfileRulesPage(rules: readonly LintRule[]): string {
  return page(
    "Rules of Containerfiles",
    "What `morello image lint` looks at, in people's own Containerfiles and in the one that Morello writes. An error makes it exit with 1. A comment `# morello: allow RULE` on the line above a step takes that step out of a rule.",
    table(
      ["rule", "severity", "what it asks for", "what to write instead"],
      rules.map(({ id, severity, description, hint }) => [code(id), severity, plain(description), plain(hint)]),
    ),
  );
}
