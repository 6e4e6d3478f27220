import { approversOf } from "../approvals.ts";
import type { CommitRule } from "../rule.ts";

export const classApprovals: CommitRule = {
  id: "class-approvals",
  about: "commit",
  description: "Each commit is of a class that policy.classes lets in, and has the approvals that its class needs.",
  severity: "warning",
  hint: "have it approved: morello approve LINE",
  demanded: ({ classes }) => Object.values(classes).some((needed) => needed !== 0),
  needs: [],
  check: (facts, { name, settings }) => {
    const { class: kind, merge } = facts.classed;
    if (merge && kind === "exact") return []; // what it brings is looked at commit by commit
    const needed = settings.classes[kind];
    if (needed === "refused") {
      const instead = kind === "native" ? "make it on main, then" : "leave it as the pick makes it";
      return [
        {
          message: `it is ${kind}, and this line takes no ${kind} commits`,
          hint: `${instead}: morello pick REV --onto ${name}`,
        },
      ];
    }
    const given = approversOf(facts, settings).length;
    if (given >= needed) return [];
    return [{ message: `it is ${kind}, and has ${given} of ${needed} approvals`, hint: `morello approve ${name}` }];
  },
};
