import { leakBranch, trainingProject } from "../project.ts";
import type { Scenario } from "../scenario.ts";

export const alreadyThere: Scenario = {
  name: "already-there",
  title: "somebody picked it by hand: found, and not picked twice",
  build: (project) => {
    const { fix } = leakBranch(trainingProject(project));
    project.switch("release/v2.7");
    project.git("cherry-pick", fix);
    project.git("commit", "--amend", "--quiet", "--message", "hotfix: trainer eats all memory");
    project.edit("requirements.txt", "numpy==2.2.6\n", "numpy==2.2.7\n").commit("chore: newer numpy");
    project.tag("v2.7.1").switch("main");
    return [
      {
        say: "The release line as it is. No line of it names the fix:",
        command: ["git", "log", "--oneline", "v2.7.0..release/v2.7"],
        shows: /hotfix/,
      },
      {
        say: "It is there all the same, under another name, and since which tag:",
        command: ["morello", "plan", fix.slice(0, 12), "--onto", "release/v2.7"],
        shows: /v2\.7\.1/,
      },
      {
        say: "So a pick has nothing to do:",
        command: ["morello", "pick", fix.slice(0, 12), "--onto", "release/v2.7", "--yes"],
        shows: /already/i,
      },
    ];
  },
};
