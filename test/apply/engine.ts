// The engine on a test's repository, and how its answers are laid beside those of `git cherry-pick`.
import { onTestFinished } from "vitest";
import { MergeEngine } from "../../src/apply/merge.ts";
import type { TreeMerge } from "../../src/apply/tree-merge.ts";
import { openRepository, type Repository } from "../../src/git/repository.ts";
import { Scratch } from "../../src/git/scratch.ts";
import { emptyTree } from "../../src/object/hash.ts";
import type { CherryPickOracle, CherryPickResult } from "../support/cherry-pick.ts";
import type { TestRepository } from "../support/repository.ts";
import { printScenario, type StandingScenario } from "../support/scenario.ts";

export interface Sides {
  readonly base: string;
  readonly ours: string;
  readonly theirs: string;
}

export interface OpenEngine {
  readonly repository: Repository;
  readonly scratch: Scratch;
  readonly engine: MergeEngine;
}

/** Closed when the test that runs now is. */
export async function engineOn(repository: TestRepository): Promise<OpenEngine> {
  const opened = await openRepository(repository.path, repository.sandbox.env);
  const scratch = new Scratch(opened);
  const engine = new MergeEngine(scratch);
  onTestFinished(() => {
    engine.close();
    scratch.close();
  });
  return { repository: opened, scratch, engine };
}

/** The trees whose merge is the pick. */
export async function sidesOf(
  { scratch, repository }: OpenEngine,
  onto: string,
  source: string,
  mainline: number | null = null,
): Promise<Sides> {
  const [tip, picked] = await Promise.all([scratch.reader.commit(onto), scratch.reader.commit(source)]);
  if (tip === null || picked === null) throw new Error(`There is no ${tip === null ? onto : source}`);
  const parent = picked.parents[(mainline ?? 1) - 1];
  const base = parent === undefined ? null : await scratch.reader.commit(parent);
  const root = base?.tree ?? scratch.write("tree", Buffer.alloc(0));
  if (parent === undefined && root !== emptyTree(repository.objectFormat)) throw new Error("not the empty tree");
  return { base: root, ours: tip.tree, theirs: picked.tree };
}

/** One entry for each stage of each conflicted path, sorted: all that a verdict of conflict consists of. */
interface StageLine {
  readonly at: string;
  readonly oid: string;
}

export type Verdict =
  | { readonly kind: "clean"; readonly tree: string }
  | { readonly kind: "conflict"; readonly stages: readonly StageLine[] }
  | { readonly kind: "empty" | "error" };

export function verdictOf(merge: TreeMerge, ours: string): Verdict {
  switch (merge.kind) {
    case "clean":
      return merge.tree === ours ? { kind: "empty" } : { kind: "clean", tree: merge.tree };
    case "conflict":
      return conflict(
        merge.conflicts.flatMap(({ path, base, ours: left, theirs }) =>
          [base, left, theirs].flatMap((found, n) => (found === null ? [] : [{ ...found, path, stage: n + 1 }])),
        ),
      );
    case "missing":
      return { kind: "error" };
  }
}

function oracleVerdict(answer: CherryPickResult): Verdict {
  if (answer.kind === "clean") return { kind: "clean", tree: answer.tree };
  if (answer.kind !== "conflict") return { kind: answer.kind };
  return conflict(answer.unmerged.flatMap(({ path, stages }) => stages.map((found) => ({ ...found, path }))));
}

function conflict(
  found: readonly { readonly path: string; readonly stage: number; readonly mode: string; readonly oid: string }[],
): Verdict {
  const stages = found.map(({ path, stage, mode, oid }) => ({ at: `${settled(path)}\0${stage} ${mode}`, oid }));
  return { kind: "conflict", stages: stages.sort((a, b) => (a.at < b.at ? -1 : 1)) };
}

/** A file that had to make room is named after its side, and what a side is called is not part of the verdict. */
function settled(path: string): string {
  return path.replace(/(~(HEAD|[0-9a-f]{40,64}|[0-9a-f]{7,} \([^~]*\))(_\d+)?)+$/, "~side");
}

/** What the oracle says to each, in order. */
export async function oracleVerdicts(
  oracle: CherryPickOracle,
  standing: readonly StandingScenario[],
): Promise<Verdict[]> {
  return Promise.all(
    standing.map(async ({ onto, source, mainline }) => oracleVerdict(await oracle.pick(onto, source, { mainline }))),
  );
}

/** The scenarios whose verdicts differ, each as a literal that can be pasted into a test. */
export async function mismatches(
  open: OpenEngine,
  repository: TestRepository,
  standing: readonly StandingScenario[],
  wanted: readonly Verdict[],
  got: readonly Verdict[],
): Promise<string[]> {
  const found: string[] = [];
  for (const [n, { scenario }] of standing.entries()) {
    const [git, we] = [wanted[n], got[n]];
    if (git === undefined || we === undefined || (await agree(open, repository, git, we))) continue;
    found.push(`git: ${JSON.stringify(git)}\nwe:  ${JSON.stringify(we)}\n${printScenario(scenario)}`);
  }
  return found;
}

/** Where git itself fails (an index that cannot be, an assertion), it is enough that we do not call it clean. */
async function agree(open: OpenEngine, repository: TestRepository, git: Verdict, we: Verdict): Promise<boolean> {
  if (git.kind === "error") return we.kind === "error" || we.kind === "conflict";
  if (git.kind === "clean" && we.kind === "clean") return git.tree === we.tree;
  if (git.kind !== "conflict" || we.kind !== "conflict") return git.kind === we.kind;
  if (git.stages.length !== we.stages.length) return false;
  for (const [n, { at, oid }] of git.stages.entries()) {
    const ours = we.stages[n];
    if (ours?.at !== at) return false;
    if (ours.oid === oid) continue;
    // A file renamed by both sides has markers in its stages, and markers name the sides.
    const object = await open.scratch.reader.read(ours.oid);
    if (object === null || withoutLabels(await oracleBlob(repository, oid)) !== withoutLabels(object.body))
      return false;
  }
  return true;
}

async function oracleBlob(repository: TestRepository, oid: string): Promise<Buffer> {
  const { sandbox } = repository;
  const stores = [1, 2].map((n) => sandbox.path(`oracle-${n}`, ".git", "objects")).join(":");
  const env = { GIT_ALTERNATE_OBJECT_DIRECTORIES: stores };
  return (await repository.gitRun(["cat-file", "blob", oid], { env })).stdout;
}

function withoutLabels(body: Buffer): string {
  return body.toString("latin1").replace(/^([<>]{3,}) .*$/gm, "$1");
}
