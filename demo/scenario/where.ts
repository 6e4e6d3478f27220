import { leakBranch, trainingProject, type Project } from "../project.ts";
import type { Scenario } from "../scenario.ts";

export const where: Scenario = {
  name: "where",
  title: "where does the fix stand? there in another form, reverted, missing, not needed",
  build: (project) => {
    project.write("README.md", "# trainer\n").commit("docs: what this is");
    project.git("branch", "release/v2.4");
    project.git("tag", "--annotate", "--message", "v2.4.0", "v2.4.0");
    trainingProject(project);
    project.switch("release/v2.6", "v2.7.0");
    project
      .edit("trainer/data.py", "        return queue.Queue()\n", "        return queue.LifoQueue()\n")
      .commit("fix: newest batches first");
    project.switch("main");
    const { fix } = leakBranch(project);
    adapted(project, fix);
    reverted(project, fix);
    project.switch("main").git("merge", "--quiet", "--no-edit", "fix/dataloader-leak");
    project
      .edit("trainer/data.py", "limit = self.prefetch_factor or 2\n", "limit = max(1, self.prefetch_factor or 2)\n")
      .commit(`fix: a prefetch factor of zero\n\nFixes: ${fix.slice(0, 12)} ("fix: memory leak in DataLoader")`);
    return [
      {
        say: "One question about every release line, and about main:",
        command: ["morello", "find", fix.slice(0, 12)],
        shows: /release\/v2\.4/,
      },
      {
        say: "On v2.6 it was adapted by hand: no patch ID knows it, and a plan does not pick it twice:",
        command: ["morello", "plan", fix.slice(0, 12), "--onto", "release/v2.6"],
        shows: /already there/,
      },
      {
        say: "The other way round: what does main have that v2.7 may want?",
        command: ["morello", "find", "--line", "release/v2.7"],
        shows: /prefetch factor of zero/,
      },
      {
        say: "And all lines at once:",
        command: ["morello", "lines", "--matrix"],
        shows: /release\/v2\.6/,
      },
    ];
  },
};

/** v2.6 has a queue of another kind, so somebody picked the fix and changed it. */
function adapted(project: Project, fix: string): void {
  project.switch("release/v2.6");
  project
    .edit(
      "trainer/data.py",
      "        # Every worker may run ahead of the training loop.\n        return queue.LifoQueue()\n",
      "        # Unbounded, the queue held whole epochs in memory.\n        limit = self.prefetch_factor or 2\n        return queue.LifoQueue(maxsize=limit * self.workers)\n",
    )
    .commit(`fix: memory leak in DataLoader by limiting prefetch factor\n\n(cherry picked from commit ${fix})`);
  project.tag("v2.6.1");
}

/** On v2.5 it was picked, and taken out again. */
function reverted(project: Project, fix: string): void {
  project.switch("release/v2.5", "v2.7.0");
  project.git("cherry-pick", "-x", fix);
  project.tag("v2.5.1");
  project.git("revert", "--no-edit", "HEAD");
}
