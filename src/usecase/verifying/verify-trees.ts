// Runs lines' verify commands on trees: each in a checkout of its own, several side by side, and none twice on a tree
// that it passed on before.
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { dirname } from "node:path";
import { isAppError } from "../../error.ts";
import { checkOut, type Checkout } from "../../git/checkout.ts";
import type { Environment } from "../../git/environment.ts";
import { runCommand, type CommandResult } from "../../verify/command.ts";
import { keepOutput } from "../../verify/output.ts";
import type { Line } from "../../wire/line.ts";
import type { VerifyResult } from "../../wire/verify.ts";
import { allowCommands, type Allow } from "./allow-commands.ts";
import { containersOf, type Containers } from "./containers.ts";
import type { Workspace } from "../workspace.ts";

export interface VerifyOptions {
  /** False: nothing is run, and that is said (`--no-verify`). */
  readonly run: boolean;
  /** Run it inside the line's own image. */
  readonly container: boolean;
  /** Run it although it passed before. */
  readonly again: boolean;
  readonly allow: Allow;
}

/** A tree to verify: what a line would hold. */
export interface Subject {
  readonly line: Line;
  /** Published in the scratch repository, or in the user's. */
  readonly tree: string;
  /** The commits that were picked to make it. */
  readonly sources: readonly string[];
}

/**
 * One result for each subject whose line has a command, in their order. The command is read from the configuration,
 * never from the subject: a line may come out of a plan file. Throws `consent-needed`, `engine-missing`.
 */
export async function verifyTrees(
  workspace: Workspace,
  subjects: readonly Subject[],
  options: VerifyOptions,
): Promise<VerifyResult[]> {
  const tasks = subjects.flatMap(({ line, tree, sources }): Task[] => {
    const setting = workspace.detected.find(({ name }) => name === line.name)?.settings.verify ?? null;
    return setting === null ? [] : [{ line, tree, sources, ...setting }];
  });
  if (tasks.length === 0) return [];
  if (!options.run) return tasks.map((task) => resultOf(task, "skipped"));
  const wanted = tasks.map(({ line, command }) => ({ line: line.name, command }));
  const allowed = await allowCommands(workspace, wanted, options.allow);
  const containers = options.container ? containersOf(workspace) : null;
  return sideBySide(workspace, tasks, (task) =>
    allowed.has(task.command)
      ? verifyOne(workspace, task, containers, options.again)
      : Promise.resolve(resultOf(task, "not-allowed")),
  );
}

interface Task extends Subject {
  readonly command: string;
  /** Seconds. */
  readonly timeLimit: number;
}

/** A result of which nothing is known yet but the kind. */
function resultOf(
  { line, tree, command }: Task,
  kind: VerifyResult["kind"],
  more: Partial<VerifyResult> = {},
): VerifyResult {
  const empty = { status: null, reason: null, ms: 0, cached: false, image: null, output: null, tail: [] };
  return { line: line.name, tree, command, kind, ...empty, leftOut: { submodules: 0, filtered: 0 }, ...more };
}

/** As many at once as there are processors. All have ended, and cleared up, before the first failure is thrown. */
async function sideBySide(
  { onProgress }: Workspace,
  tasks: readonly Task[],
  work: (task: Task) => Promise<VerifyResult>,
): Promise<VerifyResult[]> {
  const results: VerifyResult[] = [];
  const running = new Set<string>();
  let next = 0;
  let done = 0;
  const report = (): void =>
    onProgress?.({ step: `verifying ${[...running].join(", ")}`, done, total: tasks.length === 1 ? 0 : tasks.length });
  const worker = async (): Promise<void> => {
    for (let at = next++; at < tasks.length; at = next++) {
      const task = tasks[at] as Task;
      running.add(task.line.name);
      report();
      results[at] = await work(task);
      running.delete(task.line.name);
      done += 1;
      if (running.size > 0) report();
    }
  };
  const workers = Array.from({ length: Math.min(tasks.length, availableParallelism()) }, worker);
  const failed = (await Promise.allSettled(workers)).find((ended) => ended.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return results;
}

async function verifyOne(
  workspace: Workspace,
  task: Task,
  containers: Containers | null,
  again: boolean,
): Promise<VerifyResult> {
  const place = containers === null ? null : await containers.placeOf(task.line);
  if (place?.kind === "none") return resultOf(task, "could-not-run", { reason: place.reason });
  const image = place?.image ?? null;
  const key = cacheKey(task, place?.id ?? null);
  const known = again ? null : recall(workspace, key);
  if (known !== null) return resultOf(task, "passed", { status: 0, cached: true, image, ms: known.ms });
  workspace.signal?.throwIfAborted();
  let checkout: Checkout;
  try {
    checkout = await checkOut(workspace.scratch, task.tree);
  } catch (error) {
    if (!isAppError(error, "git-failed")) throw error;
    return resultOf(task, "could-not-run", { reason: `its files cannot be checked out: ${error.message}`, image });
  }
  try {
    const env = environmentOf(workspace.environment, task, checkout);
    const { path } = checkout;
    const inside = place === null ? null : place.commands(path, task.command, variablesOf(task));
    const ran = await runCommand({
      command: inside?.run ?? task.command,
      cwd: path,
      env,
      timeLimit: task.timeLimit,
      ...(inside === null ? {} : { teardown: inside.remove }),
      ...(workspace.signal === undefined ? {} : { signal: workspace.signal }),
    });
    workspace.signal?.throwIfAborted();
    const { submodules, filtered } = checkout;
    const result = judged(workspace, task, ran, { image, leftOut: { submodules, filtered } });
    if (result.kind === "passed") workspace.store.put([[key, Buffer.from(JSON.stringify({ ms: ran.ms }))]]);
    return result;
  } finally {
    await checkout.remove();
  }
}

/** Lines of output that are shown, and characters of each. */
const SHOWN = { lines: 20, characters: 500 } as const;

function judged(
  { repository }: Workspace,
  task: Task,
  { status, stopped, ms, output }: CommandResult,
  more: Pick<VerifyResult, "image" | "leftOut">,
): VerifyResult {
  const file = keepOutput(repository, { ...task, line: task.line.name }, output);
  const common = { ...more, ms, output: file };
  if (stopped === null && status === 0) return resultOf(task, "passed", { ...common, status });
  const tail = output.lines(SHOWN.lines, SHOWN.characters);
  if (stopped !== null) return resultOf(task, "timed-out", { ...common, tail });
  const reason = UNTESTABLE[status] ?? null;
  return resultOf(task, reason === null ? "failed" : "could-not-run", { ...common, status, reason, tail });
}

/** Exit statuses that say nothing about the tree. 125 is what `git bisect run` takes for that, and container engines give. */
const UNTESTABLE: Readonly<Record<number, string>> = {
  125: "it ended with status 125, which says that it cannot tell",
  126: "it ended with status 126: what it names cannot be executed",
  127: "it ended with status 127: what it names is not there",
};

function variablesOf({ line, tree, sources }: Task): Record<string, string> {
  return { MORELLO_LINE: line.name, MORELLO_TREE: tree, MORELLO_SOURCE: sources.join(" ") };
}

/** The user's environment, without what would lead git to a repository: the checkout is in none. */
function environmentOf(environment: Environment, task: Task, { path }: Checkout): Environment {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith("GIT_"));
  return { ...Object.fromEntries(kept), ...variablesOf(task), GIT_CEILING_DIRECTORIES: dirname(path) };
}

/** Raised whenever a command is run in another way than before. */
const RUNNER = 1;

/** Passes hold for the tree, the command and the image; whatever else the machine holds is the user's to think of. */
function cacheKey({ tree, command }: Task, image: string | null): string {
  const digest = createHash("sha256").update(command).digest("hex");
  return `verify/${RUNNER}/${tree}/${digest}/${image ?? ""}`;
}

/** Only passes are kept: what failed may have failed for a reason that is gone, and is looked at again. */
function recall({ store }: Workspace, key: string): { readonly ms: number } | null {
  try {
    return JSON.parse(store.get(key)?.toString("utf8") ?? "null") as { ms: number } | null;
  } catch {
    return null; // a bad disk
  }
}
