import { leakBranch, trainingProject } from "../project.ts";
import type { Scenario } from "../scenario.ts";

export const leak: Scenario = {
  name: "leak",
  title: "the leak fix alone, onto release/v2.7",
  build: (project) => {
    leakBranch(trainingProject(project));
    project.switch("main");
    return [
      {
        say: "Training dies after hours. The fix is one commit on a branch full of unreviewed work:",
        command: ["git", "log", "--oneline", "-3", "fix/dataloader-leak"],
        shows: /memory leak/,
      },
      {
        say: "What would carrying that commit onto the release line do? Nothing is written to find out.",
        command: ["morello", "plan", "fix/dataloader-leak", "--onto", "release/v2.7"],
        shows: /clean/i,
      },
      {
        say: "Do it. (Without --yes it asks first.)",
        command: ["morello", "pick", "fix/dataloader-leak", "--onto", "release/v2.7", "--yes"],
        shows: /release\/v2\.7/,
      },
      {
        say: "The release has the fix, and nothing else of that branch:",
        command: ["git", "diff", "v2.7.0", "release/v2.7"],
        shows: /maxsize=limit/,
      },
      {
        say: "It says where it came from, and keeps its author:",
        command: ["git", "log", "-1", "--format=%an, %ad%n%n%B", "--date=short", "release/v2.7"],
        shows: /\(cherry picked from commit [0-9a-f]{40}\)/,
      },
      {
        say: "Asked again, there is nothing to do, and that is a success:",
        command: ["morello", "pick", "fix/dataloader-leak", "--onto", "release/v2.7", "--yes"],
        shows: /already/i,
      },
      { say: "And back, while nothing was pushed:", command: ["morello", "undo", "--yes"], shows: /release\/v2\.7/ },
    ];
  },
};
