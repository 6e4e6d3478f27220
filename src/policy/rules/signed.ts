import type { CommitRule } from "../rule.ts";

export const signed: CommitRule = {
  id: "signed",
  about: "commit",
  description: "What landed is recorded with the signature of a trusted key, where policy.signed asks.",
  severity: "warning",
  hint: "git config gpg.format ssh; git config user.signingkey ~/.ssh/id_ed25519.pub",
  demanded: (settings) => settings.signed,
  needs: [],
  check: ({ record, classed }, { settings }) => {
    if (!settings.signed || (classed.merge && classed.class === "exact") || record?.signed === true) return [];
    return [{ message: record === null ? "the ledger has no record of it" : "its record has no trusted signature" }];
  },
};
