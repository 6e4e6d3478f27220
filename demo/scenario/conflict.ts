import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { leakBranch, trainingProject } from "../project.ts";
import type { Scenario } from "../scenario.ts";

export const conflict: Scenario = {
  name: "conflict",
  title: "a conflict, resolved beside your work, never in it",
  build: (project) => {
    trainingProject(project);
    project.switch("release/v2.7");
    project
      .edit("trainer/data.py", "        return queue.Queue()\n", "        return queue.SimpleQueue()\n")
      .commit("perf: use the simple queue");
    project.switch("main");
    leakBranch(project);
    project.switch("main");
    return [
      {
        say: "The release line changed the very lines that the fix repairs. The plan says so, and who did it:",
        command: ["morello", "plan", "fix/dataloader-leak", "--onto", "release/v2.7"],
        status: 1,
        shows: /trainer\/data\.py/,
      },
      {
        say: "A pick stops, and moves nothing:",
        command: ["morello", "pick", "fix/dataloader-leak", "--onto", "release/v2.7", "--yes"],
        status: 1,
        shows: /conflict/i,
      },
      {
        say: "Lay it out in a work tree of its own:",
        command: ["morello", "resolve", "release/v2.7"],
        shows: /work tree/,
      },
      {
        say: "Not ready: the markers are still there.",
        command: ["morello", "continue"],
        status: 1,
        shows: /markers/i,
      },
      {
        say: "Edit the file as the line needs it (here: take the bounded queue), and go on:",
        edit: () => {
          const listed = project.git("worktree", "list", "--porcelain");
          const worktree = [...listed.matchAll(/^worktree (.*)$/gm)].at(-1)?.[1] ?? "";
          const file = join(worktree, "trainer", "data.py");
          const text = readFileSync(file, "utf8");
          const theirs = /<<<<<<<[^]*?=======\n([^]*?)>>>>>>> .*\n/;
          writeFileSync(
            file,
            text.replace(theirs, (_, lines: string) => lines),
          );
          return file;
        },
        command: ["morello", "continue"],
        shows: /release\/v2\.7/,
      },
      {
        say: "The line has the fix; the work tree of the resolution is gone.",
        command: ["git", "log", "--oneline", "--graph", "-3", "release/v2.7"],
        shows: /memory leak/,
      },
    ];
  },
};
