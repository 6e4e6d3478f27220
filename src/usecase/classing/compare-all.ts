// Puts many questions to the engine at once, with the answers that are known from earlier runs, and has the texts for
// reviewers made. An answer depends on trees, messages and git's version alone, so it holds for ever.
import { createHash } from "node:crypto";
import { compareLanded, type Compared } from "../../apply/class.ts";
import { rangeDiff } from "../../git/range-diff.ts";
import { recall, remember } from "../../index/remembered.ts";
import { quotePath } from "../../object/path.ts";
import type { AddedHunk } from "../../wire/class.ts";
import type { Workspace } from "../workspace.ts";
import type { Task } from "./proposal.ts";

export interface Answer {
  readonly class: Compared["class"];
  /** As git quotes them. */
  readonly conflicted: readonly string[];
  readonly beyond: readonly AddedHunk[];
  readonly rangeDiff: string;
}

const AT_ONCE = 4;

/** Answers by question; those about objects that are missing have none. */
export async function compareAll(
  workspace: Workspace,
  tasks: readonly Task[],
  options: { readonly rangeDiffs: boolean },
): Promise<Map<Task, Answer>> {
  const { store, engine } = workspace;
  const keys = tasks.map((task) => keyOf(workspace, task, options.rangeDiffs));
  const answers = new Map<Task, Answer>();
  const open: { task: Task; key: string }[] = [];
  for (const [n, task] of tasks.entries()) {
    const known = recall<Answer>(store, keys[n] ?? "");
    if (known === undefined) open.push({ task, key: keys[n] ?? "" });
    else answers.set(task, known);
  }
  const compared = await compareLanded(
    engine,
    open.map(({ task }) => task.question),
  );
  const made: [string, Answer][] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let n = next++; n < open.length; n = next++) {
      const [one, comparison] = [open[n], compared[n]];
      if (one === undefined || comparison === undefined || comparison.kind === "missing") continue;
      const answer: Answer = {
        class: comparison.class,
        conflicted: comparison.conflicted.map(quotePath),
        beyond: comparison.beyond,
        rangeDiff:
          options.rangeDiffs && comparison.class !== "exact" ? await textOf(workspace, one.task, comparison) : "",
      };
      answers.set(one.task, answer);
      made.push([one.key, answer]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  remember(store, made);
  return answers;
}

function keyOf({ repository }: Workspace, { candidate, proposal, question }: Task, rangeDiffs: boolean): string {
  const asked = JSON.stringify([candidate.oid, proposal?.sources ?? null, question, rangeDiffs]);
  return `class/${repository.capabilities.versionText}/${createHash("sha256").update(asked).digest("hex")}`;
}

async function textOf(
  { scratch, engine }: Workspace,
  { candidate, proposal, question }: Task,
  { computed }: Compared,
): Promise<string> {
  const last = proposal?.sources.at(-1) ?? null;
  const source = last === null ? null : await scratch.reader.commit(last.oid);
  const [first] = question.patches;
  const isOne = source !== null && question.patches.length === 1 && first !== undefined;
  // A series, or a merge, is read beside what the engine makes of it.
  if (!isOne) engine.publish(computed);
  const { oid, commit } = candidate;
  return rangeDiff(
    scratch,
    {
      commit: last?.oid ?? oid,
      before: isOne ? first.before : question.onto,
      after: isOne ? first.after : computed,
      author: source?.author ?? commit.author,
      message: source?.message ?? commit.message,
    },
    { commit: oid, before: question.onto, after: commit.tree, author: commit.author, message: commit.message },
  );
}
