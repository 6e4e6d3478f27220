import type { Rule } from "../../src/doctor/rule.ts";
import { code, page, plain, table } from "./markdown.ts";

/** Every rule of doctor, in order of certainty. */
export function gpuCausesPage(rules: readonly Rule[]): string {
  return page(
    "Causes that doctor tells",
    "What `morello doctor` looks for, the surest first. Those that can be seen in a container are told by `cuda-why`, too. The guide says what programs say of each.",
    table(
      ["rule", "cause", "seen", "source"],
      rules.map(({ id, title, seen, source }) => [code(id), plain(title), seen.join(", "), plain(source)]),
    ),
  );
}
