// The question of each case, ready to be asked: the backport as it is compared, and the pool it is looked for in.
import type { Compared } from "../src/equivalence/features.ts";
import { CommitIndex } from "../src/index/commit-index.ts";
import type { Marks } from "../src/index/graph.ts";
import { readCommits } from "../src/index/read-commits.ts";
import { patchIds } from "../src/index/patch-ids.ts";
import { claimsOf } from "../src/message/claims.ts";
import { Originals } from "../src/usecase/equivalents/originals.ts";
import { historyOf, withWorkspace, type Workspace } from "../src/usecase/workspace.ts";
import { readCases, sample, type Case } from "./cases.ts";
import { withoutReferences } from "./hide.ts";
import type { BenchOptions } from "./options.ts";
import { ofThisRepository } from "./this-repository.ts";

export interface Pair {
  readonly one: Case;
  readonly number: number;
  readonly query: Compared;
  /** Every commit of main that is not on the release branch. */
  readonly inPool: (number: number) => boolean;
  /** The original, and whatever of the pool has its patch ID. */
  readonly taken: ReadonlySet<number>;
  /** Whether the patch IDs of original and backport are equal. */
  readonly patchIdEqual: boolean;
}

export interface Pairs {
  readonly workspace: Workspace;
  readonly originals: Originals;
  readonly main: number;
  /** In the order of the cases; null where the repository lacks the backport. */
  readonly pairs: readonly (Pair | null)[];
  readonly cases: readonly Case[];
}

/** Brings the index up to date, which is not what is timed, and hands over the questions. */
export async function withPairs(options: BenchOptions, use: (pairs: Pairs) => Promise<void>): Promise<void> {
  const { cases: file } = options;
  if (file === undefined) throw new Error("--cases FILE is needed");
  const deps = { cwd: options.repo, environment: process.env, now: Math.floor(Date.now() / 1000) };
  await withWorkspace(deps, async (workspace) => {
    const cases = sample(await ofThisRepository(workspace.scratch, readCases(file)), options.limit, options.seed);
    const tipOf = branchTips(workspace);
    const mainTip = options.main === undefined ? workspace.main?.tip : tipOf(options.main);
    if (mainTip === undefined) throw new Error("no main branch was found; name one with --main BRANCH");
    const tips = cases.map(({ branch, backport }) => tipOf(branch) ?? backport);
    const graph = await historyOf(workspace, [mainTip, ...tips, ...cases.map(({ backport }) => backport)]);
    const index = new CommitIndex(workspace.scratch, workspace.store, graph);
    const unreadable = await index.prepare([...Array(graph.size).keys()], (done, total) => {
      if (process.stderr.isTTY) process.stderr.write(`\rreading what commits do: ${done} of ${total} `);
    });
    for (const { commit, detail } of unreadable) process.stderr.write(`not read: ${commit}: ${detail}\n`);
    const main = graph.find(mainTip);
    if (main === null) throw new Error(`${mainTip} is not in the repository`);
    const originals = new Originals(index, main);
    const pools = new Map<string, Marks>();
    const poolOf = (tip: string): Marks => {
      const at = graph.find(tip);
      const known = pools.get(tip) ?? graph.mark([[main], at === null ? [] : [at]]);
      pools.set(tip, known);
      return known;
    };
    const { twins, ids } = await twinsOf(workspace, index, cases);
    const pairs = cases.map((one, n): Pair | null => {
      const number = graph.find(one.backport);
      const known = number === null ? null : originals.compared(number);
      if (number === null || known === null) return null;
      const marks = poolOf(tips[n] ?? "");
      const message = options.trailers ? known.facts.message : withoutReferences(known.facts.message, one.original);
      const facts = { ...known.facts, message };
      const id = ids.get(one.original);
      const taken = new Set(twins.get(one.original));
      const original = graph.find(one.original);
      if (original !== null) taken.add(original);
      return {
        one,
        number,
        query: { facts, claims: claimsOf(message) },
        inPool: (candidate) => marks[candidate] === 1,
        taken,
        patchIdEqual: id !== undefined && id === ids.get(one.backport),
      };
    });
    await use({ workspace, originals, main, pairs, cases });
  });
}

function branchTips({ refs }: Workspace): (branch: string) => string | undefined {
  const tips = new Map<string, string>();
  for (const { refname, oid } of refs) {
    const name = /^refs\/(?:heads|remotes\/[^/]+)\/(.+)$/.exec(refname)?.[1];
    if (name !== undefined && (refname.startsWith("refs/heads/") || !tips.has(name))) tips.set(name, oid);
  }
  return (branch) => tips.get(branch);
}

/** For each original the commits of the repository with its patch ID, itself among them; merges against parent 1. */
async function twinsOf(
  { scratch, store, repository }: Workspace,
  index: CommitIndex,
  cases: readonly Case[],
): Promise<{ twins: ReadonlyMap<string, readonly number[]>; ids: ReadonlyMap<string, string> }> {
  const commits = cases.map(({ original }) => original);
  // Read aside: the index knows no patch of a merge, and must not know of the right answers alone.
  const { facts } = await readCommits(scratch, commits, "first-parent");
  const alike = new Map([...facts].map(([oid, { patch }]) => [oid, patch === null ? [] : index.withPatch(patch)]));
  const asked = cases.flatMap(({ original, backport }) => [
    original,
    backport,
    ...(alike.get(original) ?? []).map((number) => index.graph.oid(number)),
  ]);
  const ids = await patchIds(scratch, store, repository.objectFormat, asked);
  const twins = [...alike].map(([oid, numbers]) => {
    const id = ids.get(oid);
    return [oid, numbers.filter((number) => id !== undefined && ids.get(index.graph.oid(number)) === id)] as const;
  });
  return { twins: new Map(twins), ids };
}
