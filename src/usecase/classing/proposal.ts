// What a landed commit may have been made of: the question that the engine answers.
import type { Landed } from "../../apply/class.ts";
import type { Commit } from "../../object/commit.ts";
import { emptyTree } from "../../object/hash.ts";
import type { Claims } from "../../message/claims.ts";
import type { SourceEvidence } from "../../wire/class.ts";
import type { Workspace } from "../workspace.ts";

/** A landed commit that is to be classed. */
export interface Candidate {
  readonly oid: string;
  readonly commit: Commit;
  readonly claims: Claims;
  /** Tree of its first parent; null if the repository lacks it. */
  readonly onto: string | null;
}

export interface ProposedSource {
  readonly oid: string;
  /** The parent that a merge is compared with, from 1. */
  readonly mainline: number;
}

export interface Proposal {
  readonly evidence: SourceEvidence;
  /** Oldest first. */
  readonly sources: readonly ProposedSource[];
  /** Known for a source before anything is picked; else only an exact pick proves it. */
  readonly sure: boolean;
}

/** One answer is asked for. */
export interface Task {
  readonly candidate: Candidate;
  /** Null: the automatic merge of the commit's parents. */
  readonly proposal: Proposal | null;
  readonly question: Landed;
}

/** The engine's question; null if a commit that it is about is not there. */
export async function questionOf(
  workspace: Workspace,
  { onto, commit }: Candidate,
  sources: readonly ProposedSource[],
): Promise<Landed | null> {
  const patches = await Promise.all(sources.map((source) => patchOf(workspace, source)));
  const known = patches.filter((patch) => patch !== null);
  if (onto === null || known.length < patches.length) return null;
  return { onto, tree: commit.tree, patches: known };
}

/** The trees of a commit and of its parent. */
export async function patchOf(
  workspace: Workspace,
  { oid, mainline }: ProposedSource,
): Promise<{ before: string; after: string } | null> {
  const commit = await workspace.scratch.reader.commit(oid);
  if (commit === null) return null;
  const before = await treeBefore(workspace, commit, mainline);
  return before === null ? null : { before, after: commit.tree };
}

/** The tree of a parent, the empty one for a root; null if the repository lacks it. */
export async function treeBefore(
  { scratch, repository }: Workspace,
  { parents }: Commit,
  mainline = 1,
): Promise<string | null> {
  const parent = parents[mainline - 1];
  if (parent !== undefined) return (await scratch.reader.commit(parent))?.tree ?? null;
  if (parents.length > 0) return null;
  scratch.write("tree", Buffer.alloc(0));
  return emptyTree(repository.objectFormat);
}
