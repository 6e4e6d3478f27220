import type { Rule } from "../../src/policy/rule.ts";
import { code, page, plain, table } from "./markdown.ts";

/** Every rule with what it asks for, in the order in which violations are told. */
export function rulesPage(rules: readonly Rule[]): string {
  return page(
    "Rules of policy",
    "What `morello check` looks at, and `morello pick` before anything moves. An error refuses unless it is waived; a warning is shown. `policy.rules` of `morello.yaml`, on the default branch, sets each rule to `error`, `warning` or `off`, for all lines or for some.",
    table(
      ["rule", "without configuration", "what it asks for"],
      rules.map((rule) => [code(rule.id), severityOf(rule), plain(rule.description)]),
    ),
    ...rules.flatMap(({ id, description, hint }) => [`## ${id}`, plain(description), `What to do: ${plain(hint)}`]),
  );
}

function severityOf({ severity, demanded }: Rule): string {
  return demanded === undefined ? severity : `${severity}; error where policy asks for it`;
}
