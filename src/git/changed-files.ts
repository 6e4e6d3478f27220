// What many commits change, hunk by hunk without context, by one `git diff-tree --stdin`.
import { changedFiles, type ChangedFile } from "../patch/changed-file.ts";
import { diffTexts } from "./diff.ts";
import { run, type GitContext } from "./run.ts";

const FLAGS = [
  "-U0", // a hunk is what changed, and nothing beside it
  "-M", // a moved file is one change
];

/** Of each commit against its first parent. Commits that git cannot read are left out. */
export async function filesChanged(
  context: GitContext,
  commits: readonly string[],
): Promise<Map<string, ChangedFile[]>> {
  const texts = await diffTexts(context, commits, FLAGS);
  return new Map([...texts].map(([commit, text]) => [commit, changedFiles(text)]));
}

/** What the index holds against HEAD, or against nothing before the first commit. */
export async function stagedFiles(context: GitContext): Promise<ChangedFile[]> {
  const args = [
    "diff",
    "--cached",
    "-p",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--src-prefix=a/", // diff.noPrefix of the user's would leave names that cannot be told apart
    "--dst-prefix=b/",
    ...FLAGS,
  ];
  return changedFiles((await run(context, args)).stdout.toString("latin1"));
}
