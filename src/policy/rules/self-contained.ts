import type { CommitRule } from "../rule.ts";

export const selfContained: CommitRule = {
  id: "self-contained",
  about: "commit",
  description: "Each commit passes the line's verify command alone, where one is set and allowed.",
  severity: "warning",
  hint: "put what it needs into the same commit or an earlier one",
  needs: ["verify"],
  check: ({ commit, verify }, { name }) => {
    if (verify?.kind !== "failed" && verify?.kind !== "timed-out") return [];
    const what = verify.kind === "failed" ? "fails" : "does not end";
    return [
      {
        message: `the line's verify command ${what} on this commit: ${verify.command.trim()}`,
        hint: `morello verify ${name} --on ${commit.slice(0, 12)}`,
      },
    ];
  },
};
