import type { CommitRule } from "../rule.ts";

export const resurrected: CommitRule = {
  id: "resurrected",
  about: "commit",
  description: "No file that the line has deleted comes back with a pick or a merge that did not add it.",
  severity: "error",
  hint: "take the file out of the commit; where the line wants it again, add it in a commit of its own",
  needs: ["resurrected"],
  check: ({ resurrected: paths, record }) =>
    paths
      .filter((path) => record?.conflicted.includes(path) !== true) // a person was asked, and kept it
      .map((path) => ({
        message: `${path} was deleted on this line, and comes back`,
        paths: [{ path, line: 0 }],
      })),
};
