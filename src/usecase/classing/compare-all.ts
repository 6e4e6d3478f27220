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
}

/** git processes side by side. */
const AT_ONCE = 4;

/** Answers by question; those about objects that are missing have none. */
export async function compareAll(workspace: Workspace, tasks: readonly Task[]): Promise<Map<Task, Answer>> {
  const { store, engine } = workspace;
  const keyed = tasks.map((task) => ({ task, key: `class/${keyOf(workspace, task)}` }));
  const answers = new Map<Task, Answer>();
  const open = keyed.filter(({ task, key }) => {
    const known = recall<Answer>(store, key);
    if (known !== undefined) answers.set(task, known);
    return known === undefined;
  });
  const compared = await compareLanded(
    engine,
    open.map(({ task }) => task.question),
  );
  const made = open.flatMap(({ task, key }, n) => {
    const comparison = compared[n];
    if (comparison === undefined || comparison.kind === "missing") return [];
    const { conflicted, beyond } = comparison;
    const answer: Answer = { class: comparison.class, conflicted: conflicted.map(quotePath), beyond };
    answers.set(task, answer);
    return [[key, answer] as const];
  });
  remember(store, made);
  return answers;
}

/** For reviewers: how the landed commit differs from its source, or a merge from git's own. By question. */
export async function rangeDiffs(
  workspace: Workspace,
  asked: readonly { readonly task: Task; readonly answer: Answer }[],
): Promise<Map<Task, string>> {
  const { store } = workspace;
  const wanted = asked.filter(({ task, answer }) => answer.class !== "exact" && task.proposal?.sources.length !== 0);
  const keys = wanted.map(({ task }) => `range-diff/${keyOf(workspace, task)}`);
  const texts = keys.map((key) => recall<string>(store, key));
  const open = wanted.flatMap((one, n) => (texts[n] === undefined ? [{ ...one, n }] : []));
  const made: (readonly [string, string])[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let one = open[next++]; one !== undefined; one = open[next++]) {
      const text = await textOf(workspace, one.task);
      texts[one.n] = text;
      made.push([keys[one.n] ?? "", text]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  remember(store, made);
  return new Map(wanted.map(({ task }, n) => [task, texts[n] ?? ""]));
}

function keyOf({ repository }: Workspace, { candidate, proposal, question }: Task): string {
  const asked = JSON.stringify([candidate.oid, proposal?.sources ?? null, question]);
  return `${repository.capabilities.versionText}/${createHash("sha256").update(asked).digest("hex")}`;
}

async function textOf({ scratch, engine }: Workspace, { candidate, proposal, question }: Task): Promise<string> {
  const last = proposal?.sources.at(-1) ?? null;
  const source = last === null ? null : await scratch.reader.commit(last.oid);
  const [first] = question.patches;
  const isOne = source !== null && question.patches.length === 1 && first !== undefined;
  // A series, or a merge, is read beside what the engine makes of it: anew, since trees with markers are kept nowhere.
  const [made] = isOne ? [] : await compareLanded(engine, [question]);
  const computed = made?.kind === "compared" ? made.computed : question.onto;
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
