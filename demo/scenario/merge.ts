import { leakBranch, trainingProject } from "../project.ts";
import type { Scenario } from "../scenario.ts";

export const merge: Scenario = {
  name: "merge",
  title: "what a merge brought, by its mainline",
  build: (project) => {
    leakBranch(trainingProject(project));
    project.switch("main");
    project.git(
      "merge",
      "--quiet",
      "--no-ff",
      "--message",
      "Merge branch 'fix/dataloader-leak'",
      "fix/dataloader-leak",
    );
    return [
      {
        say: "A merge has two sides, so it has to be said against which one it counts:",
        command: ["morello", "plan", "main", "--onto", "release/v2.7"],
        status: 1,
        shows: /mainline/,
      },
      {
        say: "Against its first parent it is all that the branch brought, as one commit:",
        command: ["morello", "plan", "main", "--onto", "release/v2.7", "--mainline", "1"],
        shows: /clean/i,
      },
      {
        say: "Do it:",
        command: ["morello", "pick", "main", "--onto", "release/v2.7", "--mainline", "1", "--yes"],
        shows: /release\/v2\.7/,
      },
      {
        say: "One ordinary commit on the line:",
        command: ["git", "log", "--oneline", "--stat", "v2.7.0..release/v2.7"],
        shows: /Merge branch/,
      },
    ];
  },
};
