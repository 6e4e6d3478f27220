import { leakBranch, trainingProject } from "../project.ts";
import type { Scenario } from "../scenario.ts";

export const range: Scenario = {
  name: "range",
  title: "a series of commits, planned one on top of the other",
  build: (project) => {
    leakBranch(trainingProject(project));
    project.switch("main");
    const series = "fix/dataloader-leak~2^..fix/dataloader-leak";
    return [
      {
        say: "Three commits, oldest first; the plan is a file that can be reviewed:",
        command: ["morello", "plan", series, "--onto", "release/v2.7", "--out", "plan.json"],
        shows: /plan\.json/,
      },
      {
        say: "Execute exactly that plan; it would refuse if a branch had moved:",
        command: ["morello", "apply", "plan.json", "--yes"],
        shows: /release\/v2\.7/,
      },
      {
        say: "The whole series is there, parents first:",
        command: ["git", "log", "--oneline", "v2.7.0..release/v2.7"],
        shows: /memory leak[^]*debug logs[^]*docstring/,
      },
    ];
  },
};
