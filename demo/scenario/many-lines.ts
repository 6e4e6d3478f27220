import { leakBranch, trainingProject, type Project } from "../project.ts";
import type { Scenario } from "../scenario.ts";

export const manyLines: Scenario = {
  name: "many-lines",
  title: "one fix, every release line, newest first",
  build: (project) => {
    trainingProject(project);
    older(project, "v2.6", "v2.6.3", (line) =>
      line
        .edit("trainer/data.py", "        return queue.Queue()\n", "        return queue.LifoQueue()\n")
        .commit("fix: newest batches first"),
    );
    older(project, "v2.5", "v2.5.1", (line) => {
      line.git("rm", "--quiet", "trainer/data.py");
      line.edit(
        "trainer/train.py",
        "from trainer.data import DataLoader\n",
        "from torch.utils.data import DataLoader\n",
      );
      line.commit("refactor: use torch's own loader");
    });
    project.switch("main");
    leakBranch(project);
    project.switch("release/v2.8", "main").tag("v2.8.0");
    project.switch("main");
    return [
      { say: "The lines there are, found by their names:", command: ["morello", "lines"], shows: /v2\.6\.3/ },
      {
        say: "One question about all of them:",
        command: ["morello", "plan", "fix/dataloader-leak", "--onto", "all"],
        status: 1,
        shows: /release\/v2\.5/,
      },
      {
        say: "Take what is clean, name the rest (without --keep-going nothing would move):",
        command: ["morello", "pick", "fix/dataloader-leak", "--onto", "all", "--keep-going", "--yes"],
        status: 1,
        shows: /release\/v2\.8/,
      },
      {
        say: "A second run finds its own work and repeats none of it:",
        command: ["morello", "plan", "fix/dataloader-leak", "--onto", "release/v2.7", "--onto", "release/v2.8"],
        shows: /already/i,
      },
    ];
  },
};

function older(project: Project, version: string, tag: string, change: (line: Project) => unknown): void {
  project.switch(`release/${version}`, "v2.7.0");
  change(project);
  project.tag(tag);
}
