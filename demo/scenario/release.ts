import { leakBranch, trainingProject } from "../project.ts";
import type { Scenario } from "../scenario.ts";

export const release: Scenario = {
  name: "release",
  title: "from a picked fix to v2.7.1: an annotated tag, notes, a record",
  build: (project) => {
    leakBranch(trainingProject(project));
    project.switch("main");
    return [
      {
        say: "The fix goes onto the line:",
        command: ["morello", "pick", "fix/dataloader-leak", "--onto", "release/v2.7", "--yes"],
        shows: /release\/v2\.7/,
      },
      {
        say: "What would the next release be? Nothing is written to find out.",
        command: ["morello", "release", "release/v2.7", "--dry-run"],
        shows: /v2\.7\.1/,
      },
      {
        say: "Its notes, as Markdown:",
        command: ["morello", "release", "release/v2.7", "--dry-run", "--notes", "-"],
        shows: /^## v2\.7\.1/m,
      },
      {
        say: "Make it. (--push would take branch, tag and ledger to the remote at once.)",
        command: ["morello", "release", "release/v2.7", "--yes"],
        shows: /annotated tag/,
      },
      {
        say: "The tag says what it brings, from where, and which state of the ledger it stands on:",
        command: ["git", "cat-file", "tag", "v2.7.1"],
        shows: /from [0-9a-f]{12}[^]*Ledger-Checkpoint: [0-9a-f]{40}/,
      },
      { say: "git agrees:", command: ["git", "describe", "release/v2.7"], shows: /^v2\.7\.1$/m },
      {
        say: "And the ledger proves the release, pick by pick:",
        command: ["morello", "ledger", "verify", "--from", "v2.7.1"],
        shows: /exactly the fix/,
      },
      {
        say: "Asked again, there is nothing to do, and that is a success:",
        command: ["morello", "release", "release/v2.7", "--yes"],
        shows: /nothing to release/,
      },
    ];
  },
};
