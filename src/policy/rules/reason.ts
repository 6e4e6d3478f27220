import { pickedFrom } from "../picked.ts";
import type { CommitRule } from "../rule.ts";

/** `Adapted` is what `morello continue --adapt` writes. */
const REASON = /^(?:reason|adapted|backport-reason):[ \t]*\S/im;

export const reason: CommitRule = {
  id: "reason",
  about: "commit",
  description: "A pick says why the line needs it, where policy.reason asks.",
  severity: "warning",
  hint: 'morello pick REV --onto LINE --trailer "Reason=why the line needs it"',
  demanded: (settings) => settings.reason,
  needs: [],
  check: ({ classed, message, record }, { settings }) => {
    if (!settings.reason || pickedFrom(classed) === null) return [];
    const given = (record?.reason ?? "").trim() !== "" || REASON.test(message);
    return given ? [] : [{ message: "nobody says why this line needs it: there is no Reason trailer" }];
  },
};
