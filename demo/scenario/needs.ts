import { trainingProject } from "../project.ts";
import type { Scenario } from "../scenario.ts";

export const needs: Scenario = {
  name: "needs",
  title: "the pick is clean, and would not run: what it needs is named, tried, and taken along",
  build: (project) => {
    trainingProject(project);
    const helper = project
      .write("trainer/limits.py", "def at_least_one(number):\n    return max(1, number)\n")
      .commit("feat: limits in one place");
    project
      .edit("trainer/data.py", "import threading\n", "import threading\n\nfrom trainer.limits import at_least_one\n")
      .git("add", "--all"); // the next edit reads what is staged
    project
      .edit("trainer/data.py", "return queue.Queue()", "return queue.Queue(maxsize=2 * at_least_one(self.workers))")
      .commit("fix: memory leak in DataLoader");
    return [
      {
        say: "git would call this pick clean. Is it enough?",
        command: ["morello", "plan", "main", "--onto", "release/v2.7"],
        shows: new RegExp(helper.slice(0, 12)),
      },
      {
        say: "Take what it needs along (without --yes each such commit is confirmed):",
        command: ["morello", "pick", "main", "--onto", "release/v2.7", "--with-prerequisites", "--yes"],
        shows: /moved/,
      },
      {
        say: "The line holds both, and nothing else:",
        command: ["git", "log", "--oneline", "v2.7.0..release/v2.7"],
        shows: /limits in one place/,
      },
    ];
  },
};
