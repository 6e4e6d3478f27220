// Builds the targets of prerequisites.tsv: a line from which one backport was taken out again.
import { text } from "../src/git/run.ts";
import type { MergeEngine } from "../src/apply/merge.ts";
import { subjectOf } from "../src/object/text.ts";
import type { Row } from "./table.ts";

export interface Target {
  readonly original: string;
  /** The commit that was taken out, as main has it. Only for judging an answer. */
  readonly takenOut: string;
  /** Whether it is needed. */
  readonly needed: boolean;
  /** The line's commit before the backport of `original`. */
  readonly line: string;
  readonly commit: string;
  readonly tree: string;
}

const WHO = { name: "e", email: "e@e", date: "1700000000 +0000" };

/**
 * The target as the data's README has it, written to the scratch repository. A text says why it cannot be built, or that
 * it is not the one in the table.
 */
export async function buildTarget(engine: MergeEngine, row: Row): Promise<Target | string> {
  const { scratch } = engine;
  const [first, second] = await Promise.all(
    [row["backport_P1"], row["backport_P2"]].map((oid) => scratch.reader.commit(oid ?? "")),
  );
  const [before, line] = [first?.parents[0], second?.parents[0]];
  const [parent, onto] = await Promise.all([before, line].map((oid) => scratch.reader.commit(oid ?? "")));
  if (first == null || line === undefined || parent == null || onto == null) return "a commit is missing";
  const [merge] = await engine.merge([{ base: first.tree, ours: onto.tree, theirs: parent.tree }]);
  if (merge?.kind !== "clean") return `the target cannot be built: ${merge?.kind ?? "no answer"}`;
  const { tree } = merge;
  if (row["target_tree"] !== undefined && row["target_tree"] !== tree) return `the target's tree is ${tree}`;
  engine.publish(tree);
  const needed = row["needed_original_P1"];
  const takenOut = needed ?? row["original_P1"] ?? "";
  // `P1` in the message may stand for either of its two commits.
  const commits = await Promise.all(
    [takenOut, row["backport_P1"] ?? ""].flatMap((subject) =>
      [takenOut, row["backport_P1"] ?? ""].map(async (reverted) => {
        const message = (await scratch.reader.commit(subject))?.message ?? "";
        return commitTree(scratch, tree, line, subjectOf(message), reverted);
      }),
    ),
  );
  const commit = commits.find((oid) => oid === row["target_commit"]) ?? commits[0] ?? "";
  if (row["target_commit"] !== undefined && row["target_commit"] !== commit)
    return `the target is ${commits.join(" or ")}`;
  return { original: row["original_P2"] ?? "", takenOut, needed: needed !== undefined, line, commit, tree };
}

function commitTree(
  scratch: MergeEngine["scratch"],
  tree: string,
  parent: string,
  subject: string,
  reverted: string,
): Promise<string> {
  const { name, email, date } = WHO;
  const env = {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: name,
    GIT_COMMITTER_EMAIL: email,
    GIT_COMMITTER_DATE: date,
  };
  const input = Buffer.from(`Revert "${subject}"\n\nThis reverts commit ${reverted}.\n`, "latin1");
  return text(scratch, ["commit-tree", tree, "-p", parent], { input, env });
}
